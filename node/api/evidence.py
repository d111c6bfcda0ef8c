"""Finding evidence, its status, history, proofs, clear values and content."""

import hashlib
import re
from itertools import chain
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from ledger.errors import RefusedError
from ledger.evidence.statement import read_leaf
from ledger.services import proving
from ledger.store import anchors, statements
from ledger.store.finding import Wanted
from ledger.store.statements import StatementRow
from node import evidence_view, history
from node.api.documents import SIGNED_IN, content, problems
from node.api.models import (
    ClearFields,
    Cursor,
    CustodyAnswer,
    EvidenceDetail,
    EvidencePage,
    GivenInstant,
    GivenKind,
    HexId,
    LifeLine,
    SearchRequest,
)
from node.api.paging import read_cursor, write_cursor
from node.api.requests import caller, service_of
from node.audit.entries import AuditEntry
from node.evidence_view import Page
from node.identity.permissions import Permission, Principal
from node.wiring import Node

MAX_PAGE: Final = 200
MEDIA_TYPE: Final = re.compile(
    r"[A-Za-z0-9!#$&^_.+-]{1,64}/[A-Za-z0-9!#$&^_.+-]{1,64}(?:; ?[ -~]{1,64})?"
)
NO_STORE: Final = {"Cache-Control": "no-store"}

_NOT_CHANGED: Final[dict[int | str, dict[str, Any]]] = {304: {"description": "Not changed."}}

router = APIRouter(tags=["evidence"])


