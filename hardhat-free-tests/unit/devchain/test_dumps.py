"""Dumps: when, which, and which not."""

import gzip
from pathlib import Path

import pytest

from ledger.devchain import dumps


def write(folder: Path, *heights: int) -> None:
    for height in heights:
        dumps.write(folder, height, "0x" + gzip.compress(b'{"height":%d}' % height).hex())


def test_a_dump_younger_than_the_old_states_that_must_answer_is_not_used(tmp_path: Path) -> None:
    write(tmp_path, 100, 200)
    assert [height for height, _ in dumps.usable(tmp_path, 264)] == [200, 100]
    assert [height for height, _ in dumps.usable(tmp_path, 263)] == [100]
    assert dumps.usable(tmp_path, 163) == []


def test_only_the_newest_dumps_are_kept(tmp_path: Path) -> None:
    write(tmp_path, 1, 2, 3)
    assert len(list(tmp_path.iterdir())) == dumps.KEPT
    assert dumps.newest_height(tmp_path) == 3


def test_a_dump_that_does_not_fit_its_name_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, 100, 200)
    (newest,) = tmp_path.glob("dump-0000000200-*")
    newest.write_bytes(newest.read_bytes()[:-1])
    assert [height for height, _ in dumps.usable(tmp_path, 1000)] == [100]


@pytest.mark.parametrize(
    ("height", "newest", "due"),
    [(511, 0, False), (512, 0, True), (10_000, 8_000, False), (10_000, 7_500, True)],
)
def test_pauses_between_dumps_grow_with_the_chain(height: int, newest: int, due: bool) -> None:
    assert dumps.is_due(height, newest) is due
