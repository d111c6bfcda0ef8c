"""The blacklist in a running service: its parts, put together once, and answers to other members."""

from functools import cached_property
from threading import Lock
from typing import Final

from blacklist.domain.entries.facts import LEAF_BYTES
from blacklist.domain.protocol.documents import MAX_DOCUMENT_BYTES
from blacklist.ports.index_peers import MAX_ENTRIES
from blacklist.services.evaluating import CallingMember, Evaluator
from blacklist.services.opening_log import LogOpener
from ledger.errors import LimitError
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue, decode
from node.blacklist.auditing import answer_audit, make_log_opener
from node.blacklist.desk import Desk, make_desk
from node.blacklist.entries import Entries, make_entries
from node.blacklist.index_peers import to_json
from node.blacklist.making import make_evaluator, make_silences
from node.peer.neighbours import Neighbour, evidence_key
from node.wiring import Node

MAX_WANTED_BYTES: Final = 32_768


class BlacklistAnswering:
    """Answers requests; put together when the first one comes. Safe for threads.

    Args:
        node: this member's.
        entries: the services about entries, where they are put together already.
    """

    def __init__(self, node: Node, entries: Entries | None = None) -> None:
        self._node: Final = node
        self._made = entries
        self._lock: Final = Lock()

    @property
    def entries(self) -> Entries:
        """The services about entries, one for the whole service; the worker's rounds follow the chain.

        Raises:
            ConfigurationError: this node takes no part in a blacklist, or its mode lacks its document.
        """
        with self._lock:
            if self._made is None:
                self._made = make_entries(self._node)
            return self._made

    @cached_property
    def _evaluator(self) -> Evaluator:
        return make_evaluator(self._node, self.entries.follower)

    @cached_property
    def _opener(self) -> LogOpener:
        return make_log_opener(self._node, self.entries.follower)

    @cached_property
    def _desk(self) -> Desk:
        return make_desk(self._node, self.entries)

    def evaluate(self, peer: Neighbour, body: bytes) -> bytes:
        """Answer a request that ``peer`` sent.

        Raises:
            MalformedError: not of the form.
            RefusedError: see ``Evaluator.answer``.
            ConfigurationError: this node takes no part in a blacklist.
        """
        return self._evaluator.answer_frame(calling(peer), body)

    def prove(self, peer: Neighbour, body: bytes) -> bytes:
        """Prove a batch that ``peer`` asked; raises as ``evaluate``."""
        return self._evaluator.prove_frame(calling(peer), body)

    def challenged(self, peer: Neighbour, body: bytes) -> bytes:
        """Return the request that a challenge to ``peer`` names.

        Raises:
            MalformedError: not of the form.
            RefusedError: there is none for it.
        """
        given = shape.members(decode(body, max_bytes=MAX_DOCUMENT_BYTES), "request", {"request"})
        digest = shape.hex_bytes(given["request"], "request", 32)
        return make_silences(self._node).request_for(peer.log.member, digest)

    def audit(self, peer: Neighbour, step: str, body: bytes) -> bytes:
        """Answer an auditor's question; see ``node.blacklist.auditing.answer_audit``."""
        return answer_audit(self._node, self._opener, peer, step, body)

    def rows(self, body: bytes) -> JsonValue:
        """Return what this member has of the entries that ``body`` names.

        Raises:
            MalformedError: not of the form.
            LimitError: more than ``MAX_ENTRIES``.
        """
        delivered = self.entries.index.deliver(_wanted(body))
        return {"rows": to_json(delivered.rows), "tombstones": to_json(delivered.tombstones)}

    def receipts(self, body: bytes) -> JsonValue:
        """Return this member's receipts for entries; raises as ``rows``."""
        return {"receipts": to_json(self.entries.index.receipts(_wanted(body)))}

    def statement(self, peer: Neighbour, body: bytes) -> JsonValue:
        """Take what a person said about an own entry at another member's desk; raises as ``Desk.receive``."""
        return {"kept": self._desk.receive(peer.log.member, body).hex()}

    def acknowledgement(self) -> JsonValue:
        """Return this member's acknowledgement of status changes."""
        return to_json([self.entries.index.acknowledgement()])[0]


def _wanted(body: bytes) -> list[bytes]:
    found = shape.members(decode(body, max_bytes=MAX_WANTED_BYTES), "request", {"entries"})
    entries = shape.items(found["entries"], "entries")
    if len(entries) > MAX_ENTRIES:
        raise LimitError("entries-too-many", limit=MAX_ENTRIES)
    return [shape.hex_bytes(each, "entries", LEAF_BYTES) for each in entries]


def calling(peer: Neighbour) -> CallingMember:
    """Return a member as the one who asks.

    Raises:
        NotPermittedError: it has no evidence key now.
    """
    return CallingMember(peer.log.member, evidence_key(peer))
