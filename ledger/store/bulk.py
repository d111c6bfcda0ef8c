"""Inserting many rows fast, the same way to call on both databases.

SQLite takes a prepared statement with many parameter sets. PostgreSQL takes COPY: through the pure Python
driver, a parameter set a row costs a round trip each.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from sqlalchemy import Connection, Table

Cell: TypeAlias = bytes | str | int | bool | None


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Cell]]
) -> None:
    """Insert ``rows`` of ``columns`` into ``table``, within the caller's transaction."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table.name, columns, rows)
        return
    connection.exec_driver_sql(_insert(table, columns), [tuple(row) for row in rows])


def upsert_rows(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    updated: Sequence[str],
) -> None:
    """Insert ``rows``; where the primary key is there already, set the ``updated`` columns instead."""
    if not rows:
        return
    keys = ", ".join(column.name for column in table.primary_key)
    changes = ", ".join(f"{name} = excluded.{name}" for name in updated)
    conflict = f" ON CONFLICT ({keys}) DO UPDATE SET {changes}"
    if connection.dialect.name != "postgresql":
        connection.exec_driver_sql(_insert(table, columns) + conflict, [tuple(r) for r in rows])
        return
    staging, names = f"staging_{table.name}", ", ".join(columns)
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE {staging} (LIKE {table.name}) ON COMMIT DROP"
    )
    _copy(connection, staging, columns, rows)
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {staging}{conflict}"  # noqa: S608 - names are ours
    )


def batched(values: Sequence[bytes], size: int = 500) -> Iterator[Sequence[bytes]]:
    """Yield ``values`` in pieces that fit one IN list (SQLite's default limit is 999 in old builds)."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _insert(table: Table, columns: Sequence[str]) -> str:
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    return f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - names are ours


def _copy(
    connection: Connection, table: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]
) -> None:
    stream = io.BytesIO(b"".join(_copy_line(row) for row in rows))
    cursor = connection.connection.cursor()
    sql = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    cursor.execute(sql, stream=stream)  # type: ignore[call-arg]  # pg8000's way to COPY


def _copy_line(row: Iterable[Cell]) -> bytes:
    return b"\t".join(_copy_cell(cell) for cell in row) + b"\n"


def _copy_cell(cell: Cell) -> bytes:
    """Return a cell in PostgreSQL's COPY text format (PostgreSQL manual, COPY, "Text Format")."""
    match cell:
        case None:
            return b"\\N"
        case bytes():
            return b"\\\\x" + cell.hex().encode("ascii")
        case bool():
            return b"t" if cell else b"f"
        case int():
            return str(cell).encode("ascii")
        case str():
            escaped = cell.replace("\\", "\\\\").replace("\t", "\\t")
            return escaped.replace("\n", "\\n").replace("\r", "\\r").encode()
