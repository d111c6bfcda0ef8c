"""The person's desk for programs: reports, disputes and statements, requests, each with its clock."""

import base64
import binascii
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from blacklist.store.person_requests import RequestKind, RequestOutcome
from ledger.errors import MalformedError
from node import desk_view
from node.api.blacklist import typed
from node.api.blacklist_models import IdentifierRequest
from node.api.documents import SIGNED_IN, content, problems
from node.api.models import HexId, Instant
from node.api.requests import caller, service_of
from node.blacklist.desk import make_desk
from node.blacklist.letters import LETTER, SIGNED, Letter
from node.blacklist.person_reports import make_report
from node.blacklist.person_rights import settle_request, take_request
from node.blacklist.report_page import render_report
from node.desk_view import OpenDisputeView, RequestView, StatementView
from node.identity.permissions import Permission

RequestId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
REPORT: Final = {"Cache-Control": "no-store", "Content-Disposition": "attachment"}

router = APIRouter(tags=["blacklist"])


class ReportRequest(BaseModel):
    """Who asks what is known about them; identify the person first."""

    model_config = {"extra": "forbid"}

    person: IdentifierRequest
    application: str = Field(max_length=200, description="Your number of the application.")


class LetterRequest(BaseModel):
    """What the person wrote; sealed as evidence."""

    model_config = {"extra": "forbid"}

    content: str = Field(min_length=1, max_length=720_000, description="Base64.")
    media_type: str = Field("text/plain", pattern=r"^[a-z]{1,32}/[a-z0-9.+-]{1,64}$")
    signed: bool = Field(default=False, description="It is a signed document.")

    def letter(self) -> Letter:
        """Return it.

        Raises:
            MalformedError: no base64.
        """
        try:
            content = base64.b64decode(self.content, validate=True)
        except binascii.Error:
            raise MalformedError("request-invalid", where="content", why="no base64") from None
        return Letter(SIGNED if self.signed else LETTER, self.media_type, content)


class StatementAnswer(BaseModel):
    """What became of a statement."""

    digest: HexId
    entry: HexId
    disputes: bool
    leaf_hash: HexId
    state: str = Field(examples=["waiting", "recorded", "handed-over"])
    refused: str | None


class OpenDisputeAnswer(BaseModel):
    """A dispute that nobody has decided."""

    entry: HexId
    reporter: str
    can_answer: bool
    own: bool = Field(description="This member has to answer.")
    disputed_at: Instant
    decide_by: Instant
    days_left: int
    overdue: bool
    statement_here: bool


class WrittenAnswerAnswer(BaseModel):
    """How the newest dispute about an entry was decided, with the text for the person's letter."""

    entry: HexId
    reporter: str
    decision: str = Field(examples=["upheld", "corrected", "withdrawn"])
    reasons: HexId = Field(description="Evidence id of the written answer, in the reporter's log.")
    answer_here: bool = Field(description="It is sealed at this member.")
    in_time: bool
    day: date = Field(description="Of the dispute, in China.")
    decided_on: date
    letter: str = Field(description="Chinese first.")


class PersonRequestRequest(BaseModel):
    """What a person asks for (个人信息保护法 45 to 47)."""

    model_config = {"extra": "forbid"}

    kind: RequestKind
    person: IdentifierRequest
    letter: LetterRequest
    entry: HexId | None = Field(None, description="That it is about; null for everything here.")


class PersonRequestAnswer(BaseModel):
    """A request with its clock."""

    request: str
    kind: RequestKind
    entry: HexId | None
    received_at: Instant
    due_at: Instant
    days_left: int
    outcome: RequestOutcome | None
    reporter: str | None = Field(
        description="The other member to pass it on to; null when this one answers it."
    )


class SettlementRequest(BaseModel):
    """How a request ended; a granted deletion withdraws the entry.

    A correction or deletion of another member's entry is ``passed-on``: the letter is handed to that member.
    """

    model_config = {"extra": "forbid"}

    outcome: RequestOutcome
    answer: HexId = Field(description="Evidence id of the written answer.")


