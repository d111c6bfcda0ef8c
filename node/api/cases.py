"""Cases: what they hold, whether they are complete, and the legal hold."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from ledger.errors import RefusedError
from ledger.store import cases
from ledger.store.cases import CaseRow
from node import case_view
from node.api.documents import SIGNED_IN, problems
from node.api.models import CaseAnswer, CaseRequest
from node.api.requests import caller, service_of
from node.audit.entries import AuditEntry
from node.identity.permissions import Permission

CaseId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", examples=["ab" * 16])]

router = APIRouter(tags=["cases"])


@router.post(
    "/cases/find",
    response_model=CaseAnswer,
    responses=problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def find(request: Request, asked: CaseRequest) -> dict[str, object]:
    """Find a case by the bank's number. In the body, for addresses end up in logs."""
    caller(request, Permission.EVIDENCE_READ)
    node = service_of(request).node
    with node.database.read() as connection:
        case = _known(cases.find(connection, node.lookups.case(asked.case)))
        return case_view.view(connection, case).to_json()


@router.get(
    "/cases/{case_id}",
    response_model=CaseAnswer,
    responses=problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def show(request: Request, case_id: CaseId) -> dict[str, object]:
    """Return a case with its gaps."""
    caller(request, Permission.EVIDENCE_READ)
    with service_of(request).node.database.read() as connection:
        case = _known(cases.by_id(connection, bytes.fromhex(case_id)))
        return case_view.view(connection, case).to_json()


@router.put(
    "/cases/{case_id}/hold",
    status_code=204,
    responses=problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def hold(request: Request, case_id: CaseId) -> Response:
    """Put a legal hold on a case: nothing of it can be erased."""
    return _set_hold(request, case_id, hold=True)


@router.delete(
    "/cases/{case_id}/hold",
    status_code=204,
    responses=problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def lift(request: Request, case_id: CaseId) -> Response:
    """Lift a legal hold."""
    return _set_hold(request, case_id, hold=False)


def _set_hold(request: Request, case_id: str, *, hold: bool) -> Response:
    principal = caller(request, Permission.HOLD_SET)
    node, key = service_of(request).node, bytes.fromhex(case_id)
    with node.database.write() as connection:
        _known(cases.by_id(connection, key, lock=True))
        cases.set_legal_hold(connection, key, hold=hold)
        action = "case.hold" if hold else "case.lift-hold"
        node.trail.record_in(connection, AuditEntry(principal.actor, action, case_id))
    return Response(status_code=204)


def _known(case: CaseRow | None) -> CaseRow:
    if case is None:
        raise RefusedError("case-unknown")
    return case
