"""Tables of customers that wait for their screening or are being screened; what they hold is in the vault."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from blacklist.store.screening_tables import screening, stored_table


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table.

    Attributes:
        job: 16 random bytes; also the id of the screening once it is started.
        object_id: of the vault's object.
        key_id: of the record key of content and ``form``.
        inline: ciphertext of a small table; ``None`` when the vault holds it.
        kind: of file.
        size: bytes.
        stored_at: instant.
        stored_by: operator.
        form: how to read it, sealed; ``None`` before its screening is started.
        pause: what holds the screening up, as JSON; ``None`` when nothing does.
        try_at: instant from which it is tried again; ``None`` for at once, or, when it is held up, for never.
    """

    job: bytes
    object_id: bytes
    key_id: bytes
    inline: bytes | None
    kind: str
    size: int
    stored_at: str
    stored_by: str
    form: bytes | None = None
    pause: str | None = None
    try_at: str | None = None


def put(connection: Connection, table: StoredTable) -> None:
    """Record a table that the vault has."""
    values = {name: getattr(table, name) for name in StoredTable.__slots__}
    connection.execute(insert(stored_table).values(values))


def find(connection: Connection, job: bytes) -> StoredTable | None:
    """Return the table of a job."""
    row = connection.execute(select(stored_table).where(stored_table.c.job == job)).one_or_none()
    return None if row is None else _read(row)


def of_jobs(connection: Connection, jobs: Sequence[bytes]) -> Sequence[StoredTable]:
    """Return those that jobs still have."""
    query = select(stored_table).where(stored_table.c.job.in_(jobs))
    return [_read(row) for row in connection.execute(query)]


def set_form(connection: Connection, job: bytes, form: bytes) -> None:
    """Record how a table is read."""
    connection.execute(update(stored_table).where(stored_table.c.job == job).values(form=form))


def hold_up(connection: Connection, job: bytes, pause: str | None, try_at: str | None) -> None:
    """Record what holds a job up, and from when it is tried again; ``None`` twice when nothing does."""
    values = {"pause": pause, "try_at": try_at}
    connection.execute(update(stored_table).where(stored_table.c.job == job).values(values))


def next_due(connection: Connection, now: str) -> StoredTable | None:
    """Return the table of the oldest job that can be worked on now."""
    query = (
        select(stored_table)
        .join(screening, screening.c.job == stored_table.c.job)
        .where(
            screening.c.finished_at.is_(None),
            screening.c.cancelled_at.is_(None),
            or_(stored_table.c.pause.is_(None), stored_table.c.try_at <= now),
        )
        .order_by(screening.c.started_at, screening.c.job)
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _read(row)


def ended(connection: Connection) -> Sequence[StoredTable]:
    """Return tables whose screening is over, and which are still here."""
    over = or_(screening.c.finished_at.is_not(None), screening.c.cancelled_at.is_not(None))
    query = select(stored_table).join(screening, screening.c.job == stored_table.c.job).where(over)
    return [_read(row) for row in connection.execute(query)]


def never_started(connection: Connection, stored_before: str) -> Sequence[StoredTable]:
    """Return tables whose screening nobody started."""
    query = (
        select(stored_table)
        .outerjoin(screening, screening.c.job == stored_table.c.job)
        .where(screening.c.job.is_(None), stored_table.c.stored_at < stored_before)
    )
    return [_read(row) for row in connection.execute(query)]


def unfinished(connection: Connection, started_before: str) -> Sequence[bytes]:
    """Return jobs with a table that were started long ago and are not over."""
    query = (
        select(screening.c.job)
        .join(stored_table, screening.c.job == stored_table.c.job)
        .where(
            screening.c.started_at < started_before,
            screening.c.finished_at.is_(None),
            screening.c.cancelled_at.is_(None),
        )
    )
    return list(connection.scalars(query))


def remove(connection: Connection, job: bytes) -> None:
    """Forget a table."""
    connection.execute(delete(stored_table).where(stored_table.c.job == job))


def names_object(connection: Connection, object_id: bytes) -> bool:
    """Say whether a table lies in this object of the vault."""
    query = select(stored_table.c.job).where(stored_table.c.object_id == object_id).limit(1)
    return connection.scalar(query) is not None


def _read(row: Row[tuple[object, ...]]) -> StoredTable:
    return StoredTable(**{name: getattr(row, name) for name in StoredTable.__slots__})