@router.post(
    "/blacklist/reports",
    response_class=Response,
    responses=content("text/html", "The report, Chinese first.") | problems(409),
    openapi_extra=dict(SIGNED_IN),
)
def report(request: Request, asked: ReportRequest) -> Response:
    """Write a person's report: free twice a year, never refused."""
    principal = caller(request, Permission.BLACKLIST_DESK)
    entries = service_of(request).blacklist.entries
    identifier = typed(asked.person).read(entries.node.clock.now())
    found = make_report(entries, identifier, asked.application, principal)
    return Response(render_report(found), media_type="text/html", headers=REPORT)


@router.get(
    "/blacklist/disputes",
    response_model=list[OpenDisputeAnswer],
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def list_disputes(request: Request) -> Sequence[OpenDisputeView]:
    """List open disputes: first those that this member has to answer."""
    caller(request, Permission.BLACKLIST_READ)
    return desk_view.open_disputes(service_of(request).node)


@router.post(
    "/blacklist/entries/{entry_id}/dispute",
    status_code=201,
    response_model=StatementAnswer,
    responses=problems(404, 409, 413),
    openapi_extra=dict(SIGNED_IN),
)
def dispute(request: Request, entry_id: HexId, asked: LetterRequest) -> StatementView:
    """Take a person's dispute about an entry: sealed first, then on chain."""
    return _take(request, entry_id, asked, disputes=True)


@router.post(
    "/blacklist/entries/{entry_id}/statement",
    status_code=201,
    response_model=StatementAnswer,
    responses=problems(404, 409, 413),
    openapi_extra=dict(SIGNED_IN),
)
def statement(request: Request, entry_id: HexId, asked: LetterRequest) -> StatementView:
    """Record a person's statement beside an entry, without a dispute."""
    return _take(request, entry_id, asked, disputes=False)


@router.get(
    "/blacklist/entries/{entry_id}/answer",
    response_model=WrittenAnswerAnswer,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def answer(request: Request, entry_id: HexId) -> dict[str, object]:
    """Return what was decided about the newest dispute, with the text for the person's letter."""
    caller(request, Permission.BLACKLIST_DESK)
    found = desk_view.read_answer(service_of(request).node, bytes.fromhex(entry_id))
    return {**found.to_json(), "letter": desk_view.letter_text(found)}


@router.get(
    "/blacklist/requests",
    response_model=list[PersonRequestAnswer],
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def list_requests(
    request: Request,
    *,
    settled: Annotated[bool, Query(description="Settled ones too.")] = False,
) -> Sequence[RequestView]:
    """List persons' requests, the most urgent first."""
    caller(request, Permission.BLACKLIST_DESK)
    return desk_view.read_requests(service_of(request).node, unsettled=not settled)


@router.post(
    "/blacklist/requests",
    status_code=201,
    response_model=PersonRequestAnswer,
    responses=problems(404, 409, 413),
    openapi_extra=dict(SIGNED_IN),
)
def take(request: Request, asked: PersonRequestRequest) -> RequestView:
    """Record what a person asks for; the letter is sealed."""
    principal = caller(request, Permission.BLACKLIST_DESK)
    entries = service_of(request).blacklist.entries
    identifier = typed(asked.person).read(entries.node.clock.now())
    entry = None if asked.entry is None else bytes.fromhex(asked.entry)
    letter = asked.letter.letter()
    taken = take_request(entries, asked.kind, identifier, letter, entry, principal)
    return desk_view.request_view(entries.node, taken)


@router.post(
    "/blacklist/requests/{request_id}/settlement",
    status_code=204,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def settle(request: Request, request_id: RequestId, asked: SettlementRequest) -> Response:
    """Settle a request with the written answer; a granted deletion withdraws the entry."""
    principal = caller(request, Permission.BLACKLIST_DESK, recent=True)
    entries = service_of(request).blacklist.entries
    request_bytes, answer = bytes.fromhex(request_id), bytes.fromhex(asked.answer)
    settle_request(
        make_desk(entries.node, entries), request_bytes, asked.outcome, answer, principal
    )
    return Response(status_code=204)


def _take(
    request: Request, entry_id: str, asked: LetterRequest, *, disputes: bool
) -> StatementView:
    principal = caller(request, Permission.BLACKLIST_DESK)
    entries = service_of(request).blacklist.entries
    desk = make_desk(entries.node, entries)
    entry, letter = bytes.fromhex(entry_id), asked.letter()
    return desk_view.statement_view(desk.take(entry, letter, disputes=disputes, by=principal))
