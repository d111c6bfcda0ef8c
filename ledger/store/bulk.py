"""Inserting many rows fast, the same way to call on both databases.

SQLite takes a prepared statement with many parameter sets. PostgreSQL takes COPY: through the pure Python
driver, a parameter set a row costs a round trip each.
"""

import io
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from sqlalchemy import Connection, Table

Cell: TypeAlias = bytes | str | int | bool | None


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Cell]]
) -> None:
    """Insert ``rows`` of ``columns`` into ``table``, within the caller's transaction."""
    if not rows:
        return
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        cursor = connection.connection.cursor()
        stream = io.BytesIO(b"".join(_copy_line(row) for row in rows))
        cursor.execute(f"COPY {table.name} ({names}) FROM STDIN", stream=stream)  # type: ignore[call-arg]  # pg8000
        return
    marks = ", ".join("?" * len(columns))
    sql = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - names are ours
    connection.exec_driver_sql(sql, [tuple(row) for row in rows])


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
