"""One item: its life line, its proofs in plain words, and what can be done with it."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response

from ledger.evidence.statement import read_leaf
from ledger.store import cases, statements
from node import evidence_view, history
from node.api.evidence import known, recorded
from node.api.requests import SmallBody, service_of
from node.audit.entries import AuditEntry
from node.console.asking import form_of, go, visitor
from node.console.failures import PageRoute
from node.console.rendering import render
from node.identity.permissions import Permission
from node.release_kinds import ERASURE

EvidenceId = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
COMING: Final = {"waiting": ("logged", "anchored"), "logged": ("anchored",), "anchored": ()}
"""The stations that a status still has before it."""

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/evidence/{evidence_id}")
def show(request: Request, evidence_id: EvidenceId) -> Response:
    """Show an item."""
    visitor(request, Permission.EVIDENCE_READ)
    with service_of(request).node.database.read() as connection:
        row = known(statements.by_leaf_hash(connection, bytes.fromhex(evidence_id)), evidence_id)
        found = evidence_view.view(connection, row)
        stations = history.stations(connection, row)
        case = None if row.case_id is None else cases.by_id(connection, row.case_id)
    return render(
        request,
        "evidence.html",
        id=evidence_id,
        item=found,
        statement=read_leaf(row.leaf).statement,
        stations=stations,
        coming=COMING[found.status],
        case=case,
    )


@router.post("/evidence/{evidence_id}/fields")
def fields(request: Request, evidence_id: EvidenceId, data: SmallBody) -> Response:
    """Show the clear values: personal data, so that the reading is recorded."""
    who = visitor(request, Permission.CONTENT_READ)
    form_of(request, data)
    node = service_of(request).node
    row = recorded(node, who.principal, evidence_id, "evidence.read-fields")
    return render(request, "fields.html", fields=node.discloser.fields(row))


@router.post("/evidence/{evidence_id}/erasure")
def erase(request: Request, evidence_id: EvidenceId, data: SmallBody) -> Response:
    """Ask for an erasure: another person decides."""
    who = visitor(request, Permission.ERASURE_REQUEST)
    form, service = form_of(request, data), service_of(request)
    made = service.releases.request(
        who.principal, kind=ERASURE, subject=evidence_id, reason=form.get("reason")
    )
    return go(f"/releases/{made.release_id}", "ui-done-asked")


@router.post("/evidence/{evidence_id}/hold")
def hold(request: Request, evidence_id: EvidenceId, data: SmallBody) -> Response:
    """Set or lift the legal hold of the item's case."""
    who = visitor(request, Permission.HOLD_SET)
    wanted, node = form_of(request, data).get("hold") == "on", service_of(request).node
    with node.database.write() as connection:
        row = known(statements.by_leaf_hash(connection, bytes.fromhex(evidence_id)), evidence_id)
        evidence_view.set_hold(connection, row, hold=wanted)
        action = "case.hold" if wanted else "case.lift-hold"
        subject = "" if row.case_id is None else row.case_id.hex()
        node.trail.record_in(connection, AuditEntry(who.principal.actor, action, subject))
    return go(f"/evidence/{evidence_id}", "ui-done-hold" if wanted else "ui-done-lifted")
