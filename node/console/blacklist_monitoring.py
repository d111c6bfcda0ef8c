"""Customers who are watched, for people: begun with their authorisation, ended with the relationship."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response

from blacklist.domain.screening.monitoring import MonitoringPurpose, WatchedPerson
from ledger.errors import LedgerError, MalformedError, RefusedError
from node import screening_view
from node.api.languages import language_of
from node.api.problems import status_of
from node.api.requests import SmallBody, service_of
from node.blacklist import monitoring
from node.console.asking import Form, Visitor, form_of, go, visitor
from node.console.blacklist_forms import CHOICES, NOTHING, PERSON, faults_of, typed, values_of
from node.console.failures import PageRoute
from node.console.release_pages import names_of
from node.console.rendering import render
from node.identity.permissions import Permission

PLACE = "/blacklist/monitoring"
PAGE: Final = 100
ItemId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get(PLACE)
def show(request: Request, cursor: Annotated[str, Query(max_length=32)] = "") -> Response:
    """Show who is watched, newest first, and the form to begin with somebody."""
    who = visitor(request, Permission.BLACKLIST_QUERY)
    return _page(request, who, None, (), cursor)


@router.post(PLACE)
def begin(request: Request, data: SmallBody) -> Response:
    """Watch a customer from now on."""
    who = visitor(request, Permission.BLACKLIST_QUERY)
    form, entries = form_of(request, data), service_of(request).blacklist.entries
    try:
        identifier = typed(form).read(entries.node.clock.now())
        person = WatchedPerson(identifier, form.get("authorisation"), form.get("reference"))
        monitoring.begin(entries, person, _purpose(form), who.principal)
    except (MalformedError, RefusedError) as error:
        return _page(request, who, form, [error])
    return go(PLACE, "ui-done-watched")


@router.post(PLACE + "/end")
def end_relationship(request: Request, data: SmallBody) -> Response:
    """End watching all identifiers of a customer, and say when there were none."""
    who = visitor(request, Permission.BLACKLIST_QUERY)
    form, entries = form_of(request, data), service_of(request).blacklist.entries
    ended = monitoring.end_relationship(entries, form.get("reference"), who.principal)
    return go(PLACE, "ui-done-unwatched" if ended else "ui-nobody-watched")


@router.post(PLACE + "/{item_id}/end")
def end(request: Request, item_id: ItemId, data: SmallBody) -> Response:
    """End watching, and destroy what was kept for it at once."""
    who = visitor(request, Permission.BLACKLIST_QUERY)
    form_of(request, data)
    monitoring.end(service_of(request).blacklist.entries, bytes.fromhex(item_id), who.principal)
    return go(PLACE, "ui-done-unwatched")


def _purpose(form: Form) -> MonitoringPurpose:
    try:
        return MonitoringPurpose(form.get("purpose"))
    except ValueError:
        raise MalformedError("statement-form", member="purpose") from None


def _page(
    request: Request,
    who: Visitor,
    form: Form | None,
    errors: Sequence[LedgerError],
    cursor: str = "",
) -> Response:
    service = service_of(request)
    page = screening_view.monitored_for(
        service.node, who.principal, before=cursor or None, limit=PAGE
    )
    given = {} if form is None else values_of(form, *PERSON, "authorisation", "reference")
    return render(
        request,
        "blacklist_monitoring.html",
        status=max((status_of(each).value for each in errors), default=200),
        watched=page.items,
        following=page.before,
        names=names_of(service),
        purposes=tuple(MonitoringPurpose),
        values={**NOTHING, **given},
        faults=faults_of(errors, language_of(request)),
        choices=CHOICES,
    )
