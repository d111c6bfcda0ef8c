"""Cases: found by the bank's number, shown with their gaps."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response

from ledger.errors import RefusedError
from ledger.store import cases
from ledger.store.cases import CaseRow
from ledger.store.finding import Wanted
from node import case_view, evidence_view
from node.api.paging import read_cursor, write_cursor
from node.api.requests import SmallBody, service_of
from node.audit.entries import AuditEntry
from node.console.asking import form_of, go, visitor
from node.console.failures import PageRoute
from node.console.rendering import render
from node.identity.permissions import Permission

PAGE: Final = 50
MAX_MISSING: Final = 200
"""Gaps that a page names; a case with more says how many there are."""
CaseId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/cases")
def ask(request: Request) -> Response:
    """Ask for a case number."""
    visitor(request, Permission.EVIDENCE_READ)
    return render(request, "cases.html", unknown=False)


@router.post("/cases")
def find(request: Request, data: SmallBody) -> Response:
    """Find a case by the bank's number, and go to its page, whose address does not tell it."""
    visitor(request, Permission.EVIDENCE_READ)
    number, node = form_of(request, data).get("case"), service_of(request).node
    with node.database.read() as connection:
        found = cases.find(connection, node.lookups.case(number))
    if found is None:
        return render(request, "cases.html", status=404, unknown=True)
    return go(f"/cases/{found.case_id.hex()}")


@router.get("/cases/{case_id}")
def show(
    request: Request, case_id: CaseId, cursor: Annotated[str, Query(max_length=32)] = ""
) -> Response:
    """Show a case: whether it is complete, its hold, its items."""
    visitor(request, Permission.EVIDENCE_READ)
    with service_of(request).node.database.read() as connection:
        case = _known(cases.by_id(connection, bytes.fromhex(case_id)))
        found = case_view.view(connection, case)
        page = evidence_view.page(
            connection, Wanted(case=case.lookup), limit=PAGE, before=read_cursor(cursor or None)
        )
    following = write_cursor(page.following)
    return render(
        request,
        "case.html",
        id=case_id,
        case=case,
        missing=found.missing[:MAX_MISSING],
        gaps=len(found.missing),
        views=page.views,
        following=following,
        address=f"/cases/{case_id}?cursor={following}",
    )


@router.post("/cases/{case_id}/hold")
def hold(request: Request, case_id: CaseId, data: SmallBody) -> Response:
    """Set or lift the legal hold."""
    who = visitor(request, Permission.HOLD_SET)
    wanted, node = form_of(request, data).get("hold") == "on", service_of(request).node
    key = bytes.fromhex(case_id)
    with node.database.write() as connection:
        _known(cases.by_id(connection, key, lock=True))
        cases.set_legal_hold(connection, key, hold=wanted)
        action = "case.hold" if wanted else "case.lift-hold"
        node.trail.record_in(connection, AuditEntry(who.principal.actor, action, case_id))
    return go(f"/cases/{case_id}", "ui-done-hold" if wanted else "ui-done-lifted")


def _known(case: CaseRow | None) -> CaseRow:
    if case is None:
        raise RefusedError("case-unknown")
    return case
