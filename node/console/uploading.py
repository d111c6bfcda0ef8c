"""The upload page; the browser sends contents straight to ``/v1/evidence``, encrypted as they arrive."""

from fastapi import APIRouter, Request, Response

from ledger.evidence.kinds import KINDS, SEALED_BY_THE_NODE
from node.api.requests import ITEM, service_of
from node.console.asking import visitor
from node.console.failures import PageRoute
from node.console.rendering import render
from node.identity.permissions import Permission

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/upload")
def show(request: Request) -> Response:
    """Show the form that takes recordings and documents."""
    visitor(request, Permission.EVIDENCE_SEAL)
    return render(
        request,
        "upload.html",
        kinds=[kind for kind in KINDS if kind not in SEALED_BY_THE_NODE],
        limit=service_of(request).node.settings.max_upload_bytes,
        media_type=ITEM,
    )
