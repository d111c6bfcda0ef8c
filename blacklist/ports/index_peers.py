"""The index peers port: rows and what belongs to them, as other members' nodes hand them out.

Everything is signed by who says it and checked by who asks; every peer serves what it has of others. Each
method raises ``UnavailableError`` when the member does not answer, and ``MalformedError`` when it answers
something else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from blacklist.domain.protocol.documents import SignedDocument

MAX_ENTRIES = 200
"""Of one request; their rows stay under a megabyte."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a peer has of some entries."""

    rows: Sequence[SignedDocument]
    tombstones: Sequence[SignedDocument]


class IndexPeers(Protocol):
    """Other members' nodes."""

    def members(self) -> Sequence[bytes]:
        """Return the ids of the other members that can be asked now."""
        ...

    def evidence_keys(self, member: bytes) -> Sequence[bytes]:
        """Return every Ed25519 key that a member ever signed evidence with, the present one first."""
        ...

    def rows(self, asked: bytes, entries: Sequence[bytes]) -> Delivered:
        """Return what a member has of up to ``MAX_ENTRIES`` entries."""
        ...

    def receipts(self, asked: bytes, entries: Sequence[bytes]) -> Sequence[SignedDocument]:
        """Return a member's own receipts for deleting the rows of some entries."""
        ...

    def acknowledgement(self, asked: bytes) -> SignedDocument:
        """Return a member's acknowledgement of status changes as of now."""
        ...
