"""The blacklist for programs: how its keys stand, asking about a person, and what people make of a hit.

Nothing here waits for the chain: the worker follows it, and what it read last counts.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.querying import Person
from node import blacklist_view, entry_view
from node.api.blacklist_models import (
    BlacklistAnswer,
    HitId,
    HitListing,
    IdentifierRequest,
    QueryAnswer,
    QueryRequest,
    ReviewRequest,
    SealedAnswer,
)
from node.api.documents import SIGNED_IN, problems
from node.api.models import Cursor
from node.api.requests import caller, question_name, service_of
from node.blacklist import asking, reviewing
from node.blacklist.naming import TypedIdentifier
from node.blacklist_view import BlacklistView
from node.entry_view import MAX_HITS
from node.identity.permissions import Permission

router = APIRouter(tags=["blacklist"])


@router.get(
    "/blacklist",
    response_model=BlacklistAnswer,
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def status(request: Request) -> BlacklistView:
    """Return keys and ceremonies."""
    caller(request, Permission.BLACKLIST_READ)
    service = service_of(request)
    return blacklist_view.read_blacklist(service.node, service.blacklist.entries.follower.state())


@router.post(
    "/blacklist/query",
    response_model=QueryAnswer,
    responses=problems(409),
    openapi_extra=dict(SIGNED_IN),
)
def query(request: Request, asked: QueryRequest) -> dict[str, object]:
    """Ask about one person. A hit is no decision: it waits for a person's review."""
    principal = caller(request, Permission.BLACKLIST_QUERY)
    entries = service_of(request).blacklist.entries
    identifiers = tuple(typed(each).read(entries.node.clock.now()) for each in asked.identifiers)
    person = Person(identifiers, asked.authorisation, asked.reference)
    name = question_name(request, principal, asked)
    kept = asking.ask_about(entries, person, Purpose(asked.purpose), principal, name=name)
    return {"found": [entry_view.found_view(each).to_json() for each in kept]}


@router.get(
    "/blacklist/hits",
    response_model=HitListing,
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def list_hits(
    request: Request,
    *,
    reviewed: Annotated[bool, Query(description="Those that were reviewed too.")] = False,
    cursor: Cursor | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_HITS)] = 100,
) -> dict[str, object]:
    """List hits, newest first. Whoever may read content sees whom they are about, which is recorded."""
    principal = caller(request, Permission.BLACKLIST_QUERY)
    node = service_of(request).node
    page = entry_view.hits_for(node, principal, unreviewed=not reviewed, before=cursor, limit=limit)
    return {"items": page.items, "next": page.before}


@router.post(
    "/blacklist/hits/{hit_id}/review",
    response_model=SealedAnswer,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def review(request: Request, hit_id: HitId, asked: ReviewRequest) -> dict[str, str]:
    """Record what a person found about a hit; the record is sealed as evidence."""
    principal = caller(request, Permission.BLACKLIST_QUERY)
    node = service_of(request).node
    leaf = reviewing.review(node, bytes.fromhex(hit_id), asked.outcome, asked.note, principal)
    return {"evidence_id": leaf.hex()}


def typed(given: IdentifierRequest) -> TypedIdentifier:
    """Return an identifier as somebody gave it."""
    return TypedIdentifier(given.type, given.identifier, given.issuer)
