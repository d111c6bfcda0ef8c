"""Values of draws and what follows from them: pure, the same at every member."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from blacklist.domain.auditing.drawing import (
    EXPECTED_SAMPLES,
    LISTED_AFTER,
    LISTED_BEFORE,
    commitment_of,
    drawn_value,
    is_drawn,
    is_settled,
    place_of,
    window_of,
)
from blacklist.domain.chronicle.events import BlockTime
from blacklist.domain.chronicle.oversight import (
    ChallengeAnswered,
    DrawCommitted,
    DrawOpened,
    DrawRecord,
    DrawRevealed,
    EvaluationChallenged,
    OversightState,
)

OPENED = datetime(2026, 11, 24, 8, tzinfo=UTC)
DAY = timedelta(days=1)
WHERE = BlockTime(7, OPENED)
OVER = OPENED + 2 * DAY + timedelta(hours=1)
VALUE, CALLER = b"\x01" * 32, b"\x02" * 32


def record(draw: int = 1, opened: datetime = OPENED) -> DrawRecord:
    """A draw to which members 1 and 2 committed, and showed their values."""
    begun = DrawOpened(replace(WHERE, at=opened), draw, opened + DAY, opened + 2 * DAY)
    values = {1: b"\x0a" * 32, 2: b"\x0b" * 32}
    return DrawRecord(begun, {1: b"c", 2: b"d"}, values)


def test_a_draw_has_a_value_only_when_everybody_can_know_it() -> None:
    assert not is_settled(record(), OVER - timedelta(seconds=1))
    assert drawn_value(record(), OVER - timedelta(seconds=1)) is None
    assert drawn_value(record(), OVER) is not None


@pytest.mark.parametrize("committed", [{1: b"c", 2: b"d", 3: b"e"}, {3: b"e"}])
def test_a_value_that_was_kept_back_spoils_the_draw(committed: dict[int, bytes]) -> None:
    spoiled = replace(record(), committed=committed)
    assert spoiled.spoiled_by() == (3,)
    assert drawn_value(spoiled, OVER) is None


def test_one_member_alone_draws_nothing() -> None:
    alone = replace(record(), committed={1: b"c"}, revealed={1: b"\x0a" * 32})
    assert drawn_value(alone, OVER) is None


def test_every_value_and_the_number_count() -> None:
    values = {drawn_value(record(), OVER), drawn_value(record(2), OVER)}
    swapped = replace(record(), revealed={1: b"\x0b" * 32, 2: b"\x0a" * 32})
    more = replace(record(), revealed={**record().revealed, 3: b"\x0c" * 32})
    values |= {drawn_value(swapped, OVER), drawn_value(more, OVER)}
    assert len(values) == 4


def test_windows_follow_the_last_draw_that_gave_a_value() -> None:
    first, spoiled = record(1), replace(record(2, OPENED + 5 * DAY), committed={9: b"x"})
    third = record(3, OPENED + 9 * DAY)
    state = OversightState(draws={1: first, 2: spoiled, 3: third})
    now = OPENED + 20 * DAY
    window = window_of(state, 3, now)
    assert (window.after, window.until) == (OPENED, OPENED + 9 * DAY)
    assert window_of(state, 1, now).after < datetime(2001, 1, 1, tzinfo=UTC)
    wider = window.of_caller()
    assert (window.after - wider.after, wider.until - window.until) == (LISTED_BEFORE, LISTED_AFTER)


def test_few_requests_are_all_drawn_and_of_many_the_expected_number() -> None:
    ids = [number.to_bytes(16, "big") for number in range(4000)]
    few = ids[:EXPECTED_SAMPLES]
    assert all(is_drawn(VALUE, CALLER, each, listed=len(few)) for each in few)
    drawn = [each for each in ids if is_drawn(VALUE, CALLER, each, listed=len(ids))]
    # Binomial with mean 20: five standard deviations either side.
    assert 0 < len(drawn) < 43
    others = [each for each in ids if is_drawn(b"\x03" * 32, CALLER, each, listed=len(ids))]
    assert drawn != others
    assert drawn != [each for each in ids if is_drawn(VALUE, b"\x09" * 32, each, listed=len(ids))]


def test_every_element_can_be_drawn() -> None:
    ids = [number.to_bytes(16, "big") for number in range(200)]
    assert {place_of(VALUE, each, 5) for each in ids} == {0, 1, 2, 3, 4}
    assert {place_of(VALUE, each, 1) for each in ids} == {0}


def test_commitments_are_bound_to_draw_member_and_value() -> None:
    made = commitment_of(1, CALLER, VALUE)
    others = (commitment_of(2, CALLER, VALUE), commitment_of(1, VALUE, VALUE))
    assert made not in (*others, commitment_of(1, CALLER, CALLER))


def test_events_give_one_state_in_parts_or_at_once() -> None:
    events = [
        EvaluationChallenged(WHERE, 1, CALLER, VALUE, b"r" * 32, b"p" * 32),
        DrawOpened(WHERE, 1, OPENED + DAY, OPENED + 2 * DAY),
        DrawCommitted(WHERE, 1, 2, b"c" * 32),
        ChallengeAnswered(WHERE, 1, b"answer"),
        DrawRevealed(WHERE, 1, 2, VALUE),
    ]
    whole, parts = OversightState().after(events), OversightState()
    for event in events:
        parts = parts.after([event])
    assert whole == parts
    assert whole.challenges[1].answered == events[3]
    assert whole.draws[1].revealed == {2: VALUE}
