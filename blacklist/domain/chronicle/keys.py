"""The state of all ceremonies and keys, folded out of the events in their order.

The same events give the same state at every member; nothing else goes in. A phase that is over by the clock
stays open here until the contract closed it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Self

from blacklist.domain.chronicle.events import (
    CeremonyGivenUp,
    CeremonyKind,
    CeremonyOpened,
    KeyActivated,
    KeyEvent,
    OperatorNamed,
    PhaseEnded,
    PostingMade,
    ResultAttested,
)
from blacklist.domain.keygen.ceremony import Dealers, PublicKeys, Terms
from blacklist.domain.keygen.postings import CeremonyPhase, Postings

DUAL_READ: Final = timedelta(days=30)
"""How long the key before the one in force stays readable, where an operator set nothing else."""


@dataclass(frozen=True, slots=True)
class CeremonyRecord:
    """One ceremony so far.

    Attributes:
        opened: its first event.
        phase: the open phase; ``None`` when it has ended.
        phase_began: when the time of the open phase, or the ceremony's end, began.
        postings: by phase and holder, the open phase included.
        keys: the outcome in force, or ``None``.
        given_up: whether it ended without a key.
    """

    opened: CeremonyOpened
    phase: CeremonyPhase | None
    phase_began: datetime
    postings: Mapping[CeremonyPhase, Mapping[int, bytes]] = field(default_factory=dict)
    keys: PublicKeys | None = None
    given_up: bool = False

    @property
    def closed(self) -> Postings:
        """Postings of the phases that are closed: what may be judged."""
        return {phase: said for phase, said in self.postings.items() if phase != self.phase}

    @property
    def judged(self) -> Postings:
        """Postings of all phases before attesting, when they are closed: what attestations are about."""
        attesting = CeremonyPhase.ATTESTING
        return {phase: said for phase, said in self.postings.items() if phase != attesting}

    def has_posted(self, index: int) -> bool:
        """Tell whether a holder posted in the open phase."""
        return self.phase is not None and index in self.postings.get(self.phase, {})

    def joined(self) -> tuple[int, ...]:
        """Return the indices of who joined, ascending."""
        return tuple(sorted(self.postings.get(CeremonyPhase.JOINING, {})))


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key in force.

    Attributes:
        identifiers: number of the identifier type.
        key_epoch: from 1.
        share_epoch: from 1 within the key epoch.
        threshold: holders that evaluate together.
        ceremony: that made this share epoch.
        keys: the public ones.
    """

    identifiers: int
    key_epoch: int
    share_epoch: int
    threshold: int
    ceremony: int
    keys: PublicKeys


@dataclass(frozen=True, slots=True)
class ReplacedKey:
    """The key before the one in force: readable for a while, so that entries can be tagged anew meanwhile.

    Attributes:
        held: as it was in the end.
        replaced_at: when the next key came into force.
    """

    held: HeldKey
    replaced_at: datetime

    def ends(self, dual_read: timedelta) -> datetime:
        """Return when it is no longer readable."""
        return self.replaced_at + dual_read


