"""The start page: what was sealed, how far log and anchor have come, what needs somebody."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection, func, select

from ledger.evidence.instants import format_instant
from ledger.store import alarms
from ledger.store.tables import statement
from node.api.requests import service_of
from node.console.asking import go, visitor
from node.console.chain_watch import ChainWatch
from node.console.chart import Bar, bars
from node.console.days import CHINA
from node.console.failures import PageRoute
from node.console.rendering import render
from node.identity.permissions import Permission
from node.recovery_sheet import confirmed_at
from node.service import Service
from node.stamping import alarming
from node.standing import Standing, standing
from node.worker import WorkerProgress

DAYS: Final = 7
MAX_ROUNDS: Final = 60
"""Refreshes of a page that nobody touches, every five seconds: watching must not keep a session alive."""
LATE: Final = timedelta(minutes=2)
"""After so long without a round of the worker a person should look; rounds begin every few seconds."""

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/")
def show(request: Request) -> Response:
    """Show the start page."""
    who = visitor(request)
    if Permission.EVIDENCE_READ not in who.principal.permissions:
        return go("/account")
    service = service_of(request)
    with service.node.database.read() as connection:
        days = _sealed_by_day(connection, service.node.clock.now())
    total = sum(bar.count for bar in days)
    state = _state(request)
    return render(request, "dashboard.html", bars=days, week=total, today=days[-1].count, **state)


@router.get("/dashboard/state")
def refresh(
    request: Request, round_: Annotated[int, Query(alias="round", ge=0, le=MAX_ROUNDS)] = 0
) -> Response:
    """Show the part of the start page that changes by itself."""
    visitor(request, Permission.EVIDENCE_READ)
    return render(request, "dashboard_state.html", **(_state(request) | {"round": round_}))


def _state(request: Request) -> dict[str, Any]:
    service = service_of(request)
    node = service.node
    watch: ChainWatch = request.app.state.chain_watch
    with node.database.read() as connection:
        found = standing(connection)
        failing = alarming(connection, node.settings, node.clock)
        peer_alarms = alarms.count_going_on(connection)
    open_releases = service.releases.list("open", limit=200)
    return {
        "standing": found,
        "behind": found.log_size - found.anchored_size,
        "chain": watch.look(),
        "failing": failing,
        "peer_alarms": peer_alarms,
        "worker": None if service.worker is None else service.worker.progress,
        "worker_state": _worker_word(service, found),
        "releases": len(open_releases),
        "sheet_confirmed": confirmed_at(node.settings.home, node.master_keys.newest) is not None,
        "round": 0,
        "last_round": MAX_ROUNDS,
    }


def _worker_word(service: Service, found: Standing) -> str:
    """Return the word for how the worker does."""
    if found.read_only:
        return "ui-worker-read-only"
    if service.worker is None:
        return "ui-worker-elsewhere"
    progress: WorkerProgress = service.worker.progress
    if not progress.leads:
        return "ui-worker-standby"
    if progress.error is not None:
        return "ui-worker-stopped"
    if progress.last_round is None:
        return "ui-worker-starting"
    late = service.node.clock.now() - progress.last_round > LATE
    return "ui-worker-late" if late else "ui-worker-works"


def _sealed_by_day(connection: Connection, now: datetime) -> Sequence[Bar]:
    """Return the last days of China, the present one last."""
    local = now + CHINA
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) - CHINA
    found = []
    for ago in range(DAYS - 1, -1, -1):
        start = midnight - timedelta(days=ago)
        end = start + timedelta(days=1)
        count = connection.scalar(
            select(func.count())
            .select_from(statement)
            .where(
                statement.c.sealed_at >= format_instant(start),
                statement.c.sealed_at < format_instant(end),
            )
        )
        found.append((f"{start + CHINA:%m-%d}", count or 0))
    return bars(found)
