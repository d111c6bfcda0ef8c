"""The blacklist watched: who uses how much of it, draws and what audits found."""

from fastapi import APIRouter, Request

from node import blacklist_audit_view
from node.api.blacklist_models import AuditsAnswer, UseAnswer
from node.api.documents import SIGNED_IN, problems
from node.api.requests import caller, service_of
from node.blacklist.use import UseView, read_use
from node.entry_view import names_seen
from node.identity.permissions import Permission

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
