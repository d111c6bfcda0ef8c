"""The entry contract port: what a member does to entries on the shared chain, as its operator.

Calls wait for their receipt. Each may have been carried out although it raises: what happened is seen in the
events, and a repeated call is refused by the contract itself. Every method raises ``UnavailableError`` when
the chain does not answer, and ``RefusedError`` with the contract's reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from blacklist.domain.chronicle.entry_events import DisputeDecision
from blacklist.domain.entries.standing import EntryStanding

MAX_BATCH = 100
"""Listings, or renewals, in one call, as the contract has it."""


@dataclass(frozen=True, slots=True)
class ListingCall:
    """One listing of a batch.

    Attributes:
        nonce: 32 bytes; with the reporter it makes the entry's id.
        commitment: to the tag.
        facts: commitment to the facts.
        key: 20-byte address of the entry's key.
        expires_at: from when it does not count.
        key_epoch: of the tag.
        identifiers: number of the identifier type.
    """

    nonce: bytes
    commitment: bytes
    facts: bytes
    key: bytes
    expires_at: datetime
    key_epoch: int
    identifiers: int


@dataclass(frozen=True, slots=True)
class RenewalCall:
    """One renewal of a batch; members as in ``ListingCall``.

    Attributes:
        old: entry that goes on.
    """

    old: bytes
    nonce: bytes
    commitment: bytes
    facts: bytes
    key: bytes
    key_epoch: int


@dataclass(frozen=True, slots=True)
class RecoverableSignature:
    """A secp256k1 signature; ``v`` is 27 or 28, ``s`` in the lower half."""

    v: int
    r: bytes
    s: bytes


@dataclass(frozen=True, slots=True)
class Ruling:
    """How a reporter decides a dispute.

    Attributes:
        reasons: 32-byte digest of the written answer.
        facts: commitment to the new facts, for a correction.
        expires_at: new expiry, for a correction.
    """

    decision: DisputeDecision
    reasons: bytes
    facts: bytes | None = None
    expires_at: datetime | None = None


class EntryContract(Protocol):
    """Entries, with the account of this member's operator."""

    def standing(self, entry: bytes) -> EntryStanding | None:
        """Return where an entry stands by the newest block, final or not; ``None``: not on chain."""
        ...

    def list_entries(self, listings: Sequence[ListingCall]) -> None:
        """List 1 to ``MAX_BATCH`` entries, all or none."""
        ...

    def renew(self, renewals: Sequence[RenewalCall]) -> None:
        """Let 1 to ``MAX_BATCH`` own entries go on under new keys, all or none."""
        ...

    def corroborate(self, entry: bytes, date: datetime, signature: RecoverableSignature) -> None:
        """Vouch for another member's entry."""
        ...

    def dispute(self, entry: bytes, statement: bytes) -> None:
        """Record a person's dispute; ``statement`` is the digest of what the person said."""
        ...

    def decide(self, entry: bytes, ruling: Ruling) -> None:
        """End a dispute about an own entry."""
        ...

    def correct(self, entry: bytes, facts: bytes, expires_at: datetime) -> None:
        """Replace the facts of an own entry without a dispute."""
        ...

    def withdraw(self, entry: bytes, reasons: bytes) -> None:
        """End an own entry for ever."""
        ...
