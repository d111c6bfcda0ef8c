"""The other members as this one sees them: their logs, their cosignatures, the alarms and their proofs."""

from typing import Final

from fastapi import APIRouter, Request, Response

from node import peer_view
from node.api.requests import service_of
from node.console.asking import visitor
from node.console.failures import PageRoute
from node.console.rendering import render
from node.identity.permissions import Permission

MAX_DIGITS: Final = 9

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/peers")
def show(request: Request) -> Response:
    """Show members and alarms; without the chain only what was seen before."""
    visitor(request, Permission.EVIDENCE_READ)
    node = service_of(request).node
    peers, alarms = peer_view.read_peers(node), peer_view.read_alarms(node)
    return render(request, "peers.html", peers=peers, alarms=alarms)


@router.get("/peers/alarms/{number}/proof")
def proof(request: Request, number: str) -> Response:
    """Hand out the proof of an alarm: a file that anybody can check."""
    visitor(request, Permission.EVIDENCE_READ)
    # Longer ones no database has.
    which = int(number) if number.isdecimal() and len(number) <= MAX_DIGITS else 0
    data = peer_view.proof_of(service_of(request).node, which)
    headers = {"Content-Disposition": f"attachment; filename=misbehaviour-{which}.json"}
    return Response(data, media_type="application/json", headers=headers)
