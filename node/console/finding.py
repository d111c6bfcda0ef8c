"""Evidence in lists: filters and pages.

Case numbers and identifiers of persons never stand in an address: who asks for them sends a form, and its
further pages are forms too.
"""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from ledger.errors import MalformedError
from ledger.evidence.instants import format_instant
from ledger.evidence.kinds import KINDS
from ledger.store.finding import Wanted
from node import evidence_view
from node.api.paging import read_cursor, write_cursor
from node.api.requests import SmallBody, service_of
from node.audit.entries import AuditEntry
from node.console.asking import Form, Visitor, form_of, go, visitor
from node.console.days import end_of, start_of
from node.console.failures import PageRoute
from node.console.rendering import render
from node.identity.permissions import Permission
from node.wiring import Node

PAGE: Final = 50
OPEN_FILTERS: Final = ("kind", "since", "until", "sha256")
"""What may stand in an address."""
SECRET_FILTERS: Final = ("case", "person")

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=64)]


@router.get("/evidence")
def show(
    request: Request,
    kind: Text = "",
    since: Text = "",
    until: Text = "",
    sha256: Text = "",
    cursor: Text = "",
) -> Response:
    """List what fits the filters, newest first."""
    who = visitor(request, Permission.EVIDENCE_READ)
    filters = {"kind": kind, "since": since, "until": until, "sha256": sha256}
    return _list(request, who, filters, cursor)


@router.post("/evidence")
def find(request: Request, data: SmallBody) -> Response:
    """Take the filters' form: on to an address where that tells nobody anything."""
    who = visitor(request, Permission.EVIDENCE_READ)
    form = form_of(request, data)
    filters = _filters(form)
    if not any(filters[name] for name in SECRET_FILTERS):
        shown = {name: filters[name] for name in OPEN_FILTERS if filters[name]}
        return go(f"/evidence?{urlencode(shown)}" if shown else "/evidence")
    return _list(request, who, filters, form.get("cursor"))


def _filters(form: Form) -> dict[str, str]:
    return {name: form.get(name) for name in (*OPEN_FILTERS, *SECRET_FILTERS)}


def _list(request: Request, who: Visitor, filters: dict[str, str], cursor: str) -> Response:
    node, limit = service_of(request).node, PAGE
    if filters.get("person"):
        node.trail.record(AuditEntry(who.principal.actor, "evidence.search-person"))
    wanted = wanted_of(node, filters)
    with node.database.read() as connection:
        page = evidence_view.page(
            connection, wanted, limit=limit, before=read_cursor(cursor or None)
        )
    following = write_cursor(page.following)
    shown = {name: text for name, text in filters.items() if text}
    return render(
        request,
        "evidence_list.html",
        views=page.views,
        filters={name: filters.get(name, "") for name in (*OPEN_FILTERS, *SECRET_FILTERS)},
        secret=any(filters.get(name) for name in SECRET_FILTERS),
        following=following,
        address=f"/evidence?{urlencode({**shown, 'cursor': following or ''})}",
        kinds=KINDS,
    )


def wanted_of(node: Node, filters: dict[str, str]) -> Wanted:
    """Return what filters as typed look for.

    Raises:
        MalformedError: a digest or a date is none.
    """
    case, person = filters.get("case"), filters.get("person")
    return Wanted(
        case=node.lookups.case(case) if case else None,
        person=node.lookups.person(person) if person else None,
        content_sha256=_digest(filters["sha256"]),
        kind=filters["kind"] or None,
        since=format_instant(start_of(filters["since"])) if filters["since"] else None,
        until=format_instant(end_of(filters["until"])) if filters["until"] else None,
    )


def _digest(text: str) -> bytes | None:
    if not text:
        return None
    try:
        found = bytes.fromhex(text)
    except ValueError as error:
        raise MalformedError("request-invalid", where="sha256", why="not hexadecimal") from error
    return found
