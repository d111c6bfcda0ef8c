"""Erasures: which records lost their key, why, and when the last backup of the key is gone.

A sealed erasure is *pending* until it is carried out; both tables together hold at most one erasure of a
record.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, Row, ScalarSelect, func, or_, select

from ledger.store.tables import case_file, erasure, pending_erasure, statement


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """An erasure that was carried out.

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


@dataclass(frozen=True, slots=True)
class PendingErasure:
    """An erasure that is sealed and not yet carried out.

    Attributes:
        leaf_hash: names the record that is to be erased.
        reason: as the operator gave it, in words.
        sealed_at: instant of the ``erasure`` statement.
        statement_leaf: leaf hash of that statement.
        begun_at: instant after which nothing stops it any more; ``None`` while a legal hold still does.
    """

    leaf_hash: bytes
    reason: str
    sealed_at: str
    statement_leaf: bytes
    begun_at: str | None


def plan(connection: Connection, row: PendingErasure) -> None:
    """Record a sealed erasure, in the transaction that seals it."""
    connection.execute(
        pending_erasure.insert().values(
            seq=_seq(row.leaf_hash),
            reason=row.reason,
            sealed_at=row.sealed_at,
            statement_leaf=row.statement_leaf,
            begun_at=row.begun_at,
        )
    )


def pending(
    connection: Connection, leaf_hash: bytes, *, lock: bool = False
) -> PendingErasure | None:
    """Return the pending erasure of the statement ``leaf_hash``; ``None`` when there is none."""
    query = _PENDING.where(statement.c.leaf_hash == leaf_hash)
    if lock:
        query = query.with_for_update(of=pending_erasure)
    row = connection.execute(query).first()
    return None if row is None else _from_row(row)


def all_pending(connection: Connection, limit: int) -> list[PendingErasure]:
    """Return up to ``limit`` pending erasures, the oldest record first."""
    query = _PENDING.order_by(pending_erasure.c.seq).limit(limit)
    return [_from_row(row) for row in connection.execute(query)]


def ready(connection: Connection, limit: int) -> list[PendingErasure]:
    """Return up to ``limit`` pending erasures that nothing holds, the oldest record first."""
    query = _PENDING.join(case_file, case_file.c.case_id == statement.c.case_id, isouter=True)
    free = or_(
        pending_erasure.c.begun_at.is_not(None),
        case_file.c.case_id.is_(None),
        case_file.c.legal_hold.is_(False),
    )
    rows = connection.execute(query.where(free).order_by(pending_erasure.c.seq).limit(limit))
    return [_from_row(row) for row in rows]


def count_pending(connection: Connection) -> int:
    """Return how many erasures are sealed and not carried out."""
    return connection.scalar(select(func.count()).select_from(pending_erasure)) or 0


def begin(connection: Connection, leaf_hash: bytes, *, at: str) -> None:
    """Record that the pending erasure of ``leaf_hash`` cannot be stopped any more."""
    connection.execute(
        pending_erasure.update()
        .where(pending_erasure.c.seq == _seq(leaf_hash), pending_erasure.c.begun_at.is_(None))
        .values(begun_at=at)
    )


def finish(connection: Connection, leaf_hash: bytes, row: ErasureRow) -> None:
    """Record that the erasure of ``leaf_hash`` was carried out; it is pending no longer."""
    connection.execute(pending_erasure.delete().where(pending_erasure.c.seq == _seq(leaf_hash)))
    connection.execute(
        erasure.insert().values(
            seq=_seq(leaf_hash),
            reason=row.reason,
            requested_at=row.requested_at,
            complete_after=row.complete_after,
            statement_leaf=row.statement_leaf,
        )
    )


def of(connection: Connection, leaf_hash: bytes) -> ErasureRow | None:
    """Return the erasure of the statement ``leaf_hash``; ``None`` when none was carried out."""
    query = (
        select(erasure)
        .join(statement, statement.c.seq == erasure.c.seq)
        .where(statement.c.leaf_hash == leaf_hash)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return ErasureRow(row.reason, row.requested_at, row.complete_after, row.statement_leaf)


_PENDING = select(statement.c.leaf_hash, pending_erasure).join(
    statement, statement.c.seq == pending_erasure.c.seq
)


def _seq(leaf_hash: bytes) -> ScalarSelect[int]:
    return select(statement.c.seq).where(statement.c.leaf_hash == leaf_hash).scalar_subquery()


def _from_row(row: Row[tuple[object, ...]]) -> PendingErasure:
    found = row._mapping  # noqa: SLF001 - SQLAlchemy's documented accessor
    names = ("leaf_hash", "reason", "sealed_at", "statement_leaf", "begun_at")
    return PendingErasure(**{name: found[name] for name in names})
