"""Screening rows and watching customers, for programs."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from blacklist.domain.screening.monitoring import WatchedPerson
from node import entry_view, screening_view
from node.api.blacklist import typed
from node.api.blacklist_screening_models import (
    MonitoredListing,
    MonitoringAnswer,
    MonitoringRequest,
    RowRequest,
    RowsAnswer,
    RowsRequest,
)
from node.api.documents import SIGNED_IN, problems
from node.api.languages import language_of
from node.api.models import Cursor
from node.api.requests import caller, question_name, service_of
from node.blacklist import monitoring
from node.blacklist.row_screening import GivenRow, RowAnswer, screen_rows
from node.identity.permissions import Permission
from node.screening_view import MAX_WATCHED
from node.words.catalogue import remedy, word

ItemId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]

router = APIRouter(tags=["blacklist"])


@router.post(
    "/blacklist/screening",
    response_model=RowsAnswer,
    responses=problems(409),
    openapi_extra=dict(SIGNED_IN),
)
def screen(request: Request, asked: RowsRequest) -> dict[str, object]:
    """Screen up to 500 customers at once; each row is answered or refused, none is dropped."""
    principal = caller(request, Permission.BLACKLIST_QUERY)
    entries = service_of(request).blacklist.entries
    given, name = [_given(each) for each in asked.rows], question_name(request, principal, asked)
    answers = screen_rows(entries, given, principal, name=name)
    language = language_of(request)
    return {"rows": [_answer(each, language) for each in answers]}


@router.get(
    "/blacklist/monitoring",
    response_model=MonitoredListing,
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def list_monitored(
    request: Request,
    cursor: Cursor | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_WATCHED)] = 100,
) -> dict[str, object]:
    """List what is watched, newest first; your own numbers of the customers for who may read content."""
    principal, node = caller(request, Permission.BLACKLIST_QUERY), service_of(request).node
    page = screening_view.monitored_for(node, principal, before=cursor, limit=limit)
    return {"items": page.items, "next": page.before}


@router.post(
    "/blacklist/monitoring",
    status_code=201,
    response_model=MonitoringAnswer,
    responses=problems(409),
    openapi_extra=dict(SIGNED_IN),
)
def begin(request: Request, asked: MonitoringRequest) -> dict[str, str]:
    """Watch a customer from now on; hits wait for a person's review."""
    principal = caller(request, Permission.BLACKLIST_QUERY)
    entries = service_of(request).blacklist.entries
    identifier = typed(asked.person).read(entries.node.clock.now())
    person = WatchedPerson(identifier, asked.authorisation, asked.reference)
    return {"item": monitoring.begin(entries, person, asked.purpose, principal).hex()}


@router.delete(
    "/blacklist/monitoring/{item_id}",
    status_code=204,
    response_class=Response,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def end(request: Request, item_id: ItemId) -> Response:
    """End watching, and destroy what was kept for it at once."""
    principal = caller(request, Permission.BLACKLIST_QUERY)
    monitoring.end(service_of(request).blacklist.entries, bytes.fromhex(item_id), principal)
    return Response(status_code=204)


def _given(row: RowRequest) -> GivenRow:
    return GivenRow(tuple(map(typed, row.identifiers)), row.authorisation, row.reference)


def _answer(answered: RowAnswer, language: str) -> Mapping[str, object]:
    found = [entry_view.found_view(each).to_json() for each in answered.found]
    code, params, refused = answered.refused, answered.params, None
    if code is not None:
        title, what = word(code, language, params), remedy(code, language, params)
        refused = {"code": code, "title": title, "remedy": what}
    return {"row": answered.row, "found": found, "refused": refused}
