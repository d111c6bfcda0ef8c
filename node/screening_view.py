"""Screenings and who is monitored as people and machines see them: never an identifier."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from blacklist.services.evaluating import TYPES
from blacklist.services.sealed_records import SealedRecord, SealedRecords
from blacklist.store import monitors, screenings
from blacklist.store.screenings import ScreeningJob
from node.wiring import Node


@dataclass(frozen=True, slots=True)
class ScreeningView:
    """A job; ``finished_at`` is ``None`` while it can be taken up again."""

    job: str
    rows: int
    rejected: int
    asked: int
    hits: int
    started_at: str
    started_by: str
    finished_at: str | None

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class MonitoredView:
    """A watched identifier; ``reference`` is the bank's own number of the customer."""

    item: str
    identifiers: str
    purpose: str
    reference: str
    since: str
    started_by: str

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


def read_monitored(node: Node) -> Sequence[MonitoredView]:
    """Return all watched identifiers."""
    found = []
    with node.database.read() as connection:
        items = list(monitors.every(connection))
    records = SealedRecords(node.record_keys)
    for each in items:
        said = records.open(SealedRecord(each.key_id, each.sealed))
        reference = said.get("reference") if isinstance(said, dict) else None
        found.append(
            MonitoredView(
                each.item.hex(), TYPES[each.identifiers].value, each.purpose, str(reference or ""),
                each.since, each.started_by,
            )
        )  # fmt: skip
    return found


def read_screenings(node: Node, limit: int = 100) -> Sequence[ScreeningView]:
    """Return the newest jobs."""
    with node.database.read() as connection:
        return [screening_view(each) for each in screenings.newest(connection, limit)]


def screening_view(job: ScreeningJob) -> ScreeningView:
    """Return a job."""
    return ScreeningView(
        job=job.job.hex(),
        rows=job.progress.rows,
        rejected=job.progress.rejected,
        asked=job.progress.asked,
        hits=job.progress.found,
        started_at=job.started_at,
        started_by=job.started_by,
        finished_at=job.finished_at,
    )
