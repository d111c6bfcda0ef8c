"""A member's request to one server, and the server's first look at it.

A request names everything that makes it worthless anywhere else: the server, the chain and contract, type and
epochs, purpose and authorisation, the elements' root, and when it ends. Its id is what a retry repeats.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from blacklist.curve.points import checked_point
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.oprf.threshold import MAX_INDEX
from blacklist.domain.protocol.documents import SignedDocument, read_members
from blacklist.domain.protocol.elements import MAX_ELEMENTS, merkle_root
from blacklist.domain.protocol.purposes import Purpose
from ledger.errors import MalformedError, RefusedError
from ledger.evidence import shape
from ledger.evidence.instants import format_instant, parse_instant
from ledger.primitives.canonical import JsonValue

REQUEST: Final = "evaluation-request"
REQUEST_ID_BYTES: Final = 16
MAX_LIFETIME: Final = timedelta(minutes=10)
"""Longer than a batch takes with every retry; what is older is asked anew."""
CLOCKS_DIFFER: Final = timedelta(seconds=30)
_NAMES: Final = {
    "request", "caller", "server", "chain", "contract", "identifiers", "key_epoch", "share_epoch",
    "purpose", "authorisation", "elements", "count", "servers", "expires",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeyName:
    """Which key, and which sharing of it.

    Attributes:
        identifiers: the type that it is for.
        key_epoch: from 1.
        share_epoch: from 1 within each key epoch.
    """

    identifiers: IdentifierType
    key_epoch: int
    share_epoch: int


@dataclass(frozen=True, slots=True)
class BlacklistPlace:
    """Where the blacklist is.

    Attributes:
        chain_id: as in EIP-155.
        contract: 20-byte address.
    """

    chain_id: int
    contract: bytes


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What one member asks of one server.

    Attributes:
        request_id: 16 random bytes, the same to all servers and in every retry.
        caller: 32-byte member id of who asks.
        server: of who is asked.
        place: where the blacklist is.
        key: which key.
        purpose: why.
        authorisation: 32-byte Merkle root over the authorisation references of the elements.
        elements: 32-byte Merkle root over the blinded elements.
        count: how many there are, 1 to ``MAX_ELEMENTS``.
        servers: indices of all servers whose answers will be added up, ascending; empty for a single query,
            whose client weighs the answers itself.
        expires: until when it may be answered.
    """

    request_id: bytes
    caller: bytes
    server: bytes
    place: BlacklistPlace
    key: KeyName
    purpose: Purpose
    authorisation: bytes
    elements: bytes
    count: int
    servers: tuple[int, ...]
    expires: datetime

    def to_json(self) -> JsonValue:
        """Return the document's value."""
        return {
            "request": self.request_id.hex(),
            "caller": self.caller.hex(),
            "server": self.server.hex(),
            "chain": self.place.chain_id,
            "contract": self.place.contract.hex(),
            "identifiers": self.key.identifiers.value,
            "key_epoch": self.key.key_epoch,
            "share_epoch": self.key.share_epoch,
            "purpose": self.purpose.value,
            "authorisation": self.authorisation.hex(),
            "elements": self.elements.hex(),
            "count": self.count,
            "servers": list(self.servers),
            "expires": format_instant(self.expires),
        }

    @classmethod
    def read(cls, document: SignedDocument) -> Self:
        """Read a document whose signature is looked at elsewhere.

        Raises:
            MalformedError: not of the form; the error names the member.
        """
        given = read_members(document, REQUEST, "request", _NAMES)
        return cls(
            request_id=shape.hex_bytes(given["request"], "request.request", REQUEST_ID_BYTES),
            caller=shape.hex_bytes(given["caller"], "request.caller", 32),
            server=shape.hex_bytes(given["server"], "request.server", 32),
            place=BlacklistPlace(
                shape.integer(given["chain"], "request.chain", minimum=1),
                shape.hex_bytes(given["contract"], "request.contract", 20),
            ),
            key=_read_key(given),
            purpose=Purpose(shape.one_of(given["purpose"], "request.purpose", tuple(Purpose))),
            authorisation=shape.hex_bytes(given["authorisation"], "request.authorisation", 32),
            elements=shape.hex_bytes(given["elements"], "request.elements", 32),
            count=shape.integer(given["count"], "request.count", minimum=1, maximum=MAX_ELEMENTS),
            servers=_read_servers(given["servers"]),
            expires=parse_instant(shape.instant(given["expires"], "request.expires")),
        )


@dataclass(frozen=True, slots=True)
class Serving:
    """What a server knows of itself when a request comes.

    Attributes:
        member: its 32-byte member id.
        index: its index among the holders.
        place: where its blacklist is.
        key: the share epoch that it serves for the type asked about; ``None`` if it holds no share.
        threshold: how many servers evaluate together.
        holders: indices that hold a share in this epoch.
    """

    member: bytes
    index: int
    place: BlacklistPlace
    key: KeyName | None
    threshold: int
    holders: frozenset[int]


def check_request(
    asked: EvaluationRequest,
    blinded: Sequence[bytes],
    serving: Serving,
    *,
    caller: bytes,
    now: datetime,
) -> None:
    """Check that a request is meant for this server, now, by who sent it, and that the elements are its own.

    Args:
        asked: the request.
        blinded: the elements that came with it.
        serving: what this server is.
        caller: member id of who sent it, as the transport knows.
        now: this server's time.

    Raises:
        RefusedError: ``evaluation-not-for-us``, ``-forwarded``, ``-expired``, ``-epoch`` or ``-servers``.
        MalformedError: ``evaluation-elements``: the elements are not the ones that were signed;
            ``point-malformed``: one of them is no canonical point, or the identity.
    """
    if asked.server != serving.member or asked.place != serving.place:
        raise RefusedError("evaluation-not-for-us")
    if asked.caller != caller:
        raise RefusedError("evaluation-forwarded")
    if not now - CLOCKS_DIFFER < asked.expires < now + MAX_LIFETIME + CLOCKS_DIFFER:
        raise RefusedError("evaluation-expired", expires=format_instant(asked.expires))
    if asked.key != serving.key:
        raise RefusedError(
            "evaluation-epoch", key_epoch=asked.key.key_epoch, share_epoch=asked.key.share_epoch
        )
    _check_servers(asked.servers, serving)
    if len(blinded) != asked.count or merkle_root(blinded) != asked.elements:
        raise MalformedError("evaluation-elements")
    # Before anything is counted: what cannot be answered costs nothing.
    for point in blinded:
        checked_point(point, "blinded")


def _check_servers(servers: tuple[int, ...], serving: Serving) -> None:
    if not servers:
        return
    if (
        len(servers) != serving.threshold
        or serving.index not in servers
        or not serving.holders.issuperset(servers)
    ):
        raise RefusedError("evaluation-servers", needed=serving.threshold)


def _read_key(given: Mapping[str, JsonValue]) -> KeyName:
    names = tuple(each.value for each in IdentifierType)
    return KeyName(
        IdentifierType(shape.one_of(given["identifiers"], "request.identifiers", names)),
        shape.integer(given["key_epoch"], "request.key_epoch", minimum=1),
        shape.integer(given["share_epoch"], "request.share_epoch", minimum=1),
    )


def _read_servers(value: JsonValue) -> tuple[int, ...]:
    found = [
        shape.integer(each, "request.servers", minimum=1, maximum=MAX_INDEX)
        for each in shape.items(value, "request.servers")
    ]
    if found != sorted(set(found)):
        raise MalformedError("statement-form", member="request.servers")
    return tuple(found)
