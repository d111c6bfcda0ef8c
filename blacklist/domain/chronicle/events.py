"""Events of the contract, as they came in final blocks; numbers and bytes as the contract gave them.

They are facts about what was posted, not about what is true: commitments, openings and attestations are
judged in ``domain.keygen``.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TypeAlias

from blacklist.domain.keygen.postings import CeremonyPhase


class CeremonyKind(IntEnum):
    """What a ceremony is for; numbers as in the contract."""

    GENERATION = 0
    RESHARING = 1


@dataclass(frozen=True, slots=True)
class BlockTime:
    """Where an event stands.

    Attributes:
        block: number of its block.
        at: the block's timestamp; all clocks of the blacklist run on these.
    """

    block: int
    at: datetime


@dataclass(frozen=True, slots=True)
class OperatorNamed:
    """An institution named who acts for it; the first time gives it its index.

    Attributes:
        member: 32-byte id.
        index: for ever.
        operator: 20-byte address.
    """

    where: BlockTime
    member: bytes
    index: int
    operator: bytes


@dataclass(frozen=True, slots=True)
class CeremonyOpened:
    """A ceremony began.

    Attributes:
        identifiers: number of the identifier type.
        eligible: indices of who may join, ascending.
        dealing: indices of those among them that deal their present share; none when a key is generated.
    """

    where: BlockTime
    ceremony: int
    identifiers: int
    kind: CeremonyKind
    key_epoch: int
    share_epoch: int
    threshold: int
    present_needed: int
    eligible: tuple[int, ...]
    dealing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PostingMade:
    """A holder said something in a phase."""

    where: BlockTime
    ceremony: int
    phase: CeremonyPhase
    index: int
    data: bytes


@dataclass(frozen=True, slots=True)
class PhaseEnded:
    """A phase closed; those between it and ``following`` had nothing to say."""

    where: BlockTime
    ceremony: int
    ended: CeremonyPhase
    following: CeremonyPhase


@dataclass(frozen=True, slots=True)
class ResultAttested:
    """Enough holders attested one result: the phase begins again, so that there is time to activate it."""

    where: BlockTime
    ceremony: int


@dataclass(frozen=True, slots=True)
class CeremonyGivenUp:
    """A ceremony ended without a key."""

    where: BlockTime
    ceremony: int
    phase: CeremonyPhase


@dataclass(frozen=True, slots=True)
class KeyActivated:
    """The keys that enough holders attested came into force.

    Attributes:
        keys: as ``PublicKeys.encode``.
    """

    where: BlockTime
    ceremony: int
    identifiers: int
    key_epoch: int
    share_epoch: int
    keys: bytes


KeyEvent: TypeAlias = (
    OperatorNamed
    | CeremonyOpened
    | PostingMade
    | PhaseEnded
    | ResultAttested
    | CeremonyGivenUp
    | KeyActivated
)
"""Everything about keys; entries have their own (``domain.entries``)."""
