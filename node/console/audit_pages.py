"""The audit trail: who did and saw what, and the check of the whole chain."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from node.api.paging import read_cursor, write_cursor
from node.api.requests import SmallBody, service_of
from node.audit.trail import TrailQuery
from node.console.asking import form_of, visitor
from node.console.failures import PageRoute
from node.console.release_pages import names_of
from node.console.rendering import render
from node.identity.permissions import Permission

PAGE: Final = 100
Text = Annotated[str, Query(max_length=128)]

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/audit")
def show(
    request: Request, actor: Text = "", action: Text = "", subject: Text = "", cursor: Text = ""
) -> Response:
    """Read the trail, newest first."""
    visitor(request, Permission.AUDIT_READ)
    service = service_of(request)
    query = TrailQuery(
        actor=actor or None,
        action=action or None,
        subject=subject or None,
        before=read_cursor(cursor or None),
        limit=PAGE,
    )
    page = service.node.trail.page(query)
    filters = {"actor": actor, "action": action, "subject": subject}
    following = write_cursor(page.before)
    shown = {name: text for name, text in filters.items() if text}
    return render(
        request,
        "audit.html",
        entries=page.entries,
        filters=filters,
        following=following,
        address=f"/audit?{urlencode({**shown, 'cursor': following or ''})}",
        names=names_of(service),
    )


@router.post("/audit/check")
def check(request: Request, data: SmallBody) -> Response:
    """Check the chain and the sealed ranges now."""
    form_of(request, data)
    visitor(request, Permission.AUDIT_READ)
    report = service_of(request).node.audit_checker.check()
    part = "hx-request" in request.headers
    return render(request, "audit_check.html" if part else "audit_checked.html", report=report)
