"""Tables that wait for the node: on both databases, in the vault, in backups and for the sweep."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO, RawIOBase
from pathlib import Path

import pytest
from harness.ledger import Ledger
from sqlalchemy import Connection

from blacklist.domain.screening.table_form import TableForm, TableKind
from blacklist.store import screenings, stored_tables
from blacklist.store.screenings import ScreeningJob, ScreeningProgress
from blacklist.store.stored_tables import StoredTable
from ledger.errors import ConflictError, IntegrityError, LimitError, RefusedError
from ledger.vault.local import LocalVault
from node.backup import objects
from node.blacklist import table_keeping
from node.blacklist.table_keeping import forget, form_of, keep, opened, seal_form
from node.housekeeping import sweep_vault

AT = "2026-11-24T08:00:0{}.000Z"
NONE = ScreeningProgress(0, bytes(32), 0, 0, 0, 0, 0)


def table(number: int) -> StoredTable:
    name = bytes([number]) * 16
    return StoredTable(name, name, name, None, "csv", 9, AT.format(number), "officer")


def job(number: int) -> ScreeningJob:
    at, name = AT.format(number), bytes([number]) * 16
    return ScreeningJob(name, name, b"sealed", bytes(32), NONE, at, "officer", at)


def due(connection: Connection, now: int) -> int | None:
    found = stored_tables.next_due(connection, AT.format(now))
    return None if found is None else found.job[0]


def test_the_oldest_job_that_can_be_worked_on_is_next(ledger: Ledger) -> None:
    with ledger.node.database.write() as connection:
        for number in (1, 2, 3):
            stored_tables.put(connection, table(number))
        assert due(connection, 9) is None
        assert [each.job[0] for each in stored_tables.never_started(connection, AT.format(2))] == [
            1
        ]
        for number in (2, 1):
            screenings.put(connection, job(number))
        assert due(connection, 9) == 1
        stored_tables.hold_up(connection, job(1).job, "{}", AT.format(5))
        assert [due(connection, 4), due(connection, 5)] == [2, 1]
        stored_tables.hold_up(connection, job(1).job, "{}", None)
        assert due(connection, 9) == 2
        assert screenings.cancel(connection, job(2).job, AT.format(6)) is True
        assert due(connection, 9) is None
        assert stored_tables.unfinished(connection, AT.format(2)) == [job(1).job]
        assert [each.job[0] for each in stored_tables.ended(connection)] == [2]


def test_a_cancelled_job_neither_advances_nor_finishes(ledger: Ledger) -> None:
    with ledger.node.database.write() as connection:
        screenings.put(connection, job(1))
        screenings.cancel(connection, job(1).job, AT.format(2))
        assert screenings.cancel(connection, job(1).job, AT.format(3)) is False
        after = replace(NONE, rows=5)
        with pytest.raises(ConflictError, match="screening-elsewhere"):
            screenings.advance(connection, job(1).job, NONE, after, AT.format(3))
        with pytest.raises(ConflictError, match="screening-elsewhere"):
            screenings.finish(connection, job(1).job, AT.format(3))


def kept(ledger: Ledger, content: bytes, kind: TableKind = TableKind.CSV) -> StoredTable:
    found = keep(ledger.node, BytesIO(content), kind, "officer")
    with ledger.node.database.write() as connection:
        stored_tables.put(connection, found)
    return found


def test_a_table_comes_back_as_it_was_until_it_is_forgotten(sqlite_ledger: Ledger) -> None:
    node, content = sqlite_ledger.node, os.urandom(3 * 1024 * 1024 + 17)
    for kind in (TableKind.CSV, TableKind.PARQUET):
        found = kept(sqlite_ledger, content, kind)
        with opened(node, found) as clear:
            assert clear.seekable() == (kind is TableKind.PARQUET)
            assert clear.read() == content
        form = TableForm(kind, "gb18030")
        assert form_of(node, replace(found, form=seal_form(node, found, form))) == form
        forget(node, found)
        with pytest.raises(IntegrityError, match="record-erased"):
            opened(node, found)
    assert list(node.vault.object_ids()) == []


def test_a_stream_of_clear_bytes_gives_as_much_as_it_is_asked_for(sqlite_ledger: Ledger) -> None:
    lines = b"".join(b"%07d\n" % number for number in range(300_000))
    with opened(sqlite_ledger.node, kept(sqlite_ledger, lines)) as clear:
        assert isinstance(getattr(clear, "raw", None), RawIOBase)
        assert b"".join(iter(lambda: clear.read(999), b"")) == lines


def test_what_is_refused_leaves_neither_object_nor_key(
    sqlite_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = sqlite_ledger.node
    before = node.record_keys.count()
    monkeypatch.setattr(table_keeping, "MAX_IN_MEMORY", 100_000)
    with pytest.raises(LimitError, match="screening-table-large"):
        keep(node, BytesIO(bytes(100_001)), TableKind.EXCEL, "officer")
    with pytest.raises(RefusedError, match="content-empty"):
        keep(node, BytesIO(), TableKind.CSV, "officer")
    assert node.record_keys.count() == before
    assert list(node.vault.object_ids()) == []


def test_the_sweep_spares_a_table_and_a_backup_has_it(sqlite_ledger: Ledger) -> None:
    node = sqlite_ledger.node
    found, orphan = kept(sqlite_ledger, bytes(100_000)), os.urandom(16)
    (key,) = node.record_keys.create(1)
    node.vault.seal(BytesIO(bytes(100_000)), object_id=orphan, key=key)
    for path in aged(node.vault):
        os.utime(path, (time.time() - 2 * 86_400,) * 2)
    assert sweep_vault(node) == 1
    assert list(node.vault.object_ids()) == [found.object_id]
    with node.database.read() as connection:
        assert list(objects.named(connection)) == [found.object_id]
        assert objects.expects(connection, found.object_id)
        assert not objects.expects(connection, orphan)


def aged(vault: object) -> Iterator[Path]:
    assert isinstance(vault, LocalVault)
    return (vault.place(each) for each in list(vault.object_ids()))
