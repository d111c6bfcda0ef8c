"""Places in a closed log generation that count no more: their statements go into the next one.

A statement has one place that counts, a row of ``leaf``. When a generation is closed before an anchor that
this node can prove covers a place, the row moves here and the statement waits again. The place itself stays
what it was: checkpoints and inclusion proofs of the closed log hold.
"""

from sqlalchemy import Connection, func, select

from ledger.store.statements import Place
from ledger.store.tables import carried_leaf, leaf, outbox, statement


def carry(connection: Connection, generation: int, first: int) -> int:
    """Let every statement at a place from ``first`` on wait again; return how many there are."""
    behind = (leaf.c.generation == generation) & (leaf.c.leaf_index >= first)
    columns = ("generation", "leaf_index", "seq")
    connection.execute(
        carried_leaf.insert().from_select(
            columns, select(*(leaf.c[c] for c in columns)).where(behind)
        )
    )
    connection.execute(outbox.insert().from_select(("seq",), select(leaf.c.seq).where(behind)))
    connection.execute(leaf.delete().where(behind))
    return (
        connection.scalar(
            select(func.count())
            .select_from(carried_leaf)
            .where(carried_leaf.c.generation == generation)
        )
        or 0
    )


def between(
    connection: Connection, generation: int, first: int, count: int
) -> list[tuple[int, bytes]]:
    """Return (leaf index, leaf hash) of carried leaves among ``count`` places from ``first``."""
    query = (
        select(carried_leaf.c.leaf_index, statement.c.leaf_hash)
        .join(statement, statement.c.seq == carried_leaf.c.seq)
        .where(
            carried_leaf.c.generation == generation,
            carried_leaf.c.leaf_index >= first,
            carried_leaf.c.leaf_index < first + count,
        )
        .order_by(carried_leaf.c.leaf_index)
    )
    return [(row[0], bytes(row[1])) for row in connection.execute(query)]


def places_of(connection: Connection, leaf_hash: bytes) -> list[Place]:
    """Return the places that a statement had in closed generations, the oldest first."""
    query = (
        select(carried_leaf.c.generation, carried_leaf.c.leaf_index)
        .join(statement, statement.c.seq == carried_leaf.c.seq)
        .where(statement.c.leaf_hash == leaf_hash)
        .order_by(carried_leaf.c.generation)
    )
    return [Place(row.generation, row.leaf_index) for row in connection.execute(query)]
