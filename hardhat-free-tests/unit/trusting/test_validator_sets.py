"""Validator sets found in headers: by steps and halving, each within its blocks, none invented."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.chain.validator_sets import MAX_CHANGES, SAMPLES, group


def _at(changes: list[int], number: int) -> tuple[bytes, ...]:
    """The set grows at each change, so that none comes back."""
    return (b"v%d" % sum(each <= number for each in changes),)


@given(st.lists(st.integers(1, 10**7), max_size=20, unique=True), st.integers(0, 10**7))
@settings(max_examples=200, deadline=None)
def test_every_change_is_found_at_its_block(changes: list[int], latest: int) -> None:
    asked: set[int] = set()

    def at(number: int) -> tuple[bytes, ...]:
        asked.add(number)
        return _at(changes, number)

    found = group(at, latest)
    expected = [0, *sorted(each for each in changes if each <= latest)]
    assert [each.since for each in found] == expected
    assert [each.until for each in found] == [*(each - 1 for each in expected[1:]), None]
    assert all(each.addresses == _at(changes, each.since) for each in found)
    assert len(asked) <= SAMPLES + 1 + 25 * len(found)


def test_where_nothing_changed_few_headers_are_read() -> None:
    asked: set[int] = set()
    (found,) = group(lambda number: (asked.add(number), (b"v",))[1], 31_536_000)
    assert (found.since, found.until, len(asked)) == (0, None, SAMPLES + 1)


def test_with_too_many_changes_the_oldest_blocks_stay_unknown() -> None:
    found = group(lambda number: (b"%d" % (number // 10),), 10_000)
    assert (len(found), found[-1].since, found[0].since) == (MAX_CHANGES, 10_000, 9_370)


def test_a_set_that_comes_back_is_a_set_of_its_own() -> None:
    found = group(lambda number: (b"b",) if 300 <= number < 700 else (b"a",), 1000)
    assert [(each.since, each.until) for each in found] == [(0, 299), (300, 699), (700, None)]
