"""The blacklist for people: how it stands, asking about a person, and hits with their review.

What somebody types about a person stands in the bodies of forms only: never in an address, a title or a log.
"""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response

from blacklist.domain.entries.standing import OPEN
from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.querying import Person
from blacklist.store.hits import ReviewOutcome
from ledger.errors import LedgerError, MalformedError, RefusedError
from node import blacklist_view, entry_view
from node.api.languages import language_of
from node.api.problems import status_of
from node.api.requests import SmallBody, service_of
from node.blacklist.asking import ask_about
from node.blacklist.reviewing import review as record_review
from node.console.asking import Form, form_of, go, visitor
from node.console.blacklist_forms import (
    CHOICES,
    NOTHING,
    PERSON,
    faults_of,
    typed,
    values_of,
)
from node.console.failures import PageRoute
from node.console.release_pages import names_of
from node.console.rendering import render
from node.entry_view import FoundView
from node.identity.permissions import Permission, Principal
from node.service import Service

HitId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
PAGE: Final = 100

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/blacklist")
def show(request: Request) -> Response:
    """Show keys and who holds them, what waits for people, and what needs attention."""
    visitor(request, Permission.BLACKLIST_READ)
    service = service_of(request)
    node, state = service.node, service.blacklist.entries.follower.state()
    listed = entry_view.own_entries_on_chain(node)
    return render(
        request,
        "blacklist.html",
        found=blacklist_view.read_blacklist(node, state),
        names=entry_view.member_names(node),
        hits=entry_view.hits_waiting(node),
        waiting=len(entry_view.waiting_entries(node)),
        listed=len(listed),
        disputed=[each for each in listed if each.standing in OPEN],
        now=node.clock.now(),
    )


@router.get("/blacklist/query")
def ask(request: Request) -> Response:
    """Ask about whom."""
    visitor(request, Permission.BLACKLIST_QUERY)
    return render(request, "blacklist_query.html", values=NOTHING, faults=(), choices=CHOICES)


@router.post("/blacklist/query")
def query(request: Request, data: SmallBody) -> Response:
    """Ask, and show what was found; what is wrong with the form is shown in it."""
    who = visitor(request, Permission.BLACKLIST_QUERY)
    form, service = form_of(request, data), service_of(request)
    try:
        found = _ask(service, form, who.principal)
    except (MalformedError, RefusedError) as error:
        return _again(request, form, error)
    names = entry_view.member_names(service.node)
    return render(request, "blacklist_found.html", found=found, names=names)


@router.get("/blacklist/hits")
def list_hits(
    request: Request,
    *,
    reviewed: Annotated[bool, Query(description="Those too.")] = False,
    cursor: Annotated[str, Query(max_length=32)] = "",
) -> Response:
    """List hits; whom they are about is shown on the page of each."""
    visitor(request, Permission.BLACKLIST_QUERY)
    node = service_of(request).node
    page = entry_view.read_hits(
        node, unreviewed=not reviewed, clear=False, before=cursor or None, limit=PAGE
    )
    following, template = page.before, "blacklist_hits.html"
    return render(request, template, hits=page.items, following=following, reviewed=reviewed)


@router.get("/blacklist/hits/{hit_id}")
def show_hit(request: Request, hit_id: HitId) -> Response:
    """Show a hit to the person who reviews it: personal data, so that the reading is recorded."""
    who = visitor(request, Permission.BLACKLIST_QUERY)
    node = service_of(request).node
    found, said = entry_view.hit_for(node, bytes.fromhex(hit_id), who.principal)
    entry = entry_view.read_entry(node, bytes.fromhex(found.entry))
    return render(
        request,
        "blacklist_hit.html",
        hit=found,
        said=said,
        entry=entry,
        names=entry_view.member_names(node),
        operators=names_of(service_of(request)),
        outcomes=tuple(ReviewOutcome),
    )


@router.post("/blacklist/hits/{hit_id}/review")
def review(request: Request, hit_id: HitId, data: SmallBody) -> Response:
    """Record what a person found about a hit, sealed as evidence."""
    who = visitor(request, Permission.BLACKLIST_QUERY)
    form = form_of(request, data)
    try:
        outcome = ReviewOutcome(form.get("outcome"))
    except ValueError:
        raise MalformedError("statement-form", member="outcome") from None
    hit = bytes.fromhex(hit_id)
    record_review(
        service_of(request).node,
        hit,
        outcome,
        form.get("note"),
        who.principal,
        seen=form.get("seen"),
    )
    return go("/blacklist/hits", "ui-done-reviewed")


def _ask(service: Service, form: Form, by: Principal) -> Sequence[FoundView]:
    entries = service.blacklist.entries
    identifier = typed(form).read(service.node.clock.now())
    person = Person((identifier,), form.get("authorisation"), form.get("reference"))
    kept = ask_about(entries, person, Purpose.QUERY, by)
    return [entry_view.found_view(each) for each in kept]


def _again(request: Request, form: Form, error: LedgerError) -> Response:
    return render(
        request,
        "blacklist_query.html",
        status=status_of(error).value,
        values={**NOTHING, **values_of(form, *PERSON, "authorisation", "reference")},
        faults=faults_of([error], language_of(request)),
        choices=CHOICES,
    )
