"""One's own account over the API: password, second factor, sessions. A program's token changes none of it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from node.api.documents import SIGNED_IN, problems
from node.api.models import Instant
from node.api.requests import SESSION_COOKIE, caller, service_of, source_address
from node.errors import NotPermittedError
from node.identity.lockout import source_name
from node.identity.people import Session
from node.identity.permissions import Permission, Principal
from node.identity.second_factor import Enrolment

Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]

router = APIRouter(tags=["account"])


class PasswordRequest(BaseModel):
    """The present password and the new one."""

    model_config = {"extra": "forbid"}

    current: str = Field(min_length=1, max_length=1024)
    new: str = Field(min_length=1, max_length=1024)


class EnrolmentAnswer(BaseModel):
    """What goes into an authenticator; it counts once a code of it was confirmed."""

    secret: str = Field(description="Base32; shown once.")
    uri: str = Field(description="otpauth://… for a QR code.")


class CodeRequest(BaseModel):
    """A code of the authenticator."""

    model_config = {"extra": "forbid"}

    code: str = Field(min_length=1, max_length=32)


class RecoveryAnswer(BaseModel):
    """Codes for a lost device; shown once, and each works once."""

    recovery_codes: list[str]


class SessionListed(BaseModel):
    """A signed-in browser or program; the id opens nothing."""

    session_id: str
    operator_id: str
    created_at: Instant
    seen_at: Instant
    verified_at: Instant = Field(description="When a password or code was shown last.")
    source: str
    agent: str


@router.post(
    "/account/password",
    status_code=204,
    responses=problems(409, 429),
    openapi_extra=dict(SIGNED_IN),
)
def change_password(request: Request, asked: PasswordRequest) -> Response:
    """Change one's own password; all sessions end, this one too."""
    principal, service = person(request), service_of(request)
    service.limiter.count("sign-in", source_name(source_address(request)))
    operators = service.node.identity.operators
    operators.change_password(principal.operator_id, current=asked.current, new=asked.new)
    answer = Response(status_code=204)
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


@router.post(
    "/account/second-factor",
    status_code=201,
    response_model=EnrolmentAnswer,
    responses=problems(404, 409),
    openapi_extra=dict(SIGNED_IN),
)
def begin(request: Request) -> Enrolment:
    """Make a secret for an authenticator."""
    principal = person(request, recent=True)
    return service_of(request).node.identity.second_factor.begin(principal.operator_id)


@router.post(
    "/account/second-factor/confirm",
    response_model=RecoveryAnswer,
    responses=problems(409, 429),
    openapi_extra=dict(SIGNED_IN),
)
def confirm(request: Request, asked: CodeRequest) -> dict[str, object]:
    """Turn the second factor on with a code of it; the answer is shown once."""
    principal, service = person(request, recent=True), service_of(request)
    service.limiter.count("sign-in", source_name(source_address(request)))
    factor = service.node.identity.second_factor
    codes = factor.confirm(principal.operator_id, asked.code.replace(" ", ""))
    return {"recovery_codes": list(codes)}


@router.delete(
    "/account/second-factor",
    status_code=204,
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def remove(request: Request) -> Response:
    """Turn one's own second factor off."""
    principal = person(request, recent=True)
    service_of(request).node.identity.second_factor.remove(principal.operator_id, by=principal)
    return Response(status_code=204)


@router.get(
    "/sessions",
    response_model=list[SessionListed],
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def list_sessions(request: Request) -> Sequence[Session]:
    """List one's own sessions; an administrator sees everybody's."""
    principal = caller(request, None)
    everybody = Permission.OPERATORS_MANAGE in principal.permissions
    sessions = service_of(request).node.identity.sessions
    return sessions.of(None if everybody else principal.operator_id)


@router.delete(
    "/sessions/{session_id}",
    status_code=204,
    responses=problems(404),
    openapi_extra=dict(SIGNED_IN),
)
def end_session(request: Request, session_id: Id) -> Response:
    """End a session, one's own or, for administrators, anybody's."""
    principal = caller(request, None)
    service_of(request).node.identity.sessions.revoke(session_id, by=principal)
    return Response(status_code=204)


def person(request: Request, *, recent: bool = False) -> Principal:
    """Return who asks, when it is somebody who signed in.

    Raises:
        NotAuthenticatedError: nobody who is known, or who has to show a password again.
        NotPermittedError: a program: a token that leaked must not take the account over.
    """
    principal = caller(request, None, recent=recent)
    if principal.via == "token":
        raise NotPermittedError("session-needed")
    return principal
