"""Screening jobs and how far each is; a job's numbers and its hits change in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from blacklist.store.screening_tables import screening
from ledger.errors import ConflictError


@dataclass(frozen=True, slots=True)
class ScreeningProgress:
    """How far a job is.

    Attributes:
        rows: of the table that were worked on, from its beginning.
        digest: 32 bytes over them, salted.
        rejected: rows that were refused.
        asked: identifiers that were evaluated.
        found: hits.
        results_bytes: length of the results file.
        rejects_bytes: length of the file of refused rows.
    """

    rows: int
    digest: bytes
    rejected: int
    asked: int
    found: int
    results_bytes: int
    rejects_bytes: int


@dataclass(frozen=True, slots=True)
class ScreeningJob:
    """One job.

    Attributes:
        job: 16 random bytes.
        key_id: of the record key.
        sealed: mapping, place of the results, salt.
        source: 32 bytes over the file, or over the table's name; salted.
        progress: so far.
        started_at: instant.
        started_by: operator.
        worked_at: instant of the newest batch.
        finished_at: instant; ``None`` while rows are left.
        cancelled_at: instant; ``None`` unless somebody ended it before.
    """

    job: bytes
    key_id: bytes
    sealed: bytes
    source: bytes
    progress: ScreeningProgress
    started_at: str
    started_by: str
    worked_at: str
    finished_at: str | None = None
    cancelled_at: str | None = None


def put(connection: Connection, job: ScreeningJob) -> None:
    """Record a new job."""
    connection.execute(insert(screening).values({**_own(job), **_numbers(job.progress)}))


def find(connection: Connection, job: bytes) -> ScreeningJob | None:
    """Return a job."""
    row = connection.execute(select(screening).where(screening.c.job == job)).one_or_none()
    return None if row is None else _read(row)


def newest(connection: Connection, limit: int) -> Sequence[ScreeningJob]:
    """Return the newest jobs."""
    query = select(screening).order_by(screening.c.started_at.desc(), screening.c.job).limit(limit)
    return [_read(row) for row in connection.execute(query)]


def advance(
    connection: Connection, job: bytes, before: ScreeningProgress, after: ScreeningProgress, at: str
) -> None:
    """Record a batch.

    Raises:
        ConflictError: ``screening-elsewhere``: another process worked on the job, or it was cancelled.
    """
    own = (screening.c.job == job) & (screening.c.rows == before.rows)
    own &= screening.c.cancelled_at.is_(None)
    values = {**_numbers(after), "worked_at": at}
    if connection.execute(update(screening).where(own).values(values)).rowcount != 1:
        raise ConflictError("screening-elsewhere")


def finish(connection: Connection, job: bytes, at: str) -> None:
    """Record that no row is left.

    Raises:
        ConflictError: ``screening-elsewhere``: it was cancelled.
    """
    own = (screening.c.job == job) & screening.c.cancelled_at.is_(None)
    if connection.execute(update(screening).where(own).values(finished_at=at)).rowcount != 1:
        raise ConflictError("screening-elsewhere")


def cancel(connection: Connection, job: bytes, at: str) -> bool:
    """Record that a job ends before its last row; return whether it went on until now."""
    own = _going_on(job)
    return connection.execute(update(screening).where(own).values(cancelled_at=at)).rowcount == 1


def _going_on(job: bytes) -> ColumnElement[bool]:
    over = screening.c.finished_at.is_not(None) | screening.c.cancelled_at.is_not(None)
    return (screening.c.job == job) & ~over


def _own(job: ScreeningJob) -> dict[str, object]:
    names = (
        "job", "key_id", "sealed", "source", "started_at", "started_by", "worked_at", "finished_at",
        "cancelled_at",
    )  # fmt: skip
    return {name: getattr(job, name) for name in names}


def _numbers(progress: ScreeningProgress) -> dict[str, object]:
    return {name: getattr(progress, name) for name in ScreeningProgress.__slots__}


def _read(row: Row[tuple[object, ...]]) -> ScreeningJob:
    numbers = {name: getattr(row, name) for name in ScreeningProgress.__slots__}
    return ScreeningJob(
        job=row.job,
        key_id=row.key_id,
        sealed=row.sealed,
        source=row.source,
        progress=ScreeningProgress(**numbers),
        started_at=row.started_at,
        started_by=row.started_by,
        worked_at=row.worked_at,
        finished_at=row.finished_at,
        cancelled_at=row.cancelled_at,
    )
