"""Watching customers, for programs: the end of a whole relationship.

A customer's number is personal data: it travels in the body, never in an address.
"""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from node.api.documents import SIGNED_IN, problems
from node.api.requests import caller, service_of
from node.blacklist import monitoring
from node.identity.permissions import Permission

router = APIRouter(tags=["blacklist"])


class RelationshipRequest(BaseModel):
    """Whose relationship has ended."""

    model_config = {"extra": "forbid"}

    reference: str = Field(min_length=1, max_length=200, description="Your number of the customer.")


class EndedAnswer(BaseModel):
    """How many identifiers are not watched any more."""

    ended: int


@router.post(
    "/blacklist/monitoring/end",
    response_model=EndedAnswer,
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def end_relationship(request: Request, asked: RelationshipRequest) -> dict[str, int]:
    """End watching all identifiers of a customer, and destroy what was kept for it at once."""
    principal = caller(request, Permission.BLACKLIST_QUERY)
    entries = service_of(request).blacklist.entries
    return {"ended": monitoring.end_relationship(entries, asked.reference, principal)}
