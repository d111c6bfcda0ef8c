"""The blacklist watched: who uses how much of it, screenings and their files, draws and what audits found."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import FileResponse

from node import blacklist_audit_view, screening_view
from node.api.blacklist_models import AuditsAnswer, ScreeningAnswer, UseAnswer
from node.api.documents import SIGNED_IN, content, problems
from node.api.evidence import NO_STORE
from node.api.requests import caller, service_of
from node.blacklist.screening_results import ScreeningFile, file_of
from node.blacklist.use import UseView, read_use
from node.entry_view import names_seen
from node.identity.permissions import Permission
from node.screening_view import ScreeningView

JobId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
CSV: Final = "text/csv"

router = APIRouter(tags=["blacklist"])


@router.get(
    "/blacklist/use",
    response_model=UseAnswer,
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def use(request: Request) -> UseView:
    """Return each member's use of its budgets here, what is left, and the years to ask about everybody."""
    caller(request, Permission.BLACKLIST_READ)
    service = service_of(request)
    state = service.blacklist.entries.follower.state()
    return read_use(service.node, state, names_seen(service.node))


@router.get(
    "/blacklist/audits",
    response_model=AuditsAnswer,
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def audits(request: Request) -> dict[str, object]:
    """List draws, and what this member found as an auditor."""
    caller(request, Permission.BLACKLIST_READ)
    service = service_of(request)
    node, follower = service.node, service.blacklist.entries.follower
    return {
        "draws": blacklist_audit_view.read_draws(node, follower.oversight()),
        "findings": blacklist_audit_view.read_findings(node, names=names_seen(node)),
    }


@router.get(
    "/blacklist/screenings",
    response_model=list[ScreeningAnswer],
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def list_screenings(request: Request) -> Sequence[ScreeningView]:
    """List screenings and how far each is, newest first."""
    caller(request, Permission.BLACKLIST_QUERY)
    return screening_view.read_screenings(service_of(request).node)


@router.get(
    "/blacklist/screenings/{job_id}/{file}",
    response_class=FileResponse,
    responses=content(CSV, "Lines with the bank's own numbers.") | problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def read_screening(request: Request, job_id: JobId, file: ScreeningFile) -> FileResponse:
    """Return a screening's results, or its refused rows; needs ``content:read`` besides, and is recorded."""
    principal = caller(request, Permission.BLACKLIST_QUERY)
    entries = service_of(request).blacklist.entries
    found = file_of(entries, bytes.fromhex(job_id), file, principal)
    return FileResponse(found, media_type=CSV, filename=found.name, headers=NO_STORE)
