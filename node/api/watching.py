"""The other members as this one sees them: logs, cosignatures, alarms and their proofs."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel

from node import peer_view
from node.api.documents import SIGNED_IN, content, problems
from node.api.models import Instant
from node.api.requests import caller, service_of
from node.identity.permissions import Permission

Number = Annotated[int, Path(ge=1, le=2**31)]

router = APIRouter(tags=["peers"])


class EarlierAnswer(BaseModel):
    """A closed generation of another member's log, as it was seen last."""

    generation: int
    seen: int
    mirrored: int


class PeerAnswer(BaseModel):
    """Another member."""

    name: str
    origin: str
    endpoint: str
    status: str
    seen: int | None
    seen_at: Instant | None
    mirrored: int
    cosigned: int | None
    convicted: bool
    generation: int
    earlier: list[EarlierAnswer]


class AlarmAnswer(BaseModel):
    """An alarm about another member; ``proof`` is the length of a file that anybody can check."""

    alarm_id: int
    name: str
    code: str
    subject: str
    found_at: Instant
    ended_at: Instant | None
    proof: int | None
    evidence_id: str | None


@router.get(
    "/peers",
    response_model=list[PeerAnswer],
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def list_peers(request: Request) -> Sequence[peer_view.PeerView]:
    """List the other members: how far their logs were seen, and what they cosigned of ours."""
    caller(request, Permission.EVIDENCE_READ)
    return peer_view.read_peers(service_of(request).node)


@router.get(
    "/peers/alarms",
    response_model=list[AlarmAnswer],
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def list_alarms(request: Request) -> Sequence[peer_view.AlarmView]:
    """List alarms about other members, and about this one's keys, newest first."""
    caller(request, Permission.EVIDENCE_READ)
    return peer_view.read_alarms(service_of(request).node)


@router.get(
    "/peers/alarms/{alarm_id}/proof",
    response_class=Response,
    responses=content("application/json", "Proof of misbehaviour.") | problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def read_proof(request: Request, alarm_id: Number) -> Response:
    """Return the proof of an alarm: a file that anybody can check with ``lianzheng peer check``."""
    caller(request, Permission.EVIDENCE_READ)
    data = peer_view.proof_of(service_of(request).node, alarm_id)
    return Response(data, media_type="application/json")
