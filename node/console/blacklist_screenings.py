"""Screenings of tables, for people: a file handed over, its columns named, how far each is, cancelled.

The browser sends the file to the API, where it is encrypted as it arrives. What its columns hold is chosen by
a person from their titles; nothing is preselected, and no row is shown.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response

from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.screening.mapping import ColumnMapping
from blacklist.domain.screening.monitoring import MonitoringPurpose
from blacklist.domain.screening.table_form import ENCODING, SEPARATOR, TableForm, TableKind
from ledger.errors import LedgerError, MalformedError, RefusedError
from node import screening_view
from node.api.languages import language_of
from node.api.problems import status_of
from node.api.requests import SmallBody, service_of
from node.blacklist import screening_jobs
from node.blacklist.screening_jobs import ScreeningOrder, TableLook
from node.blacklist.table_keeping import limit_of
from node.console.asking import Form, Visitor, form_of, go, visitor
from node.console.blacklist_forms import CHOICES, faults_of
from node.console.dashboard import MAX_ROUNDS
from node.console.failures import PageRoute
from node.console.release_pages import names_of
from node.console.rendering import render
from node.identity.permissions import Permission

PLACE = "/blacklist/screenings"
ENCODINGS: Final = (ENCODING, "gb18030", "utf-16")
SEPARATORS: Final = (SEPARATOR, ";", "\t", "|")
ISSUER, AUTHORISATION, REFERENCE = "issuer", "authorisation", "reference"
JobId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get(PLACE)
def show(request: Request) -> Response:
    """Show screenings and how far each is, files only to who may read content, and the form to begin."""
    visitor(request, Permission.BLACKLIST_QUERY)
    node = service_of(request).node
    limits = {kind.value: limit_of(node, kind) for kind in TableKind}
    return render(request, "blacklist_screenings.html", limits=limits, **_state(request, 0))


@router.get(PLACE + "/state")
def refresh(
    request: Request, round_: Annotated[int, Query(alias="round", ge=0, le=MAX_ROUNDS)] = 0
) -> Response:
    """Show the part of the page that changes by itself."""
    visitor(request, Permission.BLACKLIST_QUERY)
    return render(request, "blacklist_screenings_state.html", **_state(request, round_))


@router.get(PLACE + "/tables/{job_id}")
def ask(request: Request, job_id: JobId) -> Response:
    """Show the titles of a stored table's columns, and ask what each holds."""
    who = visitor(request, Permission.BLACKLIST_QUERY)
    return _page(request, who, job_id, Form({}))


@router.post(PLACE + "/tables/{job_id}")
def start(request: Request, job_id: JobId, data: SmallBody) -> Response:
    """Start the screening, or read the columns again in another way."""
    who = visitor(request, Permission.BLACKLIST_QUERY)
    form = form_of(request, data)
    if form.get("do") == "read":
        return _page(request, who, job_id, form)
    try:
        _start(request, who, job_id, form)
    except (MalformedError, RefusedError) as error:
        return _page(request, who, job_id, form, [error])
    return go(PLACE, "ui-done-screening")


@router.post(PLACE + "/{job_id}/cancel")
def cancel(request: Request, job_id: JobId, data: SmallBody) -> Response:
    """End a screening, or drop a table that was not started."""
    who = visitor(request, Permission.BLACKLIST_QUERY)
    form_of(request, data)
    screening_jobs.cancel(service_of(request).node, bytes.fromhex(job_id), who.principal)
    return go(PLACE, "ui-done-cancelled")


def _state(request: Request, round_: int) -> dict[str, Any]:
    service = service_of(request)
    jobs = screening_view.read_screenings(service.node)
    last = MAX_ROUNDS if any(each.moves for each in jobs) else 0
    return {"jobs": jobs, "names": names_of(service), "round": round_, "last_round": last}


def _start(request: Request, who: Visitor, job_id: str, form: Form) -> None:
    look = _look(request, who, job_id, form)
    if look.error is not None:
        raise look.error
    if form.get("seen") != _named(look.titles):
        raise RefusedError("screening-columns-other")
    order = ScreeningOrder(_reading(form), mapping_of(form, look.titles), _watch(form))
    entries = service_of(request).blacklist.entries
    screening_jobs.start(entries, bytes.fromhex(job_id), order, who.principal)


def _look(request: Request, who: Visitor, job_id: str, form: Form) -> TableLook:
    entries = service_of(request).blacklist.entries
    return screening_jobs.look(entries, bytes.fromhex(job_id), _reading(form), who.principal)


def _reading(form: Form) -> TableForm:
    """Return how the table is read; its kind is known since it was stored."""
    return TableForm(
        TableKind.CSV,
        form.get("encoding") or ENCODING,
        form.raw("separator") or SEPARATOR,
        form.raw("sheet") or None,
    )


def mapping_of(form: Form, titles: Sequence[str]) -> ColumnMapping:
    """Return which columns hold what, as chosen for each title.

    Raises:
        RefusedError: no authorisations, or several columns where there is one.
        MalformedError: no such use.
    """
    uses = {at: form.get(f"use-{at}") for at in range(len(titles))}
    others = {ISSUER, AUTHORISATION, REFERENCE}
    try:
        pairs = tuple(
            (titles[at], IdentifierType(use))
            for at, use in uses.items()
            if use and use not in others
        )
    except ValueError:
        raise MalformedError("statement-form", member="use") from None
    authorisation = _one(uses, titles, AUTHORISATION)
    if authorisation is None:
        raise RefusedError("screening-authorisation-column")
    issuer, reference = _one(uses, titles, ISSUER), _one(uses, titles, REFERENCE)
    return ColumnMapping(pairs, authorisation, issuer, reference)


def _one(uses: Mapping[int, str], titles: Sequence[str], wanted: str) -> str | None:
    found = [titles[at] for at, use in uses.items() if use == wanted]
    if len(found) > 1:
        raise RefusedError("screening-use-twice")
    return found[0] if found else None


def _watch(form: Form) -> MonitoringPurpose | None:
    try:
        return MonitoringPurpose(form.get("purpose")) if form.get("purpose") else None
    except ValueError:
        raise MalformedError("statement-form", member="purpose") from None


def _named(titles: Sequence[str]) -> str:
    """Return what tells whether a form was made for the same titles."""
    return hashlib.sha256(json.dumps(list(titles)).encode()).hexdigest()


def _page(
    request: Request, who: Visitor, job_id: str, form: Form, errors: Sequence[LedgerError] = ()
) -> Response:
    look = _look(request, who, job_id, form)
    found = [*errors] if look.error is None or errors else [look.error]
    # Before somebody has named the sheet there is nothing wrong yet.
    wrong = [each for each in found if each.code != "screening-sheet" or errors]
    reading = _reading(form)
    return render(
        request,
        "blacklist_table.html",
        status=max((status_of(each).value for each in errors), default=200),
        look=look,
        job=job_id,
        reading=reading,
        seen=_named(look.titles),
        uses={at: form.get(f"use-{at}") for at in range(len(look.titles))},
        types=CHOICES["types"],
        others=(AUTHORISATION, REFERENCE, ISSUER),
        encodings=ENCODINGS,
        separators=SEPARATORS,
        purposes=tuple(MonitoringPurpose),
        purpose=form.get("purpose"),
        faults=faults_of(wrong, language_of(request)),
    )
