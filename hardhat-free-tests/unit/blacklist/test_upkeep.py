"""Upkeep of keys: who opens a resharing when, and what only people can mend."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from blacklist.domain.chronicle.events import BlockTime, CeremonyKind, CeremonyOpened
from blacklist.domain.chronicle.keys import CeremonyRecord, HeldKey, KeyState
from blacklist.domain.keygen.ceremony import PublicKeys
from blacklist.domain.keygen.postings import CeremonyPhase
from blacklist.domain.upkeep import Surroundings, Upkeep, UpkeepAlarm, threshold_of, upkeep

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
PHASE = timedelta(hours=1)
TURN = timedelta(minutes=10)
NATIONAL_ID = 1


def record(
    number: int,
    holders: tuple[int, ...] | None,
    *,
    eligible: tuple[int, ...],
    phase: CeremonyPhase | None = None,
    ended: datetime = NOW - timedelta(days=9),
) -> CeremonyRecord:
    """A ceremony; the first is the generation, those after it are resharings."""
    kind = CeremonyKind.RESHARING if number > 1 else CeremonyKind.GENERATION
    opened = CeremonyOpened(
        BlockTime(1, ended), number, NATIONAL_ID, kind, 1, number, 3, 5, eligible, ()
    )
    keys = None if holders is None else PublicKeys(b"K", dict.fromkeys(holders, b"k"))
    given_up = keys is None and phase is None
    return CeremonyRecord(opened, phase, ended, keys=keys, given_up=given_up)


def state_of(*records: CeremonyRecord, threshold: int = 3) -> tuple[KeyState, HeldKey]:
    ceremonies = {each.opened.ceremony: each for each in records}
    number, last = next(
        (number, each) for number, each in sorted(ceremonies.items(), reverse=True) if each.keys
    )
    assert last.keys
    held = HeldKey(NATIONAL_ID, 1, number, threshold, number, last.keys)
    members = {index: bytes([index]) * 32 for index in range(1, 13)}
    return KeyState(members, {}, ceremonies, {NATIONAL_ID: held}), held


def six() -> tuple[KeyState, HeldKey]:
    """Six holders, any three of whom evaluate together."""
    everybody = (1, 2, 3, 4, 5, 6)
    return state_of(record(1, everybody, eligible=everybody))


def around(*active: int, own: int | None = 1, silent: tuple[int, ...] = ()) -> Surroundings:
    return Surroundings(own, frozenset(active), frozenset(silent), False, NOW, PHASE)


def opening(state: KeyState, held: HeldKey, seen: Surroundings) -> list[int]:
    """Who opens at this moment, if everybody sees the same."""
    return [
        own for own in sorted(seen.active) if upkeep(state, held, replace(seen, own=own)).reshare
    ]


def test_nothing_is_done_while_all_is_well() -> None:
    assert upkeep(*six(), around(1, 2, 3, 4, 5, 6)) == Upkeep(False, ())


@pytest.mark.parametrize("gone", [2, 6], ids=["left", "suspended"])
def test_a_holder_that_departed_is_replaced_and_one_of_the_others_opens(gone: int) -> None:
    seen = around(*(each for each in range(1, 7) if each != gone))
    state, held = six()
    turns = [opening(state, held, replace(seen, now=NOW + at * TURN)) for at in range(5)]
    assert sorted(turns) == [[each] for each in sorted(seen.active)]


def test_who_is_silent_is_left_out_of_the_turns() -> None:
    state, held = six()
    silent = around(1, 2, 3, 4, 5, 7, silent=(2,))
    turns = [opening(state, held, replace(silent, now=NOW + at * TURN)) for at in range(8)]
    openers = {each for turn in turns for each in turn}
    # 7 holds no share yet: it opens whenever it looks.
    assert openers == {1, 3, 4, 5, 7}


def test_who_joined_and_holds_no_share_opens_itself_and_nobody_else_does() -> None:
    state, held = six()
    assert upkeep(state, held, around(2, 3, 4, 5, 6, 7, own=7)).reshare
    state, held = state_of(record(1, (1, 2, 3, 4, 5), eligible=(1, 2, 3, 4, 5)))
    assert opening(state, held, around(1, 2, 3, 4, 5, 7)) == [7]


def test_who_lost_its_share_opens_itself() -> None:
    state, held = six()
    seen = replace(around(1, 2, 3, 4, 5, 6, own=4), share_lost=True)
    assert upkeep(state, held, seen) == Upkeep(True, ())


def test_who_is_suspended_or_not_yet_there_opens_nothing() -> None:
    state, held = six()
    assert not upkeep(state, held, around(1, 2, 3, 4, 5, own=6)).reshare
    assert not upkeep(state, held, around(1, 2, 3, 4, 5, own=None)).reshare


def test_nothing_is_opened_beside_a_ceremony_that_runs() -> None:
    everybody = (1, 2, 3, 4, 5, 6)
    running = record(2, None, eligible=everybody, phase=CeremonyPhase.DEALING)
    state, held = state_of(record(1, everybody, eligible=everybody), running)
    assert opening(state, held, around(1, 2, 3, 4, 5)) == []


def test_another_type_s_ceremony_is_no_hindrance() -> None:
    everybody = (1, 2, 3, 4, 5, 6)
    running = record(2, None, eligible=everybody, phase=CeremonyPhase.DEALING)
    running = replace(running, opened=replace(running.opened, identifiers=2))
    state, held = state_of(record(1, everybody, eligible=everybody), running)
    assert len(opening(state, held, around(1, 2, 3, 4, 5))) == 1


@pytest.mark.parametrize(("failures", "phases"), [(1, 1), (2, 2), (3, 4), (4, 8), (7, 8)])
def test_resharings_that_came_to_nothing_are_repeated_after_ever_longer_pauses(
    failures: int, phases: int
) -> None:
    everybody = (1, 2, 3, 4, 5, 6)
    vain = [
        record(2 + at, None, eligible=everybody, ended=NOW - timedelta(minutes=failures - at))
        for at in range(failures)
    ]
    state, held = state_of(record(1, everybody, eligible=everybody), *vain)
    last = vain[-1].phase_began
    seen = around(1, 2, 3, 4, 5)
    before, after = last + phases * PHASE - timedelta(seconds=1), last + phases * PHASE
    assert opening(state, held, replace(seen, now=before)) == []
    assert len(opening(state, held, replace(seen, now=after))) == 1


def test_who_never_takes_the_share_that_it_asks_for_asks_ever_more_rarely() -> None:
    """Its node opens, and is not there when the others deal."""
    first = record(1, (1, 2, 3, 4, 5), eligible=(1, 2, 3, 4, 5))
    vain = [
        record(each, (1, 2, 3, 4, 5), eligible=(1, 2, 3, 4, 5, 7), ended=NOW - PHASE)
        for each in (2, 3, 4)
    ]
    state, held = state_of(first, *vain)
    seen = around(1, 2, 3, 4, 5, 7, own=7)
    assert not upkeep(state, held, seen).reshare
    assert upkeep(state, held, replace(seen, now=NOW + 3 * PHASE)).reshare


def test_a_share_that_is_lost_again_and_again_is_asked_for_once_a_phase() -> None:
    everybody = (1, 2, 3, 4, 5, 6)
    fresh = record(2, everybody, eligible=everybody, ended=NOW - PHASE / 2)
    state, held = state_of(record(1, everybody, eligible=everybody), fresh)
    seen = replace(around(*everybody, own=4), share_lost=True)
    assert not upkeep(state, held, seen).reshare
    assert upkeep(state, held, replace(seen, now=NOW + PHASE / 2)).reshare


def test_a_resharing_that_could_not_come_about_is_not_opened() -> None:
    """Five must join, and deals of three must stand."""
    state, held = six()
    assert opening(state, held, around(1, 2, 3, 4, 5, silent=(2,))) == []
    assert opening(state, held, around(1, 2, 3, 4, 5)) != []


@pytest.mark.parametrize(
    ("silent", "expected"),
    [
        ((), ()),
        ((6,), ()),
        ((5, 6), (UpkeepAlarm.FEW_HOLDERS,)),
        ((4, 5, 6), (UpkeepAlarm.FEW_HOLDERS,)),
        ((3, 4, 5, 6), (UpkeepAlarm.TOO_FEW_HOLDERS,)),
    ],
)
def test_people_are_told_when_one_more_than_the_threshold_answer(
    silent: tuple[int, ...], expected: tuple[UpkeepAlarm, ...]
) -> None:
    assert upkeep(*six(), around(1, 2, 3, 4, 5, 6, silent=silent)).alarms == expected


def test_an_own_share_that_is_lost_counts_among_those_that_do_not_answer() -> None:
    seen = replace(around(1, 2, 3, 4, 5, 6, silent=(6,)), share_lost=True)
    assert upkeep(*six(), seen).alarms == (UpkeepAlarm.FEW_HOLDERS,)


def test_a_consortium_of_three_that_is_whole_is_no_alarm() -> None:
    state, held = state_of(record(1, (1, 2, 3), eligible=(1, 2, 3)), threshold=2)
    assert upkeep(state, held, around(1, 2, 3)).alarms == ()
    assert upkeep(state, held, around(1, 2, 3, silent=(3,))).alarms == (UpkeepAlarm.FEW_HOLDERS,)


def test_a_threshold_that_would_rise_is_a_matter_for_people() -> None:
    state, held = six()
    seen = around(1, 2, 3, 4, 5, 6, 7, own=7)
    assert upkeep(state, held, seen) == Upkeep(False, (UpkeepAlarm.THRESHOLD_RISES,))
    assert [threshold_of(each) for each in (1, 2, 3, 4, 5, 6, 7)] == [2, 2, 2, 2, 3, 3, 4]


def test_departures_of_one_key_epoch_are_counted_over_its_share_epochs() -> None:
    first = record(1, (1, 2, 3, 4, 5, 6), eligible=(1, 2, 3, 4, 5, 6))
    second = record(2, (1, 2, 3, 4, 5), eligible=(1, 2, 3, 4, 5))
    state, held = state_of(first, second)
    assert upkeep(state, held, around(1, 2, 3, 4, 5)).alarms == ()
    assert UpkeepAlarm.MANY_DEPARTED in upkeep(state, held, around(1, 2, 3, 4)).alarms
    # Another key epoch counts anew.
    other = replace(first, opened=replace(first.opened, key_epoch=9))
    state = replace(state, ceremonies={1: other, 2: second})
    assert UpkeepAlarm.MANY_DEPARTED not in upkeep(state, held, around(1, 2, 3, 4)).alarms
