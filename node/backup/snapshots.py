"""A consistent copy of a database while others write to it, and the way back.

SQLite: its online backup API, in one step, under one read transaction. PostgreSQL: ``pg_dump`` on a snapshot
that a transaction of ours has exported, so that what we read there is exactly what the dump holds.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, inspect, text

from ledger.errors import IntegrityError, RefusedError, UnavailableError
from node.backup.manifest import blocks, sync
from node.backup.postgres_tools import run_tool
from node.database import Database, is_sqlite

_SUFFIXES: Final = ("-wal", "-shm", "-journal")


@contextmanager
def snapshot(database: Database, target: Path) -> Iterator[Connection]:
    """Copy a database to ``target``, which only this user may read, and read what the copy holds.

    Raises:
        UnavailableError: the database does not answer, or the disk is full.
        ConfigurationError: PostgreSQL's programs are not installed.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    if is_sqlite(database):
        _copy_sqlite(Path(database.engine.url.database or ""), target)
        with reading(target) as connection:
            yield connection
        return
    isolated = database.engine.execution_options(isolation_level="REPEATABLE READ")
    with isolated.connect() as connection, connection.begin():
        name = connection.scalar(text("SELECT pg_export_snapshot()"))
        arguments = ("--format=custom", f"--snapshot={name}", "--no-owner", "--no-privileges")
        run_tool("pg_dump", database.engine.url, *arguments, f"--file={target}")
        sync(target)
        yield connection


@contextmanager
def reading(file: Path) -> Iterator[Connection]:
    """Read a SQLite file that nobody writes, without leaving anything beside it."""
    place = f"file:{quote(str(file))}?mode=ro&immutable=1"
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(place, uri=True))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _copy_sqlite(source: Path, target: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(str(source))}?mode=rw", uri=True)) as original,
            closing(sqlite3.connect(target)) as copy,
        ):
            original.backup(copy)
            # The copy is one file: without a write-ahead log beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise UnavailableError("database-unavailable", detail=str(error)[:160]) from error
    sync(target)


def is_empty(database: Database) -> bool:
    """Tell whether a database holds no tables; a SQLite file that does not exist is not made.

    Raises:
        UnavailableError: the database does not answer.
    """
    if is_sqlite(database):
        return not Path(database.engine.url.database or "").exists()
    with database.read() as connection:
        return not inspect(connection).get_table_names()


def load(database: Database, source: Path) -> None:
    """Fill an empty database from a copy; durable on return.

    Raises:
        RefusedError: it is not empty.
        UnavailableError: it does not answer, or PostgreSQL refuses the dump.
        ConfigurationError: PostgreSQL's programs are not installed.
    """
    if not is_empty(database):
        raise RefusedError("restore-not-empty", place=database.engine.url.database)
    if not is_sqlite(database):
        name = database.engine.url.database or ""
        arguments = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
        run_tool("pg_restore", database.engine.url, *arguments, f"--dbname={name}", str(source))
        return
    target = Path(database.engine.url.database or "")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for block in blocks(source):
            file.write(block)
    _check_sqlite(part)
    sync(part)
    for suffix in _SUFFIXES:
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    part.replace(target)
    sync(target.parent)


def _check_sqlite(file: Path) -> None:
    with reading(file) as connection:
        said = connection.scalar(text("PRAGMA quick_check"))
    if said != "ok":
        raise IntegrityError("backup-damaged", file=file.name)
