"""One's own account: password, second factor, sessions; and API tokens."""

from typing import Annotated, Any, Final

import segno
from fastapi import APIRouter, Path, Request, Response

from ledger.errors import LedgerError, MalformedError
from node.api.problems import status_of
from node.api.requests import SESSION_COOKIE, SmallBody, service_of
from node.console.asking import Form, form_of, go, recent, visitor
from node.console.failures import PageRoute
from node.console.release_pages import names_of
from node.console.rendering import render
from node.errors import NotAuthenticatedError
from node.identity.permissions import Permission
from node.identity.tokens import MAX_DAYS

Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
OFFER: Final = "/account/second-factor"

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/account")
def show(request: Request) -> Response:
    """Show one's own account."""
    return _account(request)


@router.post("/account/password")
def change_password(request: Request, data: SmallBody) -> Response:
    """Change one's own password; all sessions end, this one too."""
    form, who = form_of(request, data), visitor(request)
    try:
        service_of(request).node.identity.operators.change_password(
            who.principal.operator_id, current=form.raw("current"), new=form.raw("new")
        )
    except LedgerError as error:
        return _account(request, error=error)
    answer = go("/login", "ui-done-password")
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


@router.get(OFFER)
def offer(request: Request) -> Response:
    """Offer a second factor to somebody who has just joined."""
    who, identity = visitor(request), service_of(request).node.identity
    if identity.operators.get(who.principal.operator_id).has_second_factor:
        return go("/account")
    return render(request, "second_factor_offer.html")


@router.post(OFFER)
def begin(request: Request, data: SmallBody) -> Response:
    """Make a secret and show it once, as a QR code and as text."""
    form_of(request, data)
    who = recent(request)
    begun = service_of(request).node.identity.second_factor.begin(who.principal.operator_id)
    code = segno.make(begun.uri, micro=False).svg_inline(scale=4, border=2)
    return render(request, "second_factor.html", code=code, secret=begun.secret, error=None)


@router.post("/account/second-factor/confirm")
def confirm(request: Request, data: SmallBody) -> Response:
    """Turn the second factor on and show the recovery codes, once."""
    form = form_of(request, data)
    who = recent(request)
    factor = service_of(request).node.identity.second_factor
    try:
        codes = factor.confirm(who.principal.operator_id, form.get("code").replace(" ", ""))
    except NotAuthenticatedError as error:
        return render(request, "second_factor.html", status=400, code="", secret="", error=error)
    return render(request, "recovery_codes.html", codes=codes)


@router.post("/account/second-factor/remove")
def remove(request: Request, data: SmallBody) -> Response:
    """Turn one's own second factor off."""
    form_of(request, data)
    who = recent(request)
    factor = service_of(request).node.identity.second_factor
    factor.remove(who.principal.operator_id, by=who.principal)
    return go("/account", "ui-done-changed")


@router.post("/account/sessions/{session_id}")
def end_session(request: Request, session_id: Id, data: SmallBody) -> Response:
    """End one of one's own sessions."""
    form_of(request, data)
    who = visitor(request)
    service_of(request).node.identity.sessions.revoke(session_id, by=who.principal)
    return go("/account", "ui-done-session")


@router.get("/tokens")
def show_tokens(request: Request) -> Response:
    """List one's own tokens; an administrator sees everybody's."""
    return _tokens(request)


@router.post("/tokens")
def make_token(request: Request, data: SmallBody) -> Response:
    """Make a token for oneself, shown once."""
    form = form_of(request, data)
    who = recent(request)
    made = service_of(request).node.identity.tokens.create(
        who.principal, label=form.get("label"), scopes=_scopes(form), days=_days(form)
    )
    return _tokens(request, made.text)


@router.post("/tokens/{token_id}/revocation")
def revoke(request: Request, token_id: Id, data: SmallBody) -> Response:
    """Revoke a token."""
    form_of(request, data)
    who = visitor(request)
    service_of(request).node.identity.tokens.revoke(token_id, by=who.principal)
    return go("/tokens", "ui-done-token")


def _account(request: Request, error: LedgerError | None = None) -> Response:
    who, identity = visitor(request), service_of(request).node.identity
    context: dict[str, Any] = {
        "operator": identity.operators.get(who.principal.operator_id),
        "sessions": identity.sessions.of(who.principal.operator_id),
        "error": error,
    }
    status = 200 if error is None else status_of(error).value
    return render(request, "account.html", status=status, **context)


def _tokens(request: Request, made: str = "") -> Response:
    who, service = visitor(request), service_of(request)
    everybody = Permission.OPERATORS_MANAGE in who.principal.permissions
    found = service.node.identity.tokens.list(None if everybody else who.principal.operator_id)
    return render(
        request,
        "tokens.html",
        tokens=found,
        names=names_of(service),
        scopes=sorted(who.principal.permissions),
        longest=MAX_DAYS,
        made=made,
        now=service.node.clock.now(),
    )


def _scopes(form: Form) -> list[Permission]:
    try:
        return [Permission(each) for each in form.all("scope")]
    except ValueError as error:
        raise MalformedError("token-form") from error


def _days(form: Form) -> int:
    text = form.get("days")
    if not (text.isascii() and text.isdigit() and len(text) <= len("9999")):
        raise MalformedError("request-invalid", where="days", why="not a number")
    return int(text)
