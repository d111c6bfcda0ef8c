"""The blacklist watched: use of budgets with the meter, draws and what audits found."""

from fastapi import APIRouter, Request, Response

from node import blacklist_audit_view
from node.api.requests import service_of
from node.blacklist.use import read_use
from node.console.asking import visitor
from node.console.failures import PageRoute
from node.console.rendering import render
from node.entry_view import names_seen
from node.identity.permissions import Permission

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/blacklist/use")
def use(request: Request) -> Response:
    """Show each member's use here, what is left, and the years to ask about everybody."""
    visitor(request, Permission.BLACKLIST_READ)
    service = service_of(request)
    state = service.blacklist.entries.follower.state()
    found = read_use(service.node, state, names_seen(service.node))
    return render(request, "blacklist_use.html", found=found)


@router.get("/blacklist/audits")
def audits(request: Request) -> Response:
    """Show draws, and what this member found as an auditor."""
    visitor(request, Permission.BLACKLIST_READ)
    service = service_of(request)
    node, follower = service.node, service.blacklist.entries.follower
    draws = blacklist_audit_view.read_draws(node, follower.oversight())
    findings = blacklist_audit_view.read_findings(node, names=names_seen(node))
    return render(request, "blacklist_audits.html", draws=draws, findings=findings)
