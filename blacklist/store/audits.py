"""This member's values in draws, and what it found as an auditor."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from blacklist.store.tables import audit_finding, own_draw
from ledger.store.bulk import upsert_rows

_KEYS = ("draw", "member", "server", "request_id")


@dataclass(frozen=True, slots=True)
class FindingRow:
    """What an audit found about one request.

    Attributes:
        draw: number of the draw.
        member: 32-byte id of whom it is about: the caller, or the server of an unproved request.
        server: in whose log the request is; empty where no server had a part in it.
        request_id: 16 bytes; empty where the caller listed nothing at all.
        place: of the element; ``None`` where none was drawn.
        finding: of ``SampleFinding``.
        found_at: instant.
    """

    draw: int
    member: bytes
    server: bytes
    request_id: bytes
    place: int | None
    finding: str
    found_at: str


def value_of(connection: Connection, draw: int) -> bytes | None:
    """Return this member's value in a draw."""
    return connection.scalar(select(own_draw.c.value).where(own_draw.c.draw == draw))


def put_value(connection: Connection, draw: int, value: bytes) -> None:
    """Keep this member's value, before it commits to it.

    Raises:
        ConflictError: another process made one at the same moment.
    """
    connection.execute(insert(own_draw).values(draw=draw, value=value))


def put_findings(connection: Connection, rows: list[FindingRow]) -> None:
    """Keep findings, in place of earlier ones about the same."""
    columns = tuple(column.name for column in audit_finding.c)
    values = [tuple(getattr(row, name) for name in columns) for row in rows]
    updated = tuple(name for name in columns if name not in _KEYS)
    if values:
        upsert_rows(connection, audit_finding, columns, values, updated=updated)


def findings(connection: Connection, draw: int | None = None) -> list[FindingRow]:
    """Return findings, of one draw or of all, newest draw first."""
    table = audit_finding.c
    query = select(audit_finding).order_by(table.draw.desc(), table.member, table.request_id)
    query = query if draw is None else query.where(table.draw == draw)
    return [FindingRow(*row) for row in connection.execute(query)]
