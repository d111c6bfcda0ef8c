"""Screenings and who is monitored as people and machines see them: never an identifier.

Who is a customer is read by who may read content, and the trail says so.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from blacklist.services.evaluating import TYPES
from blacklist.services.sealed_records import SealedRecord, SealedRecords
from blacklist.store import monitors, screenings, stored_tables
from blacklist.store.monitors import MonitoredItem
from blacklist.store.screenings import ScreeningJob
from blacklist.store.stored_tables import StoredTable
from ledger.errors import LimitError, RefusedError
from node.audit.entries import AuditEntry, Detail
from node.identity.permissions import Permission, Principal
from node.place_cursors import read_place, write_place
from node.wiring import Node

MAX_WATCHED: Final = 500
"""Items a page: each is opened for who may read whose it is."""


class ScreeningState(StrEnum):
    """How a job stands."""

    SHELL = "shell"
    """Not finished; whoever began it at the node's shell can go on with it there."""
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    """Held up; the node tries it again."""
    STOPPED = "stopped"
    """Held up by what the node cannot get over."""
    FINISHED = "finished"
    CANCELLED = "cancelled"


_OPEN: Final = frozenset({ScreeningState.QUEUED, ScreeningState.RUNNING, ScreeningState.WAITING})


@dataclass(frozen=True, slots=True)
class HeldUp:
    """What holds a job up.

    Attributes:
        code: of the error.
        params: of its words.
        try_at: when the node tries it again; ``None`` when it does not.
    """

    code: str
    params: Mapping[str, object]
    try_at: str | None


@dataclass(frozen=True, slots=True)
class ScreeningView:
    """A job; ``finished_at`` is ``None`` unless all rows were worked on."""

    job: str
    state: ScreeningState
    held_up: HeldUp | None
    rows: int
    rejected: int
    asked: int
    hits: int
    started_at: str
    started_by: str
    finished_at: str | None
    cancelled_at: str | None

    @property
    def moves(self) -> bool:
        """Whether the node goes on with it by itself."""
        return self.state in _OPEN

    @property
    def over(self) -> bool:
        """Whether nothing can be done with it any more."""
        return self.state in {ScreeningState.FINISHED, ScreeningState.CANCELLED}

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class MonitoredView:
    """A watched identifier; ``reference``, the customer's number, only where content may be read."""

    item: str
    identifiers: str
    purpose: str
    reference: str | None
    since: str
    started_by: str

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class MonitoredPage:
    """Watched identifiers, newest first.

    Attributes:
        items: as many as were asked for at most.
        before: cursor for the next page; ``None`` at the end.
    """

    items: tuple[MonitoredView, ...]
    before: str | None


def monitored_for(
    node: Node, by: Principal, *, before: str | None = None, limit: int = 100
) -> MonitoredPage:
    """Return what is watched for a person: whose it is for who may read content, which is recorded.

    Args:
        node: this member's.
        by: who reads.
        before: cursor of the page before; ``None`` for the first page.
        limit: items a page.

    Raises:
        NotPermittedError: the person may not.
        LimitError: ``page-size``: a page of more than ``MAX_WATCHED``.
        MalformedError: ``request-invalid``: no cursor of ours.
    """
    by.require(Permission.BLACKLIST_QUERY)
    if not 1 <= limit <= MAX_WATCHED:
        raise LimitError("page-size", limit=MAX_WATCHED)
    # At the shell the key store is open to whoever asks; that it was asked is recorded all the same.
    clear = Permission.CONTENT_READ in by.permissions or by.via == "command"
    place = None if before is None else read_place(before)
    with node.database.read() as connection:
        found = monitors.newest(connection, place, limit + 1)
    shown = found[:limit]
    if clear and shown:
        details: dict[str, Detail] = {"count": len(shown)}
        node.trail.record(AuditEntry(by.actor, "blacklist.read-monitored", None, details))
    items = tuple(_monitored(node, each, clear=clear) for each in shown)
    return MonitoredPage(
        items, write_place(shown[-1].since, shown[-1].item) if len(found) > limit else None
    )


def _monitored(node: Node, item: MonitoredItem, *, clear: bool) -> MonitoredView:
    said = None
    if clear:
        said = SealedRecords(node.record_keys).open(SealedRecord(item.key_id, item.sealed))
    reference = said.get("reference") if isinstance(said, dict) else None
    return MonitoredView(
        item=item.item.hex(),
        identifiers=TYPES[item.identifiers].value,
        purpose=item.purpose,
        reference=reference if isinstance(reference, str) else None,
        since=item.since,
        started_by=item.started_by,
    )


def read_screenings(node: Node, limit: int = 100) -> Sequence[ScreeningView]:
    """Return the newest jobs."""
    with node.database.read() as connection:
        jobs = screenings.newest(connection, limit)
        tables = stored_tables.of_jobs(connection, [each.job for each in jobs])
    held = {each.job: each for each in tables}
    return [screening_view(each, held.get(each.job)) for each in jobs]


def read_screening(node: Node, job: bytes) -> ScreeningView:
    """Return a job.

    Raises:
        RefusedError: ``screening-unknown``.
    """
    with node.database.read() as connection:
        found, table = screenings.find(connection, job), stored_tables.find(connection, job)
    if found is None:
        raise RefusedError("screening-unknown")
    return screening_view(found, table)


def screening_view(job: ScreeningJob, table: StoredTable | None = None) -> ScreeningView:
    """Return a job; with its table where the node works on it."""
    state = _state(job, table)
    held_up = state in {ScreeningState.WAITING, ScreeningState.STOPPED}
    return ScreeningView(
        job=job.job.hex(),
        state=state,
        held_up=_held_up(table) if held_up and table is not None else None,
        rows=job.progress.rows,
        rejected=job.progress.rejected,
        asked=job.progress.asked,
        hits=job.progress.found,
        started_at=job.started_at,
        started_by=job.started_by,
        finished_at=job.finished_at,
        cancelled_at=job.cancelled_at,
    )


def _state(job: ScreeningJob, table: StoredTable | None) -> ScreeningState:
    if job.finished_at is not None:
        return ScreeningState.FINISHED
    if job.cancelled_at is not None:
        return ScreeningState.CANCELLED
    if table is None:
        return ScreeningState.SHELL
    if table.pause is not None:
        return ScreeningState.STOPPED if table.try_at is None else ScreeningState.WAITING
    return ScreeningState.RUNNING if job.progress.rows else ScreeningState.QUEUED


def _held_up(table: StoredTable) -> HeldUp:
    said = json.loads(table.pause or "{}")
    return HeldUp(said["code"], said["params"], table.try_at)
