"""The encrypted objects of a backup: those that the database names, and the list of them.

Object ids are random, so that an object that is there already is the same one: it is not copied again. Both
sides are read in the order of the ids; memory does not grow with their number.
"""

import hashlib
import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Final, TextIO

from sqlalchemy import Column, Connection, Table, inspect, select
from sqlalchemy.sql.elements import ColumnElement

from blacklist.store.screening_tables import stored_table
from ledger.errors import IntegrityError
from ledger.ports.vault import Vault
from ledger.store.tables import erasure, pending_erasure, small_object, statement
from ledger.vault.local import LocalVault
from node.uploads.tables import upload_part

FOLDER: Final = "vault"
PAGE: Final = 5000
"""Ids a query."""


@dataclass(slots=True)
class Copied:
    """What became of the objects.

    Attributes:
        total: in the list.
        copied: in this run.
        bytes_copied: of those.
        absent: named by the snapshot, not in the vault.
    """

    total: int = 0
    copied: int = 0
    bytes_copied: int = 0
    absent: list[bytes] = field(default_factory=list)


def named(connection: Connection) -> Iterator[bytes]:
    """Yield the ids of all objects that the database expects in the vault, ascending, each once."""
    sources = [_pages(connection, statement.c.object_id, _of_statements(connection))]
    if has_table(connection, upload_part):
        sources.append(_pages(connection, upload_part.c.object_id, _OF_UPLOADS))
    if has_table(connection, stored_table):
        sources.append(_pages(connection, stored_table.c.object_id, _OF_TABLES))
    for object_id, _ in groupby(heapq.merge(*sources)):
        yield object_id


def expects(connection: Connection, object_id: bytes) -> bool:
    """Tell whether the database still expects this object in the vault."""
    query = select(statement.c.seq).where(
        statement.c.object_id == object_id, _of_statements(connection)
    )
    if connection.scalar(query.limit(1)) is not None:
        return True
    others = ((upload_part, _OF_UPLOADS), (stored_table, _OF_TABLES))
    return any(
        _exists_at(connection, table, (table.c.object_id == object_id) & condition)
        for table, condition in others
        if has_table(connection, table)
    )


def _exists_at(connection: Connection, table: Table, condition: ColumnElement[bool]) -> bool:
    return connection.scalar(select(_exists(table, condition))) is True


def _of_statements(connection: Connection) -> ColumnElement[bool]:
    condition = ~_exists(small_object, small_object.c.object_id == statement.c.object_id)
    condition &= ~_exists(erasure, erasure.c.seq == statement.c.seq)
    if has_table(connection, pending_erasure):
        begun = select(pending_erasure.c.seq).where(pending_erasure.c.begun_at.is_not(None))
        condition &= statement.c.seq.not_in(begun)
    return condition


def has_table(connection: Connection, table: Table) -> bool:
    """Tell whether the database has a table: before an upgrade, the one time when nobody skips a backup."""
    return inspect(connection).has_table(table.name)


_OF_UPLOADS: Final = upload_part.c.inline.is_(None)
_OF_TABLES: Final = stored_table.c.inline.is_(None)


def _exists(table: Table, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(1).select_from(table).where(condition).exists()


def _pages(
    connection: Connection, column: Column[bytes], condition: ColumnElement[bool]
) -> Iterator[bytes]:
    last = b""
    while True:
        query = select(column).where(column > last, condition).order_by(column).limit(PAGE)
        found = [bytes(each) for each in connection.scalars(query)]
        yield from found
        if len(found) < PAGE:
            return
        last = found[-1]


def copy(
    vault: Vault,
    folder: Path,
    ids: Iterable[bytes],
    previous: Iterator[tuple[bytes, str]],
    lines: TextIO,
    progress: Callable[[int], None],
) -> Copied:
    """Copy what the backup in ``folder`` does not have yet, and write the list.

    Args:
        vault: of the node.
        folder: of the backup.
        ids: ascending.
        previous: the list of the last backup there, ascending.
        lines: takes the new list.
        progress: is told how many are done.
    """
    kept, done = LocalVault(folder / FOLDER), Copied()
    known = next(previous, None)
    for object_id in ids:
        while known is not None and known[0] < object_id:
            known = next(previous, None)
        if known is not None and known[0] == object_id and path(folder, object_id).is_file():
            digest = known[1]
        else:
            try:
                digest = _copy_one(vault, kept, object_id, done)
            except IntegrityError:
                done.absent.append(object_id)
                continue
        lines.write(f"{digest}  {path(Path(), object_id).as_posix()}\n")
        done.total += 1
        progress(done.total)
    return done


def _copy_one(vault: Vault, kept: LocalVault, object_id: bytes, done: Copied) -> str:
    digest, size = hashlib.sha256(), 0

    def chunks() -> Iterator[bytes]:
        nonlocal size
        for chunk in vault.read_sealed(object_id):
            digest.update(chunk)
            size += len(chunk)
            yield chunk

    kept.write_sealed(object_id, chunks())
    done.copied += 1
    done.bytes_copied += size
    return digest.hexdigest()


def listed(file: Path) -> Iterator[tuple[bytes, str]]:
    """Yield ids and digests of a list.

    Raises:
        IntegrityError: a line is not of the format.
    """
    with file.open(encoding="ascii") as lines:
        for line in lines:
            digest, _, place = line.rstrip("\n").partition("  ")
            try:
                object_id = bytes.fromhex(Path(place).stem)
            except ValueError:
                raise IntegrityError("backup-damaged", file=file.name) from None
            yield object_id, digest


def path(folder: Path, object_id: bytes) -> Path:
    """Return where the backup in ``folder`` keeps an object."""
    return LocalVault(folder / FOLDER).place(object_id)


def remove_unlisted(folder: Path, file: Path) -> None:
    """Delete the objects that the list ``file`` does not name: what was erased since."""
    ids = (object_id for object_id, _ in listed(file))
    wanted = next(ids, None)
    for parent in sorted((folder / FOLDER).glob("??")):
        for found in sorted(parent.iterdir()):
            while wanted is not None and path(folder, wanted) < found:
                wanted = next(ids, None)
            if wanted is None or path(folder, wanted) != found:
                found.unlink()
