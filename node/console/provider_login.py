"""Signing in at the institution's identity provider (OpenID Connect), in the browser."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from ledger.errors import RefusedError
from node.api.requests import SESSION_COOKIE, service_of, source_address
from node.api.sessions import set_session_cookie
from node.console.failures import PageRoute
from node.console.rendering import render
from node.errors import NotAuthenticatedError

FLOW_COOKIE: Final = "lianzheng-oidc"
FLOW_SECONDS: Final = 600

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/oidc/start")
def start(request: Request, *, again: bool = False) -> Response:
    """Send the browser to the provider."""
    node = service_of(request).node
    if node.identity.oidc is None:
        raise RefusedError("route-unknown")
    begun = node.identity.oidc.start(_callback(request), again=again)
    answer = RedirectResponse(begun.url, status_code=303)
    secure = node.settings.public_url.startswith("https:")
    # Lax: the way back from the provider is a navigation that another site began.
    answer.set_cookie(
        FLOW_COOKIE,
        begun.binding,
        max_age=FLOW_SECONDS,
        httponly=True,
        samesite="lax",
        secure=secure,
    )
    return answer


@router.get("/oidc/callback")
def complete(
    request: Request,
    state: Annotated[str, Query(max_length=500)] = "",
    code: Annotated[str, Query(max_length=4096)] = "",
) -> Response:
    """Finish a login; the page leads on by itself, so that the strict session cookie is sent."""
    oidc = service_of(request).node.identity.oidc
    if oidc is None:
        raise RefusedError("route-unknown")
    if not state or not code:
        raise NotAuthenticatedError("oidc-flow")
    signed = oidc.complete(
        state=state,
        code=code,
        binding=request.cookies.get(FLOW_COOKIE, ""),
        source=source_address(request),
        agent=request.headers.get("user-agent", "")[:200],
        previous=request.cookies.get(SESSION_COOKIE),
    )
    answer = render(request, "continue.html")
    answer.delete_cookie(FLOW_COOKIE)
    set_session_cookie(request, answer, signed.token)
    return answer


def _callback(request: Request) -> str:
    return service_of(request).node.settings.public_url.rstrip("/") + "/oidc/callback"
