"""The journal: what it gives back, what it cuts off, and what it takes for damage."""

import os
import threading
from pathlib import Path

import pytest

from ledger.devchain.journal import BlockMade, Founded, Journal, Refused, Submitted
from ledger.errors import IntegrityError, UnavailableError

ENTRIES = (
    Founded(20261124, 1_790_000_000, 60_000_000, "0x" + "aa" * 32),
    Submitted(b"\xc0\x01"),
    Refused("0x" + "bb" * 32),
    BlockMade(1, 1_790_000_001, "0x" + "cc" * 32, ("0x01",), ("0x02",)),
    BlockMade(2, 1_790_000_002, "0x" + "dd" * 32, ()),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "journal"
    journal = Journal(file)
    journal.append(ENTRIES)
    journal.close()
    return file


def reopen(path: Path) -> tuple[object, ...]:
    journal = Journal(path)
    journal.close()
    return journal.entries


def test_entries_come_back_as_they_were_written(path: Path) -> None:
    assert reopen(path) == ENTRIES


def test_the_file_is_for_its_owner_only(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_line_torn_at_any_byte_is_cut_off_and_the_next_entry_follows(path: Path) -> None:
    whole = path.read_bytes()
    start = whole[:-1].rfind(b"\n") + 1
    for end in range(start, len(whole)):
        path.write_bytes(whole[:end])
        journal = Journal(path)
        assert journal.entries == ENTRIES[:-1]
        journal.append(ENTRIES[-1:])
        journal.close()
        assert path.read_bytes() == whole


def test_a_changed_byte_anywhere_is_damage_and_the_file_stays_as_it_is(path: Path) -> None:
    whole = path.read_bytes()
    for at in range(0, len(whole) - 1, 7):
        damaged = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        path.write_bytes(damaged)
        with pytest.raises(IntegrityError, match="devchain-journal-damaged"):
            Journal(path)
        assert path.read_bytes() == damaged


def test_a_line_that_is_missing_doubled_or_moved_is_damage(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    for changed in (
        [*lines[:2], *lines[3:]],
        [*lines[:3], lines[2], *lines[3:]],
        [lines[0], lines[2], lines[1], *lines[3:]],
        lines[1:],
    ):
        path.write_bytes(b"".join(changed))
        with pytest.raises(IntegrityError, match="devchain-journal-damaged"):
            Journal(path)


def test_lines_that_concurrent_writers_share_an_fsync_for_are_all_there(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")

    def write(writer: int) -> None:
        for number in range(50):
            journal.append([Submitted(bytes([writer, number]))])

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    found = [entry.raw for entry in reopen(tmp_path / "journal") if isinstance(entry, Submitted)]
    assert sorted(found) == [bytes([writer, number]) for writer in range(8) for number in range(50)]
    for writer in range(8):
        assert [raw[1] for raw in found if raw[0] == writer] == list(range(50))


def test_after_a_failed_fsync_nothing_is_taken_any_more(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    journal = Journal(path)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fail)
        with pytest.raises(UnavailableError, match="devchain-journal"):
            journal.append(ENTRIES[1:2])
    with pytest.raises(UnavailableError, match="devchain-journal"):
        journal.append(ENTRIES[1:2])
    journal.close()
