"""The person's desk for people: reports, disputes and statements, requests with their clocks.

What a person wrote on paper is sealed at the shell or over the API; here it is typed.
"""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Request, Response

from blacklist.store.person_requests import RequestKind, RequestOutcome
from ledger.errors import LedgerError, MalformedError, RefusedError
from node import desk_view
from node.api.blacklist_desk import REPORT
from node.api.languages import language_of
from node.api.problems import status_of
from node.api.requests import SmallBody, service_of
from node.blacklist.desk import make_desk
from node.blacklist.letters import LETTER, Letter
from node.blacklist.person_reports import make_report
from node.blacklist.person_rights import settle_request, take_request
from node.blacklist.report_page import render_report
from node.console.asking import Form, form_of, go, recent, visitor
from node.console.blacklist_entry_pages import leaf_of
from node.console.blacklist_forms import CHOICES, NOTHING, PERSON, faults_of, typed, values_of
from node.console.failures import PageRoute
from node.console.rendering import render
from node.identity.permissions import Permission

RequestId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
_Word = TypeVar("_Word", RequestKind, RequestOutcome)

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/blacklist/desk")
def show(request: Request) -> Response:
    """Show open disputes and requests with the days left, and the forms of the desk."""
    visitor(request, Permission.BLACKLIST_DESK)
    return _page(request, None, ())


@router.post("/blacklist/desk/report")
def report(request: Request, data: SmallBody) -> Response:
    """Write a person's report, to be handed over."""
    who = visitor(request, Permission.BLACKLIST_DESK)
    form, entries = form_of(request, data), service_of(request).blacklist.entries
    try:
        identifier = typed(form).read(entries.node.clock.now())
        found = make_report(entries, identifier, form.get("authorisation"), who.principal)
    except (MalformedError, RefusedError) as error:
        return _page(request, form, [error])
    return Response(render_report(found), media_type="text/html", headers=REPORT)


@router.post("/blacklist/desk/statement")
def take(request: Request, data: SmallBody) -> Response:
    """Take a dispute, or a statement without one: sealed first, a dispute then on chain."""
    who = visitor(request, Permission.BLACKLIST_DESK)
    form, entries = form_of(request, data), service_of(request).blacklist.entries
    disputes, entry = form.get("kind") == "dispute", leaf_of(form, "entry")
    desk = make_desk(entries.node, entries)
    desk.take(entry, _letter(form), disputes=disputes, by=who.principal)
    return go("/blacklist/desk", "ui-done-taken")


@router.post("/blacklist/desk/answer")
def answer(request: Request, data: SmallBody) -> Response:
    """Show the text for the person's letter about a dispute that was decided."""
    visitor(request, Permission.BLACKLIST_DESK)
    form = form_of(request, data)
    try:
        found = desk_view.read_answer(service_of(request).node, leaf_of(form, "entry"))
    except (MalformedError, RefusedError) as error:
        return _page(request, form, [error])
    return _page(request, form, (), desk_view.letter_text(found))


@router.post("/blacklist/desk/requests")
def take_a_request(request: Request, data: SmallBody) -> Response:
    """Record what a person asks for; what they wrote is sealed."""
    who = visitor(request, Permission.BLACKLIST_DESK)
    form, entries = form_of(request, data), service_of(request).blacklist.entries
    try:
        identifier = typed(form).read(entries.node.clock.now())
        entry = leaf_of(form, "entry") if form.get("entry") else None
        kind = _word(RequestKind, form, "kind")
        take_request(entries, kind, identifier, _letter(form), entry, who.principal)
    except (MalformedError, RefusedError) as error:
        return _page(request, form, [error])
    return go("/blacklist/desk", "ui-done-taken")


@router.post("/blacklist/desk/requests/{request_id}")
def settle(request: Request, request_id: RequestId, data: SmallBody) -> Response:
    """Settle a request with the written answer; a granted deletion withdraws the entry."""
    who = recent(request, Permission.BLACKLIST_DESK)
    form, entries = form_of(request, data), service_of(request).blacklist.entries
    outcome, answer = _word(RequestOutcome, form, "outcome"), leaf_of(form, "answer")
    desk = make_desk(entries.node, entries)
    settle_request(desk, bytes.fromhex(request_id), outcome, answer, who.principal)
    return go("/blacklist/desk", "ui-done-settled")


def _letter(form: Form) -> Letter:
    return Letter(LETTER, "text/plain", form.get("letter").encode())


def _word(words: type[_Word], form: Form, name: str) -> _Word:
    try:
        return words(form.get(name))
    except ValueError:
        raise MalformedError("statement-form", member=name) from None


def _page(
    request: Request, form: Form | None, errors: Sequence[LedgerError], letter: str = ""
) -> Response:
    """Return the desk's page, with what is wrong, or a letter's text, above its forms."""
    service = service_of(request)
    node = service.blacklist.entries.node
    given = {} if form is None else values_of(form, *PERSON, "authorisation")
    return render(
        request,
        "blacklist_desk.html",
        status=max((status_of(each).value for each in errors), default=200),
        disputes=desk_view.open_disputes(node),
        requests=desk_view.read_requests(node, unsettled=True),
        answer_text=letter,
        kinds=tuple(RequestKind),
        values={**NOTHING, **given},
        faults=faults_of(errors, language_of(request)),
        choices=CHOICES,
    )
