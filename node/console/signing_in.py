"""Signing in and out, showing one's password again, and the language."""

from http import HTTPStatus
from typing import Annotated, Literal, TypedDict

from fastapi import APIRouter, Query, Request, Response

from ledger.errors import LedgerError
from node.api.languages import COOKIE as LANGUAGE_COOKIE
from node.api.problems import status_of
from node.api.requests import SESSION_COOKIE, SmallBody, service_of, source_address
from node.api.sessions import set_session_cookie
from node.console.asking import Form, form_of, go, local_path, visitor
from node.console.failures import PageRoute
from node.console.rendering import render
from node.errors import NotAuthenticatedError, TooManyRequestsError
from node.identity.lockout import source_name
from node.identity.login import SignedIn
from node.identity.pending import VALID, SecondFactorNeededError

YEAR_SECONDS = 365 * 24 * 3600
OVER = frozenset({"sign-in-over", "login-failed"})
"""The sign-in begins anew."""
PENDING_COOKIE = "lianzheng-pending"
Next = Annotated[str, Query(alias="next", max_length=500)]


class Client(TypedDict):
    """Who asks, as the login wants to know it."""

    source: str
    agent: str
    previous: str | None


router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/login")
def ask(request: Request, following: Next = "/") -> Response:
    """Show the login."""
    return _login_page(request, following=local_path(following))


@router.post("/login")
def sign_in(request: Request, data: SmallBody) -> Response:
    """Sign in; ask for the one-time code when there is a second factor."""
    form, service = form_of(request, data), service_of(request)
    following = local_path(form.get("next"))
    try:
        service.limiter.count("sign-in", source_name(source_address(request)))
        signed = service.node.identity.login.sign_in(
            form.get("login"), form.raw("password"), code=None, **_client(request)
        )
    except SecondFactorNeededError as error:
        return _code_page(request, following=following, pending=error.pending)
    except (NotAuthenticatedError, TooManyRequestsError) as error:
        return _login_page(request, following=following, form=form, error=error)
    return _arrived(request, following, signed)


@router.post("/login/code")
def finish(request: Request, data: SmallBody) -> Response:
    """Go on with the one-time code; the browser holds what stands for the password."""
    form, service = form_of(request, data), service_of(request)
    following, pending = local_path(form.get("next")), request.cookies.get(PENDING_COOKIE, "")
    try:
        service.limiter.count("sign-in", source_name(source_address(request)))
        signed = service.node.identity.login.finish(
            pending, code=form.get("code"), **_client(request)
        )
    except (NotAuthenticatedError, TooManyRequestsError) as error:
        if error.code in OVER:
            return _login_page(request, following=following, error=error)
        return _code_page(request, following=following, error=error)
    return _arrived(request, following, signed)


@router.post("/logout")
def sign_out(request: Request, data: SmallBody) -> Response:
    """End the session."""
    form_of(request, data)
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie is not None:
        service_of(request).node.identity.login.sign_out(cookie)
    answer = go("/login", "ui-done-logout")
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


@router.get("/step-up")
def ask_again(request: Request, following: Next = "/") -> Response:
    """Ask somebody who signed in for the password again."""
    visitor(request)
    return _step_up_page(request, following=local_path(following))


@router.post("/step-up")
def step_up(request: Request, data: SmallBody) -> Response:
    """Verify the person again; the session gets a new token."""
    who, form = visitor(request), form_of(request, data)
    following = local_path(form.get("next"))
    try:
        signed = service_of(request).node.identity.login.step_up(
            who.token,
            password=form.raw("password"),
            code=form.get("code") or None,
            source=source_address(request),
        )
    except (NotAuthenticatedError, TooManyRequestsError) as error:
        return _step_up_page(request, following=following, error=error)
    answer = go(following)
    set_session_cookie(request, answer, signed.token)
    return answer


@router.get("/language/{language}")
def choose(request: Request, language: Literal["zh", "en"], following: Next = "/") -> Response:
    """Remember the language of this browser."""
    answer = go(local_path(following))
    secure = service_of(request).node.settings.public_url.startswith("https:")
    answer.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=YEAR_SECONDS,
        samesite="lax",
        secure=secure,
        httponly=True,
    )
    return answer


def _login_page(
    request: Request, *, following: str, form: Form | None = None, error: LedgerError | None = None
) -> Response:
    return render(
        request,
        "login.html",
        status=HTTPStatus.OK if error is None else status_of(error),
        error=error,
        next=following,
        login="" if form is None else form.get("login"),
        oidc=bool(service_of(request).node.settings.oidc_issuer),
    )


def _code_page(
    request: Request, *, following: str, pending: str = "", error: LedgerError | None = None
) -> Response:
    status = HTTPStatus.OK if error is None else status_of(error)
    answer = render(request, "login_code.html", status=status, error=error, next=following)
    if pending:
        answer.set_cookie(
            PENDING_COOKIE,
            pending,
            max_age=int(VALID.total_seconds()),
            path="/login",
            httponly=True,
            samesite="strict",
            secure=service_of(request).node.settings.public_url.startswith("https:"),
        )
    return answer


def _arrived(request: Request, following: str, signed: SignedIn) -> Response:
    answer = go(following)
    answer.delete_cookie(PENDING_COOKIE, path="/login")
    set_session_cookie(request, answer, signed.token)
    return answer


def _client(request: Request) -> Client:
    return {
        "source": source_address(request),
        "agent": request.headers.get("user-agent", "")[:200],
        "previous": request.cookies.get(SESSION_COOKIE),
    }


def _step_up_page(
    request: Request, *, following: str, error: LedgerError | None = None
) -> Response:
    identity = service_of(request).node.identity
    operator = identity.operators.get(visitor(request).principal.operator_id)
    return render(
        request,
        "step_up.html",
        status=HTTPStatus.OK if error is None else status_of(error),
        error=error,
        next=following,
        wants_code=operator.has_second_factor,
        local=operator.has_password,
        oidc=operator.subject is not None,
    )
