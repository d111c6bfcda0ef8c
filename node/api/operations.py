"""Probes and metrics for whoever runs the node, outside ``/v1``."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from ledger.errors import UnavailableError
from node.api.documents import SIGNED_IN, content, problems
from node.api.requests import caller, service_of
from node.identity.permissions import Permission

router = APIRouter(tags=["operations"])


class Health(BaseModel):
    """The process answers."""

    status: str


class Readiness(BaseModel):
    """The node can take evidence in."""

    status: str
    waiting: int
    log_size: int
    anchored_size: int


@router.get("/healthz", response_model=Health)
async def health() -> dict[str, str]:
    """Say that the process answers; no thread is needed, so that busy ones delay nothing."""
    return {"status": "ok"}


@router.get("/readyz", response_model=Readiness, responses=problems())
def ready(request: Request) -> dict[str, object]:
    """Say whether evidence can be taken in: database reachable, log begun, not behind the chain."""
    found = service_of(request).standing.value()
    if not found.founded or found.read_only:
        raise UnavailableError("node-not-ready")
    return {
        "status": "ready",
        "waiting": found.waiting,
        "log_size": found.log_size,
        "anchored_size": found.anchored_size,
    }


@router.get(
    "/metrics",
    response_class=Response,
    responses=content("text/plain", "Prometheus text format.") | problems(),
    openapi_extra=dict(SIGNED_IN),
)
def metrics(request: Request) -> Response:
    """Return counts and times; names nobody."""
    caller(request, Permission.METRICS_READ)
    service = service_of(request)
    found = service.standing.value()
    service.metrics.waiting.set(found.waiting)
    service.metrics.log_size.set(found.log_size)
    service.metrics.anchored_size.set(found.anchored_size)
    return Response(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)
