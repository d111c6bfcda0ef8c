"""Where an entry stands at a moment: what the contract computes when it is read (``EntryStanding.sol``)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

DISPUTE_TERM: Final = timedelta(days=20)


class EntryStanding(StrEnum):
    """Where an entry stands."""

    ACTIVE = "active"
    DISPUTED = "disputed"
    OVERDUE = "overdue"
    """Nobody decided its dispute in time: it is not relied on until somebody does."""
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


RELIED_ON: Final = frozenset({EntryStanding.ACTIVE, EntryStanding.CORRECTED})
OPEN: Final = frozenset({EntryStanding.DISPUTED, EntryStanding.OVERDUE})
ENDED: Final = frozenset({EntryStanding.WITHDRAWN, EntryStanding.EXPIRED})


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """An entry as the chain has it.

    Attributes:
        entry: 32-byte id.
        reporter: 32-byte member id.
        identifiers: number of the identifier type.
        key_epoch: that its tag is of.
        commitment: to the tag.
        facts: commitment to what it says; a correction replaces it.
        key: 20-byte address of the entry's key.
        listed_at: block time.
        expires_at: from when it does not count.
        disputed_at: of the open dispute, or ``None``.
        corrected: whether it ever was.
        withdrawn: whether it was.
        moved_to: entry that it goes on in under a newer key.
    """

    entry: bytes
    reporter: bytes
    identifiers: int
    key_epoch: int
    commitment: bytes
    facts: bytes
    key: bytes
    listed_at: datetime
    expires_at: datetime
    disputed_at: datetime | None = None
    corrected: bool = False
    withdrawn: bool = False
    moved_to: bytes | None = None

    def standing(self, now: datetime) -> EntryStanding:
        """Return where it stands at ``now``."""
        if self.withdrawn:
            return EntryStanding.WITHDRAWN
        if now >= self.expires_at:
            return EntryStanding.EXPIRED
        if self.disputed_at is not None:
            in_time = now <= self.disputed_at + DISPUTE_TERM
            return EntryStanding.DISPUTED if in_time else EntryStanding.OVERDUE
        return EntryStanding.CORRECTED if self.corrected else EntryStanding.ACTIVE
