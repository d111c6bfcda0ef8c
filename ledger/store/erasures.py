"""Erasures: which records lost their key, why, and when the last backup of the key is gone."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from ledger.store.tables import erasure, statement


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """An erasure.

    Attributes:
        reason: as the operator gave it, in words.
        requested_at: instant of the destruction here.
        complete_after: instant at which the last key-store backup that holds the key has expired.
        statement_leaf: leaf hash of the sealed ``erasure`` statement.
    """

    reason: str
    requested_at: str
    complete_after: str
    statement_leaf: bytes


def add(connection: Connection, leaf_hash: bytes, row: ErasureRow) -> None:
    """Record the erasure of the statement ``leaf_hash``."""
    seq = connection.scalar(select(statement.c.seq).where(statement.c.leaf_hash == leaf_hash))
    connection.execute(
        erasure.insert().values(
            seq=seq,
            reason=row.reason,
            requested_at=row.requested_at,
            complete_after=row.complete_after,
            statement_leaf=row.statement_leaf,
        )
    )


def of(connection: Connection, leaf_hash: bytes) -> ErasureRow | None:
    """Return the erasure of the statement ``leaf_hash``; ``None`` when it was not erased."""
    query = (
        select(erasure)
        .join(statement, statement.c.seq == erasure.c.seq)
        .where(statement.c.leaf_hash == leaf_hash)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return ErasureRow(row.reason, row.requested_at, row.complete_after, row.statement_leaf)
