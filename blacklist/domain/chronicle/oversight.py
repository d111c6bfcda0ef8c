"""Challenges and draws: the contract's events about them, and the state that follows from those."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self, TypeAlias

from blacklist.domain.chronicle.events import BlockTime


@dataclass(frozen=True, slots=True)
class EvaluationChallenged:
    """A server was asked in public.

    Attributes:
        challenger: 32-byte id of who asks.
        server: of who is to answer.
        request: digest of the signed request that it did not answer.
        blinded: elements of that request, 32 bytes each.
    """

    where: BlockTime
    challenge: int
    challenger: bytes
    server: bytes
    request: bytes
    blinded: bytes


@dataclass(frozen=True, slots=True)
class ChallengeAnswered:
    """It answered; what the answer is worth is judged in ``domain.protocol.challenges``."""

    where: BlockTime
    challenge: int
    answer: bytes


@dataclass(frozen=True, slots=True)
class DrawOpened:
    """A draw began: commitments until ``commit_by``, values after it until ``reveal_by``."""

    where: BlockTime
    draw: int
    commit_by: datetime
    reveal_by: datetime


@dataclass(frozen=True, slots=True)
class DrawCommitted:
    """A member committed itself to a value."""

    where: BlockTime
    draw: int
    index: int
    commitment: bytes


@dataclass(frozen=True, slots=True)
class DrawRevealed:
    """A member showed its value, which the contract compared with the commitment."""

    where: BlockTime
    draw: int
    index: int
    value: bytes


OversightEvent: TypeAlias = (
    EvaluationChallenged | ChallengeAnswered | DrawOpened | DrawCommitted | DrawRevealed
)
"""Everything about challenges and draws."""


@dataclass(frozen=True, slots=True)
class ChallengeRecord:
    """A challenge with its answer, if there is one."""

    asked: EvaluationChallenged
    answered: ChallengeAnswered | None = None


@dataclass(frozen=True, slots=True)
class DrawRecord:
    """A draw so far.

    Attributes:
        opened: its first event.
        committed: commitments by member index.
        revealed: values by member index.
    """

    opened: DrawOpened
    committed: Mapping[int, bytes] = field(default_factory=dict)
    revealed: Mapping[int, bytes] = field(default_factory=dict)

    def spoiled_by(self) -> tuple[int, ...]:
        """Return the indices of who committed and did not reveal; they count once its time is over."""
        return tuple(sorted(self.committed.keys() - self.revealed.keys()))


@dataclass(frozen=True, slots=True)
class OversightState:
    """Everything about challenges and draws, by number."""

    challenges: Mapping[int, ChallengeRecord] = field(default_factory=dict)
    draws: Mapping[int, DrawRecord] = field(default_factory=dict)

    def after(self, events: Iterable[OversightEvent]) -> Self:
        """Return the state after further events."""
        state = self
        for event in events:
            state = state._after_one(event)
        return state

    def _after_one(self, event: OversightEvent) -> Self:
        match event:
            case EvaluationChallenged():
                return self._with_challenge(ChallengeRecord(event))
            case ChallengeAnswered():
                found = self.challenges[event.challenge]
                return self._with_challenge(replace(found, answered=event))
            case DrawOpened():
                return self._with_draw(DrawRecord(event))
            case DrawCommitted():
                before = self.draws[event.draw]
                committed = {**before.committed, event.index: event.commitment}
                return self._with_draw(replace(before, committed=committed))
            case DrawRevealed():
                before = self.draws[event.draw]
                revealed = {**before.revealed, event.index: event.value}
                return self._with_draw(replace(before, revealed=revealed))

    def _with_challenge(self, record: ChallengeRecord) -> Self:
        number = record.asked.challenge
        return replace(self, challenges={**self.challenges, number: record})

    def _with_draw(self, record: DrawRecord) -> Self:
        return replace(self, draws={**self.draws, record.opened.draw: record})
