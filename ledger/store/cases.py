"""Cases: the running number and last leaf of each, kept under a row lock.

A case is found by an HMAC of the bank's case number under a key of the node (``lookup``); the log itself
only ever sees the random ``case_id``.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from ledger.store.tables import case_file


@dataclass(frozen=True, slots=True)
class CaseRow:
    """The end of a case chain.

    Attributes:
        case_id: 16 random bytes.
        last_number: 0 while the case is empty.
        last_leaf: leaf hash of ``last_number``; ``None`` while it is empty.
        legal_hold: erasure is forbidden.
    """

    case_id: bytes
    last_number: int
    last_leaf: bytes | None
    legal_hold: bool


def find(connection: Connection, lookup: bytes, *, lock: bool = False) -> CaseRow | None:
    """Return the case of ``lookup``; with ``lock`` nobody else numbers it until the commit."""
    return _one(connection, case_file.c.lookup == lookup, lock=lock)


def by_id(connection: Connection, case_id: bytes, *, lock: bool = False) -> CaseRow | None:
    """Return the case ``case_id``; with ``lock`` nobody else numbers it until the commit."""
    return _one(connection, case_file.c.case_id == case_id, lock=lock)


def _one(connection: Connection, condition: object, *, lock: bool) -> CaseRow | None:
    query = select(case_file).where(condition)  # type: ignore[arg-type]  # a column expression
    if lock:
        query = query.with_for_update()  # SQLite's write transactions are exclusive anyway
    row = connection.execute(query).first()
    if row is None:
        return None
    return CaseRow(row.case_id, row.last_number, row.last_leaf, row.legal_hold)


def open_case(connection: Connection, case_id: bytes, lookup: bytes) -> None:
    """Insert an empty case unless ``lookup`` has one already (two intakes may race for it)."""
    values = {
        "case_id": case_id,
        "lookup": lookup,
        "last_number": 0,
        "last_leaf": None,
        "legal_hold": False,
    }
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_postgresql  # noqa: PLC0415

        connection.execute(insert_postgresql(case_file).values(values).on_conflict_do_nothing())
        return
    connection.execute(case_file.insert().prefix_with("OR IGNORE").values(values))


def advance(connection: Connection, case_id: bytes, *, last_number: int, last_leaf: bytes) -> None:
    """Move the end of a locked case."""
    connection.execute(
        case_file.update()
        .where(case_file.c.case_id == case_id)
        .values(last_number=last_number, last_leaf=last_leaf)
    )


def set_legal_hold(connection: Connection, case_id: bytes, *, hold: bool) -> None:
    """Set or lift the legal hold of a case."""
    connection.execute(
        case_file.update().where(case_file.c.case_id == case_id).values(legal_hold=hold)
    )
