"""What takes four eyes: asked for, decided by another person, carried out once."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from node.api.documents import SIGNED_IN, problems
from node.api.models import (
    AskedRelease,
    DecisionRequest,
    HexId,
    ReasonRequest,
    ReleaseAnswer,
)
from node.api.requests import caller, service_of
from node.identity.people import Release
from node.identity.permissions import Permission
from node.release_kinds import ERASURE

Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]

router = APIRouter(tags=["releases"])


@router.post(
    "/evidence/{evidence_id}/erasure",
    status_code=202,
    response_model=ReleaseAnswer,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def request_erasure(request: Request, evidence_id: HexId, asked: ReasonRequest) -> Release:
    """Ask for an erasure: another person decides, and only then is it carried out."""
    principal = caller(request, Permission.ERASURE_REQUEST)
    return service_of(request).releases.request(
        principal, kind=ERASURE, subject=evidence_id, reason=asked.reason
    )


@router.post(
    "/releases",
    status_code=202,
    response_model=ReleaseAnswer,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def ask(request: Request, asked: AskedRelease) -> Release:
    """Ask for what takes two persons; the kind says which permission that needs."""
    principal = caller(request, None)
    return service_of(request).releases.request(
        principal, kind=asked.kind, subject=asked.subject, reason=asked.reason
    )


@router.get(
    "/releases",
    response_model=list[ReleaseAnswer],
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def list_releases(
    request: Request, limit: Annotated[int, Query(ge=1, le=200)] = 100
) -> list[Release]:
    """List what takes two persons, newest first."""
    caller(request, Permission.EVIDENCE_READ)
    return list(service_of(request).releases.list(limit=limit))


@router.post(
    "/releases/{release_id}/decision",
    response_model=ReleaseAnswer,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def decide(request: Request, release_id: Id, asked: DecisionRequest) -> Release:
    """Approve or refuse what somebody else asked for."""
    principal = caller(request, Permission.RELEASE_DECIDE, recent=True)
    releases = service_of(request).releases
    return releases.decide(release_id, principal, approve=asked.approve, reason=asked.reason)


@router.post(
    "/releases/{release_id}/execution",
    response_model=ReleaseAnswer,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def execute(request: Request, release_id: Id) -> Release:
    """Carry out what was approved, once; key changes are carried out at the node's own shell."""
    principal = caller(request, None, recent=True)
    return service_of(request).releases.execute(release_id, principal)
