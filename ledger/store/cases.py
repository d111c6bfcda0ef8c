"""Cases: the running number and last leaf of each, kept under a row lock.

A case is found by an HMAC of the bank's case number under a key of the node (``lookup``); the log itself
only ever sees the random ``case_id``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Row, select

from ledger.store.bulk import batched, upsert_rows
from ledger.store.tables import case_file, statement

_COLUMNS = ("case_id", "lookup", "last_number", "last_leaf", "legal_hold")


@dataclass(frozen=True, slots=True)
class CaseRow:
    """The end of a case chain.

    Attributes:
        case_id: 16 random bytes.
        lookup: HMAC of the bank's case number.
        last_number: 0 while the case is empty.
        last_leaf: leaf hash of ``last_number``; ``None`` while it is empty.
        legal_hold: erasure is forbidden.
    """

    case_id: bytes
    lookup: bytes
    last_number: int
    last_leaf: bytes | None
    legal_hold: bool


def find_many(
    connection: Connection, lookups: Iterable[bytes], *, lock: bool = False
) -> dict[bytes, CaseRow]:
    """Return the cases of ``lookups`` that exist; with ``lock`` nobody else numbers them until the commit.

    Rows are locked in the order of ``lookup``, so that two intakes never wait for each other.
    """
    found: dict[bytes, CaseRow] = {}
    for some in batched(sorted(set(lookups))):
        query = select(case_file).where(case_file.c.lookup.in_(some)).order_by(case_file.c.lookup)
        if lock:
            query = query.with_for_update()  # SQLite's write transactions are exclusive anyway
        found.update({row.lookup: _from_row(row) for row in connection.execute(query)})
    return found


def find(connection: Connection, lookup: bytes) -> CaseRow | None:
    """Return the case of ``lookup``; ``None`` when there is none."""
    return find_many(connection, (lookup,)).get(lookup)


def by_id(connection: Connection, case_id: bytes, *, lock: bool = False) -> CaseRow | None:
    """Return the case ``case_id``; with ``lock`` nobody else numbers it until the commit."""
    query = select(case_file).where(case_file.c.case_id == case_id)
    if lock:
        query = query.with_for_update()
    row = connection.execute(query).first()
    return None if row is None else _from_row(row)


def numbers(connection: Connection, case_id: bytes) -> list[int]:
    """Return the running numbers that are there, in order; a gap is a loss."""
    query = (
        select(statement.c.case_number)
        .where(statement.c.case_id == case_id)
        .order_by(statement.c.case_number)
    )
    return [number for number in connection.scalars(query) if number is not None]


def save_many(connection: Connection, rows: Iterable[CaseRow]) -> None:
    """Insert new cases and move the ends of known, locked ones."""
    cells = [
        (row.case_id, row.lookup, row.last_number, row.last_leaf, row.legal_hold) for row in rows
    ]
    upsert_rows(connection, case_file, _COLUMNS, cells, updated=("last_number", "last_leaf"))


def set_legal_hold(connection: Connection, case_id: bytes, *, hold: bool) -> None:
    """Set or lift the legal hold of a case."""
    connection.execute(
        case_file.update().where(case_file.c.case_id == case_id).values(legal_hold=hold)
    )


def _from_row(row: Row[tuple[object, ...]]) -> CaseRow:
    found = row._mapping  # noqa: SLF001 - SQLAlchemy's documented accessor
    return CaseRow(**{name: found[name] for name in _COLUMNS})
