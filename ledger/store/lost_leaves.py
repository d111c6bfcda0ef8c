"""Places of the log whose statements were lost: only their hashes are known, from mirrors."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from ledger.store.bulk import insert_rows
from ledger.store.tables import lost_leaf


def add(
    connection: Connection, generation: int, leaves: Sequence[tuple[int, bytes]], *, at: str
) -> None:
    """Insert (leaf index, leaf hash) pairs."""
    columns = ("generation", "leaf_index", "leaf_hash", "recovered_at")
    rows = [(generation, index, leaf_hash, at) for index, leaf_hash in leaves]
    insert_rows(connection, lost_leaf, columns, rows)


def between(
    connection: Connection, generation: int, first: int, count: int
) -> list[tuple[int, bytes]]:
    """Return (leaf index, leaf hash) of lost leaves among ``count`` places from ``first``."""
    query = (
        select(lost_leaf.c.leaf_index, lost_leaf.c.leaf_hash)
        .where(
            lost_leaf.c.generation == generation,
            lost_leaf.c.leaf_index >= first,
            lost_leaf.c.leaf_index < first + count,
        )
        .order_by(lost_leaf.c.leaf_index)
    )
    return [(row[0], bytes(row[1])) for row in connection.execute(query)]
