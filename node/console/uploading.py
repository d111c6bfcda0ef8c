"""The upload page; the browser sends contents straight to the API, where they are encrypted as they arrive.

Small ones go to ``/v1/evidence`` at once; larger ones to ``/v1/uploads`` in parts, so that a broken upload
goes on where it stopped, also after the page was closed. The browser remembers unfinished ones under a
digest.
"""

from typing import Final

from fastapi import APIRouter, Request, Response

from ledger.evidence.kinds import KINDS, SEALED_BY_THE_NODE
from node.api.requests import ITEM, service_of
from node.console.asking import visitor
from node.console.failures import PageRoute
from node.console.rendering import render
from node.identity.permissions import Permission

IN_PARTS: Final = 4 * 1024 * 1024
"""Bytes above which a content goes in parts: below, sending it again costs less than the extra requests."""

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
        parts=IN_PARTS,
    )
