"""Events about entries, as they came in final blocks."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TypeAlias

from blacklist.domain.chronicle.events import BlockTime


class DisputeDecision(IntEnum):
    """How a dispute ended; numbers as in the contract."""

    UPHELD = 1
    CORRECTED = 2
    WITHDRAWN = 3


@dataclass(frozen=True, slots=True)
class EntryListed:
    """Somebody was listed; members are those of ``entries.standing.ListedEntry``."""

    where: BlockTime
    entry: bytes
    reporter: bytes
    identifiers: int
    key_epoch: int
    commitment: bytes
    facts: bytes
    key: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class EntryRenewed:
    """An entry goes on under the key that replaced its own; facts, dates and standing are the old one's.

    Attributes:
        old: entry that ended with it.
        entry: the one that it goes on in.
    """

    where: BlockTime
    old: bytes
    entry: bytes
    key_epoch: int
    commitment: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class EntryCorroborated:
    """Another member vouched for an entry.

    Attributes:
        date: that it states.
    """

    where: BlockTime
    entry: bytes
    corroborator: bytes
    date: datetime


@dataclass(frozen=True, slots=True)
class EntryDisputed:
    """A person disputed an entry.

    Attributes:
        received_by: 32-byte id of the member whose desk took it.
        statement: 32-byte digest of what the person said.
    """

    where: BlockTime
    entry: bytes
    received_by: bytes
    statement: bytes
    decide_by: datetime


@dataclass(frozen=True, slots=True)
class DisputeDecided:
    """The reporter decided.

    Attributes:
        reasons: 32-byte digest of the written answer.
        in_time: whether within twenty days.
    """

    where: BlockTime
    entry: bytes
    decision: DisputeDecision
    reasons: bytes
    in_time: bool


@dataclass(frozen=True, slots=True)
class EntryCorrected:
    """An entry says something else now."""

    where: BlockTime
    entry: bytes
    facts: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class EntryWithdrawn:
    """An entry ended for ever."""

    where: BlockTime
    entry: bytes
    reasons: bytes


EntryEvent: TypeAlias = (
    EntryListed
    | EntryRenewed
    | EntryCorroborated
    | EntryDisputed
    | DisputeDecided
    | EntryCorrected
    | EntryWithdrawn
)
