"""Links that are good once: accepting an invitation, and choosing a new password."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from ledger.errors import LedgerError, MalformedError, RefusedError
from node.api.problems import status_of
from node.api.requests import SmallBody, service_of, source_address
from node.console.account_pages import OFFER
from node.console.asking import Form, form_of, go
from node.console.failures import PageRoute
from node.console.rendering import render
from node.identity.first_start import Invitation
from node.identity.lockout import source_name

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/invitation/{token}")
def show(request: Request, token: str) -> Response:
    """Show what a link offers."""
    service = service_of(request)
    service.limiter.count("sign-in", source_name(source_address(request)))
    return _page(request, token, service.node.identity.invitations.look(token))


@router.post("/invitation/{token}")
def accept(request: Request, token: str, data: SmallBody) -> Response:
    """Use a link up."""
    form, service = form_of(request, data), service_of(request)
    service.limiter.count("sign-in", source_name(source_address(request)))
    offered = service.node.identity.invitations.look(token)
    try:
        _accept(request, token, offered, form)
    except (MalformedError, RefusedError) as error:
        return _page(request, token, offered, form, error)
    # Whoever is new is offered a second factor first, and may leave it for later.
    following = "/login" if offered.kind == "reset" else f"/login?next={OFFER}"
    return go(following, "ui-done-joined")


def _accept(request: Request, token: str, offered: Invitation, form: Form) -> None:
    invitations, password = service_of(request).node.identity.invitations, form.raw("password")
    if offered.kind == "reset":
        invitations.accept_reset(token, password=password)
    else:
        name, login = form.get("name"), form.get("login")
        invitations.accept(token, name=name, login=login, password=password)


def _page(
    request: Request,
    token: str,
    offered: Invitation,
    form: Form | None = None,
    error: LedgerError | None = None,
) -> Response:
    return render(
        request,
        "invitation.html",
        status=HTTPStatus.OK if error is None else status_of(error),
        token=token,
        offered=offered,
        error=error,
        name="" if form is None else form.get("name"),
        login="" if form is None else form.get("login"),
    )
