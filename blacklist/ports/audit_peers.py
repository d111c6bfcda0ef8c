"""The audit peers port: what an auditor asks other members' nodes, which open it to nobody else.

Every method raises ``UnavailableError`` when the member does not answer, and ``RefusedError`` when it
refuses. Answers are checked by who asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AuditedMember:
    """A member whose log is looked at.

    Attributes:
        member: 32-byte id.
        evidence_keys: every one that it ever had and that was not compromised.
    """

    member: bytes
    evidence_keys: Sequence[bytes]


class AuditPeers(Protocol):
    """Other members' nodes, as an auditor asks them."""

    def members(self) -> Sequence[AuditedMember]:
        """Return the members that can be asked now, this one among them."""
        ...

    def listing(self, asked: bytes, draw: int, caller: bytes, first: int) -> bytes:
        """Return a page of what a member has of a caller's requests (``domain.auditing.listing``)."""
        ...

    def evaluation(self, asked: bytes, draw: int, caller: bytes, request_id: bytes) -> bytes:
        """Return a request as a server counted it, with its elements (``domain.protocol.frames``)."""
        ...

    def opening(self, asked: bytes, draw: int, request_id: bytes, recipient: bytes) -> bytes:
        """Return a caller's opening of a request, sealed to the X25519 key ``recipient``."""
        ...
