"""How each time-stamping authority does: failures in a row, since when, when it is asked again."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from ledger.store.tables import timestamp_authority


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """The state of an authority.

    Attributes:
        name: under which it is configured.
        failures: in a row; 0 when the last question was answered.
        failing_since: instant of the first of them.
        retry_at: instant before which it is not asked.
        code: of the last failure, in the catalogue; empty for none.
        detail: its parameters, for people.
        answered_at: instant of the last verified answer; ``None`` before the first.
    """

    name: str
    failures: int = 0
    failing_since: str | None = None
    retry_at: str | None = None
    code: str = ""
    detail: str = ""
    answered_at: str | None = None


def read(connection: Connection, name: str) -> AuthorityRow:
    """Return the state of an authority; that of one which was never asked, before the first question."""
    query = select(timestamp_authority).where(timestamp_authority.c.name == name)
    row = connection.execute(query).first()
    return AuthorityRow(name) if row is None else AuthorityRow(*row)


def write(connection: Connection, row: AuthorityRow) -> None:
    """Record the state of an authority."""
    connection.execute(timestamp_authority.delete().where(timestamp_authority.c.name == row.name))
    connection.execute(
        timestamp_authority.insert().values(
            name=row.name,
            failures=row.failures,
            failing_since=row.failing_since,
            retry_at=row.retry_at,
            code=row.code,
            detail=row.detail,
            answered_at=row.answered_at,
        )
    )
