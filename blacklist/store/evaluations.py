"""Evaluations that were counted, and budgets; both change in one transaction, before anything is answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from blacklist.store.tables import evaluation, evaluation_budget


@dataclass(frozen=True, slots=True)
class BudgetName:
    """Which budget.

    Attributes:
        caller: 32-byte member id.
        identifiers: wire name of the type.
        purpose: as it travels.
        period: ``2026-11``.
    """

    caller: bytes
    identifiers: str
    purpose: str
    period: str


@dataclass(frozen=True, slots=True)
class CountedEvaluation:
    """A request that was counted.

    Attributes:
        caller: 32-byte member id.
        request_id: 16 bytes.
        digest: of the newest document under this id.
        fingerprint: of what a retry must have in common with it.
        document: canonical JSON.
        signature: the caller's.
        elements: blinded elements, one after another.
        counted_at: instant.
    """

    caller: bytes
    request_id: bytes
    digest: bytes
    fingerprint: bytes
    document: bytes
    signature: bytes
    elements: bytes
    counted_at: str


_EVERYBODY: Final = bytes(32)
"""Stands for all callers in the row that says that a period is spent; no member's id."""
_COLUMNS = tuple(each for each in evaluation.c if each.name != "leaf_hash")


def find(connection: Connection, caller: bytes, request_id: bytes) -> CountedEvaluation | None:
    """Return what was counted under a caller's request id."""
    own = (evaluation.c.caller == caller) & (evaluation.c.request_id == request_id)
    row = connection.execute(select(*_COLUMNS).where(own)).one_or_none()
    return None if row is None else CountedEvaluation(*row)


def by_digest(connection: Connection, digest: bytes) -> CountedEvaluation | None:
    """Return what was counted for the request with this digest."""
    query = select(*_COLUMNS).where(evaluation.c.digest == digest)
    row = connection.execute(query).one_or_none()
    return None if row is None else CountedEvaluation(*row)


def put(connection: Connection, counted: CountedEvaluation) -> None:
    """Record a request.

    Raises:
        ConflictError: another process recorded it at the same moment.
    """
    names = [each.name for each in _COLUMNS]
    values = {name: getattr(counted, name) for name in names}
    connection.execute(insert(evaluation).values(**values))


def replace_document(
    connection: Connection,
    found: CountedEvaluation,
    *,
    digest: bytes,
    document: bytes,
    signature: bytes,
) -> None:
    """Let a retry's document stand for the request."""
    own = (evaluation.c.caller == found.caller) & (evaluation.c.request_id == found.request_id)
    values = {"digest": digest, "document": document, "signature": signature}
    connection.execute(update(evaluation).where(own).values(**values))


def lock_used(connection: Connection, name: BudgetName) -> int:
    """Return what is used of a budget, its row locked until the transaction ends."""
    own = _own(name)
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    fresh = make(evaluation_budget).values(**_values(name), used=0).on_conflict_do_nothing()
    connection.execute(fresh)
    query = select(evaluation_budget.c.used).where(own).with_for_update()
    return int(connection.scalar(query) or 0)


def set_used(connection: Connection, name: BudgetName, used: int) -> None:
    """Store what is used of a budget whose row is locked."""
    connection.execute(update(evaluation_budget).where(_own(name)).values(used=used))


def spend_all(connection: Connection, period: str) -> None:
    """Let every budget of a period count as spent: what was used of it before a restore nobody knows here."""
    name = BudgetName(_EVERYBODY, "", "", period)
    lock_used(connection, name)
    set_used(connection, name, 1)


def is_all_spent(connection: Connection, period: str) -> bool:
    """Tell whether every budget of a period counts as spent."""
    own = _own(BudgetName(_EVERYBODY, "", "", period))
    return connection.execute(select(evaluation_budget.c.used).where(own)).first() is not None


def usage(connection: Connection, period: str) -> Sequence[tuple[BudgetName, int]]:
    """Return what everybody used in a period, most first."""
    callers = evaluation_budget.c.caller != _EVERYBODY
    query = select(evaluation_budget).where(evaluation_budget.c.period == period, callers)
    rows = connection.execute(query.order_by(evaluation_budget.c.used.desc()))
    return [
        (BudgetName(row.caller, row.identifiers, row.purpose, row.period), row.used) for row in rows
    ]


def unsealed(connection: Connection, limit: int) -> Sequence[CountedEvaluation]:
    """Return the oldest requests that no statement of the evidence log covers yet."""
    query = select(*_COLUMNS).where(evaluation.c.leaf_hash.is_(None))
    rows = connection.execute(query.order_by(evaluation.c.counted_at).limit(limit))
    return [CountedEvaluation(*row) for row in rows]


def count_of(connection: Connection, caller: bytes, after: str, until: str) -> int:
    """Return how many requests of a caller were counted after one instant, until another."""
    query = select(func.count()).select_from(evaluation)
    return connection.scalar(query.where(_of(caller, after, until))) or 0


def of_caller(
    connection: Connection, caller: bytes, after: str, until: str, *, first: int, limit: int
) -> Sequence[CountedEvaluation]:
    """Return such requests in their order, from number ``first`` on."""
    query = select(*_COLUMNS).where(_of(caller, after, until))
    query = query.order_by(evaluation.c.counted_at, evaluation.c.request_id)
    rows = connection.execute(query.offset(first).limit(limit))
    return [CountedEvaluation(*row) for row in rows]


def _of(caller: bytes, after: str, until: str) -> ColumnElement[bool]:
    table = evaluation.c
    return (table.caller == caller) & (table.counted_at > after) & (table.counted_at <= until)


def set_sealed(connection: Connection, counted: CountedEvaluation, leaf_hash: bytes) -> None:
    """Record the statement that covers a request."""
    own = (evaluation.c.caller == counted.caller) & (evaluation.c.request_id == counted.request_id)
    connection.execute(update(evaluation).where(own).values(leaf_hash=leaf_hash))


def _own(name: BudgetName) -> ColumnElement[bool]:
    table = evaluation_budget.c
    return (
        (table.caller == name.caller)
        & (table.identifiers == name.identifiers)
        & (table.purpose == name.purpose)
        & (table.period == name.period)
    )


def _values(name: BudgetName) -> dict[str, object]:
    return {
        "caller": name.caller,
        "identifiers": name.identifiers,
        "purpose": name.purpose,
        "period": name.period,
    }
