"""The blind index of persons: items are found by a keyed digest of an identifier, never by the identifier."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from ledger.store.bulk import insert_rows
from ledger.store.tables import person_index, statement


def insert(connection: Connection, rows: Sequence[tuple[bytes, int]]) -> None:
    """Let items (by seq) be found by ``lookup``, 32 bytes."""
    insert_rows(connection, person_index, ("lookup", "seq"), sorted(set(rows)))


def forget(connection: Connection, leaf_hash: bytes) -> None:
    """Let an item no longer be found by any person."""
    seq = select(statement.c.seq).where(statement.c.leaf_hash == leaf_hash).scalar_subquery()
    connection.execute(person_index.delete().where(person_index.c.seq == seq))
