"""Screenings of whole tables: handed over as they are, worked on by the node, seen, cancelled, their files.

A table comes after a line of JSON in one body, pulled from the connection as it arrives and encrypted chunk
by chunk, as contents are; or it is stored first and started by JSON. Multipart is not taken: its parsers keep
clear text in temporary files.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import ValidationError

from blacklist.domain.screening.mapping import ColumnMapping
from blacklist.domain.screening.table_form import TableForm, TableKind
from blacklist.store.screenings import ScreeningJob
from ledger.errors import MalformedError
from node import screening_view
from node.api.blacklist_screening_models import (
    ScreeningAnswer,
    ScreeningRequest,
    StoredTableAnswer,
)
from node.api.documents import SIGNED_IN, body, content, problems
from node.api.evidence import NO_STORE
from node.api.languages import language_of
from node.api.requests import (
    STREAMED_BYTES,
    TABLE,
    RequestSource,
    SmallBody,
    caller,
    media_type_of,
    read_json,
    service_of,
)
from node.blacklist import screening_jobs
from node.blacklist.screening_jobs import ScreeningOrder
from node.blacklist.screening_results import ScreeningFile, file_of
from node.identity.permissions import Permission, Principal
from node.items import MAX_JSON_BYTES, read_json_object
from node.screening_view import ScreeningView
from node.words.catalogue import remedy, word

JobId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
CSV: Final = "text/csv"
FILE: Final = {"type": "string", "format": "binary"}
EXAMPLE: Final = {
    "identifiers": [{"column": "证件号码", "type": "id"}],
    "authorisation": "授权编号",
    "reference": "客户编号",
}

router = APIRouter(tags=["blacklist"])


@router.post(
    "/blacklist/tables",
    max_body_size=STREAMED_BYTES,
    status_code=201,
    response_model=StoredTableAnswer,
    responses=problems(409, 413),
    openapi_extra={**body("application/octet-stream", FILE), **SIGNED_IN},
)
def store(
    request: Request, format_: Annotated[TableKind, Query(alias="format")] = TableKind.CSV
) -> dict[str, object]:
    """Store a table, encrypted, to start its screening afterwards; it waits a day."""
    principal, service = caller(request, Permission.BLACKLIST_QUERY), service_of(request)
    source = RequestSource(request, limit=service.node.settings.max_upload_bytes)
    table = screening_jobs.take(service.blacklist.entries, source, format_, principal)
    return {"table": table.job.hex(), "format": table.kind, "size": table.size}


@router.post(
    "/blacklist/screenings",
    max_body_size=STREAMED_BYTES,
    status_code=202,
    response_model=ScreeningAnswer,
    responses=problems(404, 409, 413),
    openapi_extra={
        **body("application/json", ScreeningRequest.model_json_schema(), EXAMPLE),
        **SIGNED_IN,
    },
)
def start(request: Request, response: Response, data: SmallBody) -> dict[str, object]:
    """Screen a stored table, or, as ``application/vnd.lianzheng.table``, the one after the line of JSON."""
    principal = caller(request, Permission.BLACKLIST_QUERY)
    if media_type_of(request) == TABLE:
        job = _begin(request, principal)
    else:
        job = _start(request, _read(read_json(data)), principal)
    response.headers["Location"] = f"/v1/blacklist/screenings/{job.job.hex()}"
    return _said(request, job.job)


@router.get(
    "/blacklist/screenings",
    response_model=list[ScreeningAnswer],
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def list_screenings(request: Request) -> Sequence[dict[str, object]]:
    """List screenings and how far each is, newest first."""
    caller(request, Permission.BLACKLIST_QUERY)
    found, language = screening_view.read_screenings(service_of(request).node), language_of(request)
    return [_answer(each, language) for each in found]


@router.get(
    "/blacklist/screenings/{job_id}",
    response_model=ScreeningAnswer,
    responses=problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def show(request: Request, job_id: JobId) -> dict[str, object]:
    """Return how far a screening is, and what holds it up."""
    caller(request, Permission.BLACKLIST_QUERY)
    return _said(request, bytes.fromhex(job_id))


@router.delete(
    "/blacklist/screenings/{job_id}",
    status_code=204,
    response_class=Response,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def cancel(request: Request, job_id: JobId) -> Response:
    """End a screening, or drop a stored table: its key is destroyed; hits and files so far stay."""
    principal = caller(request, Permission.BLACKLIST_QUERY)
    screening_jobs.cancel(service_of(request).node, bytes.fromhex(job_id), principal)
    return Response(status_code=204)


@router.get(
    "/blacklist/screenings/{job_id}/{file}",
    response_class=FileResponse,
    responses=content(CSV, "Lines with the bank's own numbers.") | problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def read_file(request: Request, job_id: JobId, file: ScreeningFile) -> FileResponse:
    """Return a screening's results, or its refused rows; needs ``content:read`` besides, and is recorded."""
    principal = caller(request, Permission.BLACKLIST_QUERY)
    entries = service_of(request).blacklist.entries
    found = file_of(entries, bytes.fromhex(job_id), file, principal)
    return FileResponse(found, media_type=CSV, filename=found.name, headers=NO_STORE)


def _begin(request: Request, by: Principal) -> ScreeningJob:
    service = service_of(request)
    source = RequestSource(request, limit=service.node.settings.max_upload_bytes)
    line = source.read_line(MAX_JSON_BYTES)
    asked = _read(dict(read_json_object(line, "screening")))
    if asked.table is not None:
        raise MalformedError("request-invalid", where="table", why="a table follows")
    return screening_jobs.begin(service.blacklist.entries, source, _order(asked), by)


def _start(request: Request, asked: ScreeningRequest, by: Principal) -> ScreeningJob:
    if asked.table is None:
        raise MalformedError("request-invalid", where="table", why="missing")
    entries, table = service_of(request).blacklist.entries, bytes.fromhex(asked.table)
    return screening_jobs.start(entries, table, _order(asked), by)


def _read(given: dict[str, object]) -> ScreeningRequest:
    try:
        return ScreeningRequest.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise MalformedError("request-invalid", where=where[:128], why=first["msg"]) from None


def _order(asked: ScreeningRequest) -> ScreeningOrder:
    mapping = ColumnMapping(
        tuple((each.column, each.type) for each in asked.identifiers),
        asked.authorisation,
        asked.issuer,
        asked.reference,
    )
    form = TableForm(asked.format, asked.encoding, asked.separator, asked.sheet)
    return ScreeningOrder(form, mapping, asked.monitor)


def _said(request: Request, job: bytes) -> dict[str, object]:
    found = screening_view.read_screening(service_of(request).node, job)
    return _answer(found, language_of(request))


def _answer(found: ScreeningView, language: str) -> dict[str, object]:
    held, said = found.held_up, None
    if held is not None:
        title, what = (
            word(held.code, language, held.params),
            remedy(held.code, language, held.params),
        )
        said = {"code": held.code, "title": title, "remedy": what, "try_at": held.try_at}
    return {**replace(found, held_up=None).to_json(), "held_up": said}
