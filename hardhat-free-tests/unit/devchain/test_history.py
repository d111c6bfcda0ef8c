"""What the journal's entries add up to."""

import pytest

from ledger.devchain.history import History, hash_of
from ledger.devchain.journal import BlockMade, Entry, Founded, Refused, Submitted
from ledger.errors import IntegrityError

FOUNDED = Founded(1, 1000, 30_000_000, "0x00")
ONE, TWO = Submitted(b"one"), Submitted(b"two")
FIRST, SECOND = hash_of(b"one"), hash_of(b"two")


def block(number: int, *transactions: str, dropped: tuple[str, ...] = ()) -> BlockMade:
    return BlockMade(number, 1000 + number, f"0x{number:02}", transactions, dropped)


def test_a_submitted_transaction_waits_until_it_is_mined() -> None:
    history = History([FOUNDED, ONE, TWO, block(1, FIRST)])
    assert list(history.pending) == [SECOND]
    assert history.raw(FIRST) == b"one"
    assert (history.height, history.time) == (1, 1001)


def test_a_refused_transaction_does_not_wait() -> None:
    history = History([FOUNDED, ONE, Refused(FIRST)])
    assert not history.knows(FIRST)


def test_a_refused_transaction_that_is_submitted_again_waits() -> None:
    assert History([FOUNDED, ONE, Refused(FIRST), ONE]).knows(FIRST)


def test_a_dropped_transaction_waits_no_longer() -> None:
    assert not History([FOUNDED, ONE, block(1, dropped=(FIRST,))]).pending


def test_a_mined_transaction_that_is_submitted_again_does_not_wait_again() -> None:
    history = History([FOUNDED, ONE, block(1, FIRST), ONE])
    assert not history.pending
    assert history.knows(FIRST)


@pytest.mark.parametrize(
    "entries",
    [
        [FOUNDED, FOUNDED],
        [block(1)],
        [FOUNDED, block(2)],
        [FOUNDED, block(1), block(1)],
        [FOUNDED, block(1, FIRST)],
        [FOUNDED, ONE, block(1, FIRST), block(2, FIRST)],
        [FOUNDED, BlockMade(1, 1000, "0x01", ())],
    ],
    ids=["twice", "unfounded", "gap", "again", "unknown", "mined-twice", "time-stands-still"],
)
def test_entries_that_cannot_follow_each_other_are_damage(entries: list[Entry]) -> None:
    with pytest.raises(IntegrityError, match="devchain-history"):
        History(entries)
