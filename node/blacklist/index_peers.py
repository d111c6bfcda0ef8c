"""The index peers port over the signed peer API."""

from collections.abc import Sequence
from dataclasses import dataclass

from blacklist.domain.entries.rows import ACKNOWLEDGEMENT, RECEIPT, ROW, TOMBSTONE
from blacklist.domain.protocol.documents import SignedDocument
from blacklist.ports.index_peers import Delivered
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue, encode
from node.peer.client import PeerClient
from node.peer.neighbours import EVIDENCE, Neighbours
from node.wiring import Node

ENTRIES = "/peer/v1/blacklist/entries"
STATEMENTS = "/peer/v1/blacklist/statements"


@dataclass(frozen=True, slots=True)
class PeerIndex:
    """Other members' indices.

    Attributes:
        node: this member's.
        neighbours: who they are.
    """

    node: Node
    neighbours: Neighbours

    def members(self) -> Sequence[bytes]:
        """See ``ports.index_peers``."""
        return [peer.log.member for peer in self.neighbours.others() if peer.endpoint]

    def evidence_keys(self, member: bytes) -> Sequence[bytes]:
        """See ``ports.index_peers``; keys that were compromised count no more."""
        return [
            record.key
            for peer in self.neighbours.all()
            if peer.log.member == member
            for record in reversed(peer.member.keys)
            if record.purpose == EVIDENCE and record.compromised_since is None
        ]

    def rows(self, asked: bytes, entries: Sequence[bytes]) -> Delivered:
        """See ``ports.index_peers``."""
        answer = self._client(asked).json("POST", f"{ENTRIES}/rows", wanted(entries))
        found = shape.members(answer, "rows", {"rows", "tombstones"})
        return Delivered(documents(ROW, found["rows"]), documents(TOMBSTONE, found["tombstones"]))

    def receipts(self, asked: bytes, entries: Sequence[bytes]) -> Sequence[SignedDocument]:
        """See ``ports.index_peers``."""
        answer = self._client(asked).json("POST", f"{ENTRIES}/receipts", wanted(entries))
        return documents(RECEIPT, shape.members(answer, "receipts", {"receipts"})["receipts"])

    def acknowledgement(self, asked: bytes) -> SignedDocument:
        """See ``ports.index_peers``."""
        answer = self._client(asked).json("GET", f"{ENTRIES}/acknowledgement")
        return documents(ACKNOWLEDGEMENT, [answer])[0]

    def _client(self, asked: bytes) -> PeerClient:
        production = self.node.settings.production
        return PeerClient(self.neighbours.active(asked), self.node.log_key, production=production)

    def statement(self, reporter: bytes, body: bytes) -> None:
        """Hand what a person said about an entry to its reporter.

        Raises:
            UnavailableError: the reporter does not answer, or is no member now.
            RefusedError: it does not take the statement.
        """
        self._client(reporter).decided(STATEMENTS, body)


def wanted(entries: Sequence[bytes]) -> bytes:
    """Return a request for some entries."""
    return encode({"entries": [each.hex() for each in entries]})


def to_json(documents_: Sequence[SignedDocument]) -> list[JsonValue]:
    """Return documents as they travel in JSON."""
    return [
        {"content": each.content.decode("ascii"), "signature": each.signature.hex()}
        for each in documents_
    ]


def documents(name: str, value: JsonValue) -> Sequence[SignedDocument]:
    """Read what ``to_json`` wrote.

    Raises:
        MalformedError: not of the form.
    """
    found = [
        shape.members(each, name, {"content", "signature"}) for each in shape.items(value, name)
    ]
    return [
        SignedDocument(
            name,
            shape.text(each["content"], "content").encode(),
            shape.hex_bytes(each["signature"], "signature", 64),
        )
        for each in found
    ]
