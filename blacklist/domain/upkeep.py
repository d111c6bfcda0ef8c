"""Upkeep of a key: when its shares want to be dealt anew, and what people have to know.

Every node decides for itself, from the state of keys, the registry and the clock.

* A member that holds no share, or lost its own, opens the resharing itself: it will be there to take one.
* A departed holder is replaced by the others. They take turns by the clock, so that one of them opens, and
  the next one when that one is away; the contract refuses a second opening anyway.
* Resharings that came to nothing are repeated after ever longer pauses.
* What a resharing cannot mend is an alarm: a new key makes every entry be listed anew, so people open it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from blacklist.domain.chronicle.events import CeremonyKind
from blacklist.domain.chronicle.keys import CeremonyRecord, HeldKey, KeyState

MIN_THRESHOLD: Final = 2
"""As in the contract (``KeyCeremonies``)."""
LONGEST_TURN: Final = timedelta(minutes=10)
LONGEST_PAUSE: Final = 8
"""Times the length of a phase."""


class UpkeepAlarm(StrEnum):
    """What people have to look at."""

    FEW_HOLDERS = "blacklist-few-holders"
    """One more than the threshold answer, or fewer."""
    TOO_FEW_HOLDERS = "blacklist-too-few-holders"
    """Fewer than the threshold answer: nothing can be evaluated, nor dealt anew."""
    THRESHOLD_RISES = "blacklist-threshold-rises"
    """There are more members than the key's threshold is half of: only a new key has the right one."""
    MANY_DEPARTED = "blacklist-many-departed"
    """As many holders of this key departed as an attacker may have: with one more they had it."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known beside the state of keys.

    Attributes:
        own: this member's index; ``None`` before it named an operator.
        active: indices of who may hold a share by the registry, this member too.
        silent: indices of those among them that do not answer this node.
        share_lost: whether this member is a holder and cannot open its share.
        now: this machine's clock.
        phase: how long a phase of a ceremony lasts at most.
    """

    own: int | None
    active: frozenset[int]
    silent: frozenset[int]
    share_lost: bool
    now: datetime
    phase: timedelta


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What is to be done about one key.

    Attributes:
        reshare: whether this member opens a resharing now.
        alarms: what people have to look at.
    """

    reshare: bool
    alarms: tuple[UpkeepAlarm, ...]


def upkeep(state: KeyState, held: HeldKey, around: Surroundings) -> Upkeep:
    """Return what is to be done about a key in force."""
    return Upkeep(_opens(state, held, around), tuple(_alarms(state, held, around)))


def threshold_of(eligible: int) -> int:
    """Return the threshold of a key that is generated among so many."""
    return max(MIN_THRESHOLD, (eligible + 1) // 2)


def _opens(state: KeyState, held: HeldKey, around: Surroundings) -> bool:
    if around.own not in around.active or _runs(state, held) or not _can_succeed(held, around):
        return False
    past = _past(state, held)
    if around.share_lost or around.own not in held.keys.share_keys:
        return around.now >= _not_before(past, around)
    has_departed = bool(held.keys.share_keys.keys() - around.active)
    return has_departed and around.now >= _not_before(past, around) and _is_turn(held, around)


def _runs(state: KeyState, held: HeldKey) -> bool:
    running = (state.ceremonies[number].opened for number in state.running())
    return any(each.identifiers == held.identifiers for each in running)


def _can_succeed(held: HeldKey, around: Surroundings) -> bool:
    """Tell whether the contract would open a resharing, and enough would be there."""
    threshold, eligible = held.threshold, len(around.active)
    present = min(2 * threshold - 1, eligible)
    answering = len(around.active - around.silent)
    return (
        len(_live(held, around)) >= threshold
        and answering >= present
        and threshold_of(eligible) <= threshold
    )


def _live(held: HeldKey, around: Surroundings) -> frozenset[int]:
    """Return the holders that answer with their share."""
    live = (around.active & held.keys.share_keys.keys()) - around.silent
    return live - {around.own} if around.share_lost else live


def _past(state: KeyState, held: HeldKey) -> list[CeremonyRecord]:
    """Return the resharings of this key that ended, newest first."""
    return [
        record
        for _, record in sorted(state.ceremonies.items(), reverse=True)
        if record.phase is None
        and record.opened.kind is CeremonyKind.RESHARING
        and (record.opened.identifiers, record.opened.key_epoch)
        == (held.identifiers, held.key_epoch)
    ]


def _not_before(past: list[CeremonyRecord], around: Surroundings) -> datetime:
    """Return when the next resharing may be opened; one that did not give this member its share was vain."""
    if not past:
        return around.now
    vain = 0
    for record in past:
        got_it = record.keys is not None and around.own in record.keys.share_keys
        if got_it or around.own not in record.opened.eligible:
            break
        vain += 1
    if not vain and not around.share_lost:
        return around.now
    return past[0].phase_began + around.phase * min(1 << max(0, vain - 1), LONGEST_PAUSE)


def _is_turn(held: HeldKey, around: Surroundings) -> bool:
    """Tell whether it is this member's turn among those that could open: by index, each for a while."""
    turns = sorted(_live(held, around))
    if around.own not in turns:
        return False
    lasts = min(around.phase, LONGEST_TURN)
    number = int(around.now.timestamp() // lasts.total_seconds())
    return turns[number % len(turns)] == around.own


def _alarms(state: KeyState, held: HeldKey, around: Surroundings) -> Iterator[UpkeepAlarm]:
    live, eligible = len(_live(held, around)), len(around.active)
    if live < held.threshold:
        yield UpkeepAlarm.TOO_FEW_HOLDERS
    elif live <= held.threshold + 1 and live < eligible:
        yield UpkeepAlarm.FEW_HOLDERS
    if threshold_of(eligible) > held.threshold:
        yield UpkeepAlarm.THRESHOLD_RISES
    if len(_ever_held(state, held) - around.active) >= held.threshold - 1:
        yield UpkeepAlarm.MANY_DEPARTED


def _ever_held(state: KeyState, held: HeldKey) -> frozenset[int]:
    """Return who had a share of this key in any share epoch: shares that were not wiped count together."""
    return frozenset(
        index
        for record in state.ceremonies.values()
        if record.keys is not None
        and (record.opened.identifiers, record.opened.key_epoch)
        == (held.identifiers, held.key_epoch)
        for index in record.keys.share_keys
    )
