"""The consortium for strangers and for other members' nodes: what it is, and who wants to be let in.

Open without login: an applicant has none, and every document proves itself. Both are counted by address.
"""

from typing import Any

from fastapi import APIRouter, Request

from node.api.documents import body, problems
from node.api.requests import SmallBody, service_of, source_address
from node.consortium import applications
from node.consortium.application import MAX_BYTES
from node.consortium.description import describe
from node.identity.lockout import source_name

SHOWN: dict[str, Any] = {"type": "object"}

router = APIRouter(tags=["consortium"])


@router.get("/consortium", responses=problems(429))
def show(request: Request) -> dict[str, Any]:
    """Describe the consortium: chain, contracts, rules, members. An applicant checks all of it on chain."""
    service = service_of(request)
    service.limiter.count("consortium", source_name(source_address(request)))
    return describe(service.node).to_json()


@router.get("/consortium/applications", responses=problems(429))
def list_applications(request: Request) -> dict[str, Any]:
    """List who applied, with the documents, so that other members' nodes can check and keep them."""
    service = service_of(request)
    service.limiter.count("consortium", source_name(source_address(request)))
    found = applications.pending(service.node)
    return {
        "applications": [
            {**each.to_json(), "document": each.application.to_json()} for each in found
        ]
    }


@router.post(
    "/consortium/applications",
    status_code=201,
    max_body_size=MAX_BYTES,
    responses=problems(409, 413, 429),
    openapi_extra=body("application/json", SHOWN),
)
def apply(request: Request, data: SmallBody) -> dict[str, Any]:
    """Take an application: its signature and its proofs of possession are checked; members vote on it."""
    service = service_of(request)
    service.limiter.count("application", source_name(source_address(request)))
    return applications.receive(service.node, data).to_json()
