"""Sealing: one item with or without content, or many lines.

A single item comes as JSON, or, with content, as one line of JSON followed by the bytes of the content:
pulled from the connection as they arrive, encrypted chunk by chunk, never on disk in clear. Multipart is not
taken: its parsers keep clear text in temporary files.
"""

import json
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from ledger.errors import LedgerError, LimitError
from ledger.services.intake import Receipt
from node.api.documents import NDJSON, SIGNED_IN, body, content, problems
from node.api.languages import language_of
from node.api.models import ReceiptAnswer
from node.api.problems import problem
from node.api.requests import (
    IDEMPOTENCY,
    ITEM,
    STREAMED_BYTES,
    RequestSource,
    SmallBody,
    caller,
    media_type_of,
    read_json,
    service_of,
)
from node.identity.permissions import Permission, Principal
from node.items import MAX_JSON_BYTES, build_item, file_name_of, read_json_object

MAX_LINES: Final = 10_000
MAX_BULK_BYTES: Final = 64 * 1024 * 1024
"""6.5 KiB a line on average; contents do not belong into lines."""

ITEM_SCHEMA: Final = {
    "type": "object",
    "required": ["kind"],
    "properties": {
        "kind": {"type": "string"},
        "case": {"type": "string", "description": "The bank's case number."},
        "persons": {"type": "array", "items": {"type": "string"}},
        "fields": {"type": "object"},
        "media_type": {"type": "string"},
        "file_name": {"type": "string"},
        "capture": {"type": "object"},
        "custody": {"type": "array", "items": {"type": "object"}},
        "extraction": {"type": "object"},
        "duplicate_reason": {"type": "string"},
        "request_key": {"type": "string"},
    },
    "additionalProperties": False,
}
PROMISE: Final = {
    "kind": "promise_to_pay",
    "case": "2026-000123",
    "fields": {"amount_fen": 500000, "due": "2026-12-05"},
}

_REPLAYED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": ReceiptAnswer, "description": "Sealed before, under this key."}
}

router = APIRouter(tags=["sealing"])


@router.post(
    "/evidence",
    max_body_size=STREAMED_BYTES,
    status_code=201,
    response_model=ReceiptAnswer,
    responses=_REPLAYED | problems(409, 413),
    openapi_extra={**body("application/json", ITEM_SCHEMA, PROMISE), **SIGNED_IN},
)
def seal(request: Request, data: SmallBody) -> Response:
    """Seal one item; with content as ``application/vnd.lianzheng.item``: a line of JSON, then the bytes."""
    principal = caller(request, Permission.EVIDENCE_SEAL)
    if media_type_of(request) == ITEM:
        receipt = _seal_with_content(request, principal)
    else:
        receipt = _seal_described(request, read_json(data), principal, None)
    # Answered as it is: to validate our own answer again would cost another thread and a third of the time.
    return JSONResponse(
        receipt_answer(receipt),
        status_code=200 if receipt.replayed else 201,
        headers={"Location": f"/v1/evidence/{receipt.leaf_hash.hex()}"},
    )


@router.post(
    "/evidence/bulk",
    max_body_size=MAX_BULK_BYTES,
    response_class=Response,
    responses=content(NDJSON, "One answer a line, in order.") | problems(413),
    openapi_extra={**body(NDJSON, {"type": "string"}, json.dumps(PROMISE) + "\n"), **SIGNED_IN},
)
def seal_bulk(request: Request) -> Response:
    """Seal up to 10,000 items without content, one JSON object a line; a bad one holds up no other."""
    principal = caller(request, Permission.EVIDENCE_SEAL)
    lines = RequestSource(request, limit=MAX_BULK_BYTES).read_all().splitlines()
    if len(lines) > MAX_LINES:
        raise LimitError("bulk-too-many", count=len(lines), limit=MAX_LINES)
    language = language_of(request)
    answers = service_of(request).bulk.seal(lines, principal.actor)
    return Response(b"".join(_line(at, each, language) for at, each in answers), media_type=NDJSON)


def receipt_answer(receipt: Receipt) -> dict[str, object]:
    """Return a receipt as ``ReceiptAnswer`` has it."""
    return {
        "id": receipt.leaf_hash.hex(),
        "sealed_at": receipt.sealed_at,
        "case_number": receipt.case_number,
        "receipt": receipt.leaf.decode(),
        "replayed": receipt.replayed,
    }


def _seal_with_content(request: Request, principal: Principal) -> Receipt:
    limit = service_of(request).node.settings.max_upload_bytes
    source = RequestSource(request, limit=limit)
    line = source.read_line(MAX_JSON_BYTES)
    return _seal_described(request, dict(read_json_object(line, "item")), principal, source)


def _seal_described(
    request: Request,
    described: dict[str, Any],
    principal: Principal,
    source: RequestSource | None,
) -> Receipt:
    service, name = service_of(request), file_name_of(described)
    if source is not None:
        source.name = name
    key = request.headers.get(IDEMPOTENCY)
    if key is not None:
        described.setdefault("request_key", key)
    item = build_item(
        described, source=source, lookups=service.node.lookups, caller=principal.actor
    )
    return service.committer.seal(item, principal.actor)


def _line(at: int, outcome: Receipt | LedgerError, language: str) -> bytes:
    if isinstance(outcome, LedgerError):
        answer: dict[str, object] = {"line": at, "problem": problem(outcome, language)}
    else:
        answer = {"line": at, **receipt_answer(outcome)}
    return json.dumps(answer, ensure_ascii=False).encode() + b"\n"
