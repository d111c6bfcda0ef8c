"""Screenings and who is monitored as people and machines see them: never an identifier.

Who is a customer is read by who may read content, and the trail says so.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from blacklist.services.evaluating import TYPES
from blacklist.services.monitoring import ITEM_BYTES
from blacklist.services.sealed_records import SealedRecord, SealedRecords
from blacklist.store import monitors, screenings
from blacklist.store.monitors import MonitoredItem
from blacklist.store.screenings import ScreeningJob
from ledger.errors import LimitError, MalformedError
from ledger.evidence.instants import format_instant, parse_instant
from node.audit.entries import AuditEntry, Detail
from node.identity.permissions import Permission, Principal
from node.wiring import Node

MAX_WATCHED: Final = 500
"""Items a page: each is opened for who may read whose it is."""
_TIME_BYTES: Final = 6
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


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
    place = None if before is None else _place(before)
    with node.database.read() as connection:
        found = monitors.newest(connection, place, limit + 1)
    shown = found[:limit]
    if clear and shown:
        details: dict[str, Detail] = {"count": len(shown)}
        node.trail.record(AuditEntry(by.actor, "blacklist.read-monitored", None, details))
    items = tuple(_monitored(node, each, clear=clear) for each in shown)
    return MonitoredPage(items, _cursor(shown[-1]) if len(found) > limit else None)


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


def _cursor(item: MonitoredItem) -> str:
    """Return the cursor after an item; it holds when the item ends meanwhile."""
    at = (parse_instant(item.since) - _EPOCH) // _MILLISECOND
    return (
        base64.urlsafe_b64encode(at.to_bytes(_TIME_BYTES, "big") + item.item).decode().rstrip("=")
    )


def _place(cursor: str) -> tuple[str, bytes]:
    try:
        place = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        if len(place) != _TIME_BYTES + ITEM_BYTES:
            raise ValueError(cursor)  # noqa: TRY301  # one way out for all that is no cursor
        at = _EPOCH + _MILLISECOND * int.from_bytes(place[:_TIME_BYTES], "big")
    except (ValueError, OverflowError, binascii.Error):
        raise MalformedError("request-invalid", where="cursor", why="not a cursor") from None
    return format_instant(at), place[_TIME_BYTES:]


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