@router.get(
    "/evidence",
    response_model=EvidencePage,
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def list_evidence(
    request: Request,
    kind: GivenKind | None = None,
    sha256: HexId | None = None,
    since: GivenInstant | None = None,
    until: GivenInstant | None = None,
    cursor: Cursor | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
) -> dict[str, object]:
    """List items, newest first. By case or person: ``POST /v1/evidence/search``."""
    caller(request, Permission.EVIDENCE_READ)
    digest = None if sha256 is None else bytes.fromhex(sha256)
    wanted = Wanted(kind=kind, content_sha256=digest, since=since, until=until)
    return _page(service_of(request).node, wanted, cursor, limit)


@router.post(
    "/evidence/search",
    response_model=EvidencePage,
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def search(request: Request, asked: SearchRequest) -> dict[str, object]:
    """Find items by case, person, content, kind or time, newest first."""
    principal = caller(request, Permission.EVIDENCE_READ)
    node = service_of(request).node
    if asked.person is not None:
        person = node.lookups.person(asked.person).hex()
        node.trail.record(AuditEntry(principal.actor, "evidence.search-person", person))
    wanted = Wanted(
        case=None if asked.case is None else node.lookups.case(asked.case),
        person=None if asked.person is None else node.lookups.person(asked.person),
        content_sha256=None if asked.sha256 is None else bytes.fromhex(asked.sha256),
        kind=asked.kind,
        since=asked.since,
        until=asked.until,
    )
    return _page(node, wanted, asked.cursor, asked.limit)


@router.get(
    "/evidence/{evidence_id}",
    response_model=EvidenceDetail,
    responses=_NOT_CHANGED | problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def show(request: Request, evidence_id: HexId) -> Response:
    """Return an item with its status; ``ETag`` changes when the status does."""
    caller(request, Permission.EVIDENCE_READ)
    with service_of(request).node.database.read() as connection:
        row = known(statements.by_leaf_hash(connection, bytes.fromhex(evidence_id)), evidence_id)
        found = evidence_view.view(connection, row).detail()
    return tagged(request, found)


@router.get(
    "/evidence/{evidence_id}/history",
    response_model=LifeLine,
    responses=problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def life_line(request: Request, evidence_id: HexId) -> dict[str, object]:
    """Return the stations of an item, from capture to finality."""
    caller(request, Permission.EVIDENCE_READ)
    with service_of(request).node.database.read() as connection:
        row = known(statements.by_leaf_hash(connection, bytes.fromhex(evidence_id)), evidence_id)
        found = history.stations(connection, row)
    return {"events": [{"event": s.event, "at": s.at, "detail": s.detail} for s in found]}


@router.get(
    "/evidence/{evidence_id}/custody",
    response_model=CustodyAnswer,
    responses=problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def custody(request: Request, evidence_id: HexId) -> dict[str, object]:
    """Return who held the item before intake, as it was sealed; empty when nothing was recorded."""
    caller(request, Permission.EVIDENCE_READ)
    with service_of(request).node.database.read() as connection:
        row = known(statements.by_leaf_hash(connection, bytes.fromhex(evidence_id)), evidence_id)
    return {"entries": [each.to_json() for each in read_leaf(row.leaf).statement.custody]}


@router.get(
    "/evidence/{evidence_id}/receipt",
    response_class=Response,
    responses=content("application/json", "The leaf.") | problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def receipt(request: Request, evidence_id: HexId) -> Response:
    """Return the signed statement itself, the bytes that the log commits to."""
    caller(request, Permission.EVIDENCE_READ)
    with service_of(request).node.database.read() as connection:
        row = known(statements.by_leaf_hash(connection, bytes.fromhex(evidence_id)), evidence_id)
    return Response(row.leaf, media_type="application/json")


@router.get(
    "/evidence/{evidence_id}/proof",
    response_class=Response,
    responses=content("text/plain", "C2SP tlog-proof@v1.") | problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def proof(request: Request, evidence_id: HexId) -> Response:
    """Return the proof that the item stands in the log under the newest anchored checkpoint over it."""
    caller(request, Permission.EVIDENCE_READ)
    leaf_hash = bytes.fromhex(evidence_id)
    with service_of(request).node.database.read() as connection:
        known(statements.by_leaf_hash(connection, leaf_hash), evidence_id)
        place = statements.place_of(connection, leaf_hash)
        if place is None:
            raise RefusedError("evidence-not-anchored", id=evidence_id[:12])
        anchor = anchors.covering(connection, place.generation, place.index)
        if anchor is None:
            raise RefusedError("evidence-not-anchored", id=evidence_id[:12])
        found = proving.inclusion(connection, place.generation, index=place.index, size=anchor.size)
    return Response(found.serialise(), media_type="text/plain")


@router.get(
    "/evidence/{evidence_id}/fields",
    response_model=ClearFields,
    responses=problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def fields(request: Request, evidence_id: HexId) -> Response:
    """Return the clear values with their salts: personal data, so that the reading is recorded."""
    principal = caller(request, Permission.CONTENT_READ)
    node = service_of(request).node
    row = recorded(node, principal, evidence_id, "evidence.read-fields")
    found = [
        {"name": each.name, "value": each.value, "salt": each.salt.hex()}
        for each in node.discloser.fields(row)
    ]
    return JSONResponse({"fields": found}, headers=NO_STORE)


@router.get(
    "/evidence/{evidence_id}/content",
    response_class=StreamingResponse,
    responses=content("application/octet-stream", "The bytes.") | problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def read_content(request: Request, evidence_id: HexId) -> Response:
    """Return the content, each chunk verified before it leaves; the reading is recorded."""
    principal = caller(request, Permission.CONTENT_READ)
    node = service_of(request).node
    row = recorded(node, principal, evidence_id, "evidence.read-content")
    disclosed = node.discloser.content(row, node.discloser.fields(row))
    if disclosed is None:
        raise RefusedError("content-absent", id=evidence_id[:12])
    # The first chunk is verified before anything is promised.
    chunks = disclosed.chunks()
    first = next(chunks, b"")
    headers = {
        **NO_STORE,
        "Content-Length": str(disclosed.content.size),
        "Content-Disposition": "attachment",
    }
    return StreamingResponse(
        chain([first], chunks), headers=headers, media_type=_servable(disclosed.content.media_type)
    )


def _servable(media_type: str) -> str:
    """Return what a header can hold: what was sealed before types were checked may be any text."""
    return media_type if MEDIA_TYPE.fullmatch(media_type) else "application/octet-stream"


def known(row: StatementRow | None, evidence_id: str) -> StatementRow:
    """Return the item.

    Raises:
        RefusedError: there is none.
    """
    if row is None:
        raise RefusedError("evidence-unknown", id=evidence_id[:12])
    return row


def recorded(node: Node, principal: Principal, evidence_id: str, action: str) -> StatementRow:
    """Return the item after the trail has recorded that somebody reads it.

    Raises:
        RefusedError: there is none.
    """
    with node.database.read() as connection:
        row = known(statements.by_leaf_hash(connection, bytes.fromhex(evidence_id)), evidence_id)
    node.trail.record(AuditEntry(principal.actor, action, evidence_id))
    return row


def tagged(request: Request, found: dict[str, object]) -> Response:
    """Return ``found`` with an entity tag, or 304 when the caller has it already (RFC 9110 §13.1.2)."""
    answer = JSONResponse(found)
    tag = f'"{hashlib.sha256(bytes(answer.body)).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known_tags = request.headers.get("if-none-match", "").replace("W/", "")
    if known_tags.strip() == "*" or tag in [each.strip() for each in known_tags.split(",")]:
        return Response(status_code=304, headers=headers)
    answer.headers.update(headers)
    return answer


def _page(node: Node, wanted: Wanted, cursor: str | None, limit: int) -> dict[str, object]:
    with node.database.read() as connection:
        found: Page = evidence_view.page(
            connection, wanted, limit=limit, before=read_cursor(cursor)
        )
    return {
        "items": [each.to_json() for each in found.views],
        "next": write_cursor(found.following),
    }
