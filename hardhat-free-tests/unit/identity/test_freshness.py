from datetime import UTC, datetime, timedelta

from node.identity.freshness import Freshness, Memory

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
KEY = bytes(32)


def test_what_is_remembered_is_forgotten_after_five_seconds() -> None:
    memory = Memory[str](Freshness())
    memory.put(KEY, "ann", now=NOW, epoch=0)
    assert memory.get(KEY, NOW + timedelta(seconds=4.9)) == "ann"
    assert memory.get(KEY, NOW + timedelta(seconds=5)) is None


def test_a_clock_that_steps_back_prolongs_nothing() -> None:
    memory = Memory[str](Freshness())
    memory.put(KEY, "ann", now=NOW, epoch=0)
    assert memory.get(KEY, NOW - timedelta(seconds=1)) is None


def test_a_change_forgets_at_once_also_what_was_read_before_it_and_stored_after() -> None:
    freshness = Freshness()
    memory = Memory[str](freshness)
    memory.put(KEY, "ann", now=NOW, epoch=freshness.epoch)
    read_in = freshness.epoch
    freshness.forget()
    assert memory.get(KEY, NOW) is None
    memory.put(KEY, "ann", now=NOW, epoch=read_in)
    assert memory.get(KEY, NOW) is None
