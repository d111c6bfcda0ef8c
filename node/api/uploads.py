"""Resumable uploads over HTTP: begin, send from an offset, ask for the offset, finish."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import BaseModel

from node.api.documents import SIGNED_IN, body, problems
from node.api.models import ReceiptAnswer
from node.api.requests import (
    STREAMED_BYTES,
    RequestSource,
    SmallBody,
    caller,
    read_json,
    service_of,
)
from node.api.sealing import ITEM_SCHEMA, PROMISE, receipt_answer
from node.identity.permissions import Permission

UploadId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", examples=["ab" * 16])]

router = APIRouter(tags=["uploads"])


class UploadAnswer(BaseModel):
    """How far an upload has come."""

    upload_id: str
    offset: int


@router.post(
    "/uploads",
    status_code=201,
    response_model=UploadAnswer,
    responses=problems(413),
    openapi_extra={**body("application/json", ITEM_SCHEMA, PROMISE), **SIGNED_IN},
)
def begin(request: Request, response: Response, data: SmallBody) -> dict[str, object]:
    """Begin an upload with the description of its item."""
    principal = caller(request, Permission.EVIDENCE_SEAL)
    upload_id = service_of(request).uploads.start(read_json(data), principal.actor)
    response.headers["Location"] = f"/v1/uploads/{upload_id}"
    return {"upload_id": upload_id, "offset": 0}


@router.get(
    "/uploads/{upload_id}",
    response_model=UploadAnswer,
    responses=problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def ask(request: Request, upload_id: UploadId) -> dict[str, object]:
    """Say how many bytes have arrived: where a broken upload goes on."""
    principal = caller(request, Permission.EVIDENCE_SEAL)
    offset = service_of(request).uploads.offset(upload_id, principal.actor)
    return {"upload_id": upload_id, "offset": offset}


@router.patch(
    "/uploads/{upload_id}",
    max_body_size=STREAMED_BYTES,
    response_model=UploadAnswer,
    responses=problems(404, 409),
    openapi_extra={
        **body("application/octet-stream", {"type": "string", "format": "binary"}),
        **SIGNED_IN,
    },
)
def send(
    request: Request, upload_id: UploadId, upload_offset: Annotated[int, Header(ge=0)]
) -> dict[str, object]:
    """Send bytes from ``Upload-Offset`` on; what arrived before a break is kept."""
    principal = caller(request, Permission.EVIDENCE_SEAL)
    uploads = service_of(request).uploads
    source = RequestSource(request, limit=uploads.limit)
    reached = uploads.append(upload_id, principal.actor, source, offset=upload_offset)
    return {"upload_id": upload_id, "offset": reached}


@router.post(
    "/uploads/{upload_id}/finish",
    status_code=201,
    response_model=ReceiptAnswer,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def finish(request: Request, upload_id: UploadId) -> dict[str, object]:
    """Seal what arrived; stored parts are read and hashed again."""
    principal = caller(request, Permission.EVIDENCE_SEAL)
    return receipt_answer(service_of(request).uploads.finish(upload_id, principal.actor))


@router.delete(
    "/uploads/{upload_id}",
    status_code=204,
    responses=problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def cancel(request: Request, upload_id: UploadId) -> Response:
    """Forget an upload."""
    principal = caller(request, Permission.EVIDENCE_SEAL)
    service_of(request).uploads.cancel(upload_id, principal.actor)
    return Response(status_code=204)
