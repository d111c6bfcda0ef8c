"""Requests that servers did not answer: one row a server, so that what is kept of silence is bounded."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from blacklist.store.tables import server_silence


@dataclass(frozen=True, slots=True)
class SilenceRow:
    """A server's silence.

    Attributes:
        server: 32-byte member id.
        since: instant of the first request without an answer; ``None`` when it has answered since.
        times: requests without an answer since then.
        digest: of the request that is kept.
        frame: that request with its elements.
        challenged_at: instant of the last challenge on chain; ``None`` before the first.
    """

    server: bytes
    since: str | None
    times: int
    digest: bytes
    frame: bytes
    challenged_at: str | None


def find(connection: Connection, server: bytes) -> SilenceRow | None:
    """Return a server's row."""
    row = connection.execute(
        select(server_silence).where(server_silence.c.server == server)
    ).first()
    return None if row is None else SilenceRow(*row)


def by_digest(connection: Connection, digest: bytes) -> SilenceRow | None:
    """Return the row that keeps a request."""
    row = connection.execute(
        select(server_silence).where(server_silence.c.digest == digest)
    ).first()
    return None if row is None else SilenceRow(*row)


def read_all(connection: Connection) -> list[SilenceRow]:
    """Return every row."""
    query = select(server_silence).order_by(server_silence.c.server)
    return [SilenceRow(*row) for row in connection.execute(query)]


def put(connection: Connection, row: SilenceRow) -> None:
    """Keep a row in place of the one that is there.

    Raises:
        ConflictError: another process wrote the first one at the same moment.
    """
    own = server_silence.c.server == row.server
    values = {column.name: getattr(row, column.name) for column in server_silence.c}
    if not connection.execute(update(server_silence).where(own).values(**values)).rowcount:
        connection.execute(insert(server_silence).values(**values))


def forget(connection: Connection, server: bytes) -> None:
    """Forget a server's silence."""
    connection.execute(delete(server_silence).where(server_silence.c.server == server))