@dataclass(frozen=True, slots=True)
class KeyState:
    """Everything about keys.

    Attributes:
        members: 32-byte member id by index.
        operators: 20-byte address by index.
        ceremonies: by number.
        keys: the key in force by identifier type.
        previous: the key before it, where there was one.
    """

    members: Mapping[int, bytes] = field(default_factory=dict)
    operators: Mapping[int, bytes] = field(default_factory=dict)
    ceremonies: Mapping[int, CeremonyRecord] = field(default_factory=dict)
    keys: Mapping[int, HeldKey] = field(default_factory=dict)
    previous: Mapping[int, ReplacedKey] = field(default_factory=dict)

    def after(self, events: Iterable[KeyEvent]) -> Self:
        """Return the state after further events."""
        state = self
        for event in events:
            state = state._after_one(event)
        return state

    def index_of(self, member: bytes) -> int | None:
        """Return a member's index; ``None`` before it named an operator."""
        return next((index for index, found in self.members.items() if found == member), None)

    def readable(
        self, identifiers: int, now: datetime, dual_read: timedelta
    ) -> tuple[HeldKey, ...]:
        """Return the keys of a type that are evaluated under: the one in force, for a while the one before.

        Args:
            identifiers: number of the identifier type.
            now: this machine's clock.
            dual_read: how long the one before stays readable.
        """
        held, before = self.keys.get(identifiers), self.previous.get(identifiers)
        found = () if held is None else (held,)
        if before is None or now >= before.ends(dual_read):
            return found
        return (*found, before.held)

    def oldest_readable(self, now: datetime, dual_read: timedelta) -> Mapping[int, int]:
        """Return the oldest readable key epoch by identifier type; arguments as ``readable``."""
        return {
            identifiers: min(each.key_epoch for each in self.readable(identifiers, now, dual_read))
            for identifiers in self.keys
        }

    def terms_of(self, ceremony: int) -> Terms:
        """Return the terms of a ceremony, as far as they are known: who joined is open while they join."""
        record = self.ceremonies[ceremony]
        return Terms(
            ceremony=ceremony,
            threshold=record.opened.threshold,
            holders=record.joined(),
            present_needed=record.opened.present_needed,
            dealers=self._dealers(record),
        )

    def running(self) -> tuple[int, ...]:
        """Return the numbers of the ceremonies that have not ended."""
        return tuple(
            number for number, record in self.ceremonies.items() if record.phase is not None
        )

    def _dealers(self, record: CeremonyRecord) -> Dealers | None:
        """Return who held the key when the resharing was opened, and deals: not who was suspended by then."""
        if record.opened.kind is CeremonyKind.GENERATION:
            return None
        before = next(
            each
            for each in self.ceremonies.values()
            if each.keys is not None
            and each.opened.identifiers == record.opened.identifiers
            and each.opened.key_epoch == record.opened.key_epoch
            and each.opened.share_epoch == record.opened.share_epoch - 1
        )
        assert before.keys is not None  # noqa: S101 - just looked at
        present = before.keys.share_keys
        dealing = {index: present[index] for index in record.opened.dealing}
        return Dealers(dealing, before.keys.key)

    def _after_one(self, event: KeyEvent) -> Self:
        match event:
            case OperatorNamed():
                return replace(
                    self,
                    members={**self.members, event.index: event.member},
                    operators={**self.operators, event.index: event.operator},
                )
            case CeremonyOpened():
                record = CeremonyRecord(event, CeremonyPhase.JOINING, event.where.at)
                return self._with(event.ceremony, record)
            case PostingMade():
                return self._with(event.ceremony, _posted(self.ceremonies[event.ceremony], event))
            case PhaseEnded():
                record = replace(
                    self.ceremonies[event.ceremony],
                    phase=event.following,
                    phase_began=event.where.at,
                )
                return self._with(event.ceremony, record)
            case ResultAttested():
                record = replace(self.ceremonies[event.ceremony], phase_began=event.where.at)
                return self._with(event.ceremony, record)
            case CeremonyGivenUp():
                record = replace(
                    self.ceremonies[event.ceremony],
                    phase=None,
                    phase_began=event.where.at,
                    given_up=True,
                )
                return self._with(event.ceremony, record)
            case KeyActivated():
                return self._activated(event)

    def _activated(self, event: KeyActivated) -> Self:
        keys = PublicKeys.decode(event.keys)
        before = self.ceremonies[event.ceremony]
        record = replace(before, phase=None, phase_began=event.where.at, keys=keys)
        held = HeldKey(
            event.identifiers,
            event.key_epoch,
            event.share_epoch,
            before.opened.threshold,
            event.ceremony,
            keys,
        )
        state = self._with(event.ceremony, record)
        present = self.keys.get(event.identifiers)
        if present is not None and present.key_epoch != held.key_epoch:
            replaced = ReplacedKey(present, event.where.at)
            state = replace(state, previous={**self.previous, event.identifiers: replaced})
        return replace(state, keys={**self.keys, event.identifiers: held})

    def _with(self, ceremony: int, record: CeremonyRecord) -> Self:
        return replace(self, ceremonies={**self.ceremonies, ceremony: record})


def is_over(record: CeremonyRecord, now: datetime, phase_lasts: timedelta) -> bool:
    """Tell whether the open phase is over by the clock, so that anybody may close it."""
    return record.phase is not None and now > record.phase_began + phase_lasts


def _posted(record: CeremonyRecord, event: PostingMade) -> CeremonyRecord:
    said = {**record.postings.get(event.phase, {}), event.index: event.data}
    return replace(record, postings={**record.postings, event.phase: said})
