"""Operators, their sessions and tokens, and the audit trail."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from node.api.documents import SIGNED_IN, problems
from node.api.models import Cursor, Instant, Visible
from node.api.paging import read_cursor, write_cursor
from node.api.requests import caller, service_of
from node.audit.trail import TrailQuery
from node.identity.first_start import link as invitation_link
from node.identity.people import ApiToken, Operator
from node.identity.permissions import Permission, Role

Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]

router = APIRouter(tags=["people"])


class OperatorAnswer(BaseModel):
    """An account."""

    operator_id: str
    login: str
    name: str
    roles: list[Role]
    created_at: Instant
    disabled_at: Instant | None
    has_second_factor: bool


class TokenAnswer(BaseModel):
    """An API token; its secret is never shown again."""

    token_id: str
    operator_id: str
    label: str
    scopes: list[Permission]
    created_at: Instant
    expires_at: Instant
    last_used_at: Instant | None
    revoked_at: Instant | None


class NewTokenAnswer(TokenAnswer):
    """A token just made: copy ``token`` now."""

    token: str


class TokenRequest(BaseModel):
    """What a token may do, and how long."""

    model_config = {"extra": "forbid"}

    label: str = Field(min_length=1, max_length=100)
    scopes: list[Permission] = Field(min_length=1)
    days: int = Field(ge=1, le=365)


class InvitationRequest(BaseModel):
    """Roles of the operator to be."""

    model_config = {"extra": "forbid"}

    roles: list[Role] = Field(min_length=1)


class InvitationAnswer(BaseModel):
    """A link that works once, for a day; hand it over by a channel of your own."""

    link: str


class RolesRequest(InvitationRequest):
    """New roles of an operator."""


class AuditEntryAnswer(BaseModel):
    """Who did or saw what, when."""

    seq: int
    at: Instant
    actor: str
    action: str
    subject: str | None
    details: dict[str, str | int | bool]
    outcome: str
    hash: str


class AuditPage(BaseModel):
    """Entries, newest first."""

    entries: list[AuditEntryAnswer]
    next: str | None


@router.get(
    "/operators",
    response_model=list[OperatorAnswer],
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def list_operators(request: Request) -> Sequence[Operator]:
    """List the accounts."""
    caller(request, Permission.OPERATORS_MANAGE)
    return service_of(request).node.identity.operators.list()


@router.post(
    "/operators/invitations",
    status_code=201,
    response_model=InvitationAnswer,
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def invite(request: Request, asked: InvitationRequest) -> dict[str, str]:
    """Make a link with which a person makes an account."""
    principal = caller(request, Permission.OPERATORS_MANAGE, recent=True)
    node = service_of(request).node
    token = node.identity.invitations.invite(asked.roles, by=principal)
    return {"link": invitation_link(node.settings.public_url, token)}


@router.put(
    "/operators/{operator_id}/roles",
    status_code=204,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def set_roles(request: Request, operator_id: Id, asked: RolesRequest) -> Response:
    """Give an operator other roles."""
    principal = caller(request, Permission.OPERATORS_MANAGE, recent=True)
    operators = service_of(request).node.identity.operators
    operators.set_roles(operator_id, asked.roles, by=principal)
    return Response(status_code=204)


@router.post(
    "/operators/{operator_id}/disable",
    status_code=204,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def disable(request: Request, operator_id: Id) -> Response:
    """Close an account; its sessions and tokens end with it."""
    principal = caller(request, Permission.OPERATORS_MANAGE, recent=True)
    service_of(request).node.identity.operators.disable(operator_id, by=principal)
    return Response(status_code=204)


@router.post(
    "/operators/{operator_id}/enable",
    status_code=204,
    responses=problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def enable(request: Request, operator_id: Id) -> Response:
    """Open a closed account again."""
    principal = caller(request, Permission.OPERATORS_MANAGE, recent=True)
    service_of(request).node.identity.operators.enable(operator_id, by=principal)
    return Response(status_code=204)


@router.post(
    "/operators/{operator_id}/reset",
    status_code=201,
    response_model=InvitationAnswer,
    responses=problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def reset(request: Request, operator_id: Id) -> dict[str, str]:
    """Make a link with which somebody who lost the password chooses a new one."""
    principal = caller(request, Permission.OPERATORS_MANAGE, recent=True)
    node = service_of(request).node
    token = node.identity.invitations.reset(operator_id, by=principal)
    return {"link": invitation_link(node.settings.public_url, token)}


@router.delete(
    "/operators/{operator_id}/second-factor",
    status_code=204,
    responses=problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def remove_factor(request: Request, operator_id: Id) -> Response:
    """Turn off the second factor of somebody who lost the device."""
    principal = caller(request, Permission.OPERATORS_MANAGE, recent=True)
    service_of(request).node.identity.second_factor.remove(operator_id, by=principal)
    return Response(status_code=204)


@router.get(
    "/tokens",
    response_model=list[TokenAnswer],
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def list_tokens(request: Request) -> Sequence[ApiToken]:
    """List one's own tokens; an administrator sees everybody's."""
    principal = caller(request, None)
    everybody = Permission.OPERATORS_MANAGE in principal.permissions
    tokens = service_of(request).node.identity.tokens
    return tokens.list(None if everybody else principal.operator_id)


@router.post(
    "/tokens",
    status_code=201,
    response_model=NewTokenAnswer,
    responses=problems(413),
    openapi_extra=dict(SIGNED_IN),
)
def make_token(request: Request, asked: TokenRequest) -> dict[str, object]:
    """Make a token for oneself; a token cannot make tokens."""
    principal = caller(request, None, recent=True)
    made = service_of(request).node.identity.tokens.create(
        principal, label=asked.label, scopes=asked.scopes, days=asked.days
    )
    shown = {name: getattr(made.token, name) for name in TokenAnswer.model_fields}
    return {**shown, "token": made.text}


@router.delete(
    "/tokens/{token_id}",
    status_code=204,
    responses=problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def revoke_token(request: Request, token_id: Id) -> Response:
    """Revoke a token."""
    principal = caller(request, None)
    service_of(request).node.identity.tokens.revoke(token_id, by=principal)
    return Response(status_code=204)


@router.get(
    "/audit",
    response_model=AuditPage,
    responses=problems(413),
    openapi_extra=dict(SIGNED_IN),
)
def audit(
    request: Request,
    actor: Annotated[str | None, Query(pattern=Visible)] = None,
    action: Annotated[str | None, Query(pattern=Visible)] = None,
    subject: Annotated[str | None, Query(pattern=Visible)] = None,
    cursor: Cursor | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, object]:
    """Read the audit trail, newest first."""
    caller(request, Permission.AUDIT_READ)
    page = service_of(request).node.trail.page(
        TrailQuery(
            actor=actor, action=action, subject=subject, before=read_cursor(cursor), limit=limit
        )
    )
    entries = [
        {
            "seq": each.seq,
            "at": each.at,
            "actor": each.entry.actor,
            "action": each.entry.action,
            "subject": each.entry.subject,
            "details": dict(each.entry.details),
            "outcome": each.entry.outcome,
            "hash": each.hash.hex(),
        }
        for each in page.entries
    ]
    return {"entries": entries, "next": write_cursor(page.before)}
