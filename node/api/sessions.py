"""Signing in and out, and accepting an invitation, for programs; people use the console's pages."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from node.api.documents import SIGNED_IN, problems
from node.api.requests import SESSION_COOKIE, caller, service_of, source_address
from node.identity.lockout import source_name
from node.identity.permissions import Permission, Principal, Role
from node.identity.sessions import csrf_token

router = APIRouter(tags=["sessions"])


class AcceptRequest(BaseModel):
    """What makes an account out of an invitation."""

    model_config = {"extra": "forbid"}

    invitation: str = Field(min_length=1, max_length=200, description="Last part of the link.")
    name: str = Field(min_length=1, max_length=100)
    login: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=1024)


class SignInRequest(BaseModel):
    """A person's login."""

    model_config = {"extra": "forbid"}

    login: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=1024)
    code: str | None = Field(None, max_length=32, description="One-time or recovery code.")


class PrincipalAnswer(BaseModel):
    """Who asks."""

    operator_id: str
    name: str
    roles: list[Role]
    permissions: list[Permission]


class SessionAnswer(PrincipalAnswer):
    """A session that has begun; its token is in the cookie."""

    csrf: str = Field(description="To be sent as X-CSRF-Token with whatever changes something.")


@router.post(
    "/invitations",
    status_code=201,
    response_model=PrincipalAnswer,
    responses=problems(404, 409, 429),
)
def accept(request: Request, asked: AcceptRequest) -> dict[str, object]:
    """Make an account; the invitation works once."""
    service = service_of(request)
    service.limiter.count("sign-in", source_name(source_address(request)))
    made = service.node.identity.invitations.accept(
        asked.invitation, name=asked.name, login=asked.login, password=asked.password
    )
    return {
        "operator_id": made.operator_id,
        "name": made.name,
        "roles": sorted(made.roles),
        "permissions": [],
    }


@router.post("/session", status_code=201, response_model=SessionAnswer, responses=problems(429))
def sign_in(request: Request, response: Response, asked: SignInRequest) -> dict[str, object]:
    """Sign in; failures slow the next attempt down."""
    service = service_of(request)
    service.limiter.count("sign-in", source_name(source_address(request)))
    signed = service.node.identity.login.sign_in(
        asked.login,
        asked.password,
        code=asked.code,
        source=source_address(request),
        agent=request.headers.get("user-agent", "")[:200],
        previous=request.cookies.get(SESSION_COOKIE),
    )
    set_session_cookie(request, response, signed.token)
    return {**_principal(signed.principal), "csrf": signed.csrf}


@router.get(
    "/session",
    response_model=SessionAnswer,
    responses=problems(),
    openapi_extra=dict(SIGNED_IN),
)
def show(request: Request) -> dict[str, object]:
    """Say who asks, and what they may."""
    principal = caller(request, None)
    cookie = request.cookies.get(SESSION_COOKIE)
    return {**_principal(principal), "csrf": csrf_token(cookie) if cookie else ""}


@router.delete("/session", status_code=204, responses=problems(), openapi_extra=dict(SIGNED_IN))
def sign_out(request: Request) -> Response:
    """End the session."""
    caller(request, None)
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie is not None:
        service_of(request).node.identity.login.sign_out(cookie)
    answer = Response(status_code=204)
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


def set_session_cookie(request: Request, response: Response, token: str) -> None:
    """Hand a session's token to the browser, out of reach of scripts and of other sites."""
    response.set_cookie(
        SESSION_COOKIE,
        token,
        path="/",
        httponly=True,
        samesite="strict",
        secure=service_of(request).node.settings.public_url.startswith("https:"),
    )


def _principal(principal: Principal) -> dict[str, object]:
    return {
        "operator_id": principal.operator_id,
        "name": principal.name,
        "roles": sorted(principal.roles),
        "permissions": sorted(principal.permissions),
    }
