"""Operators: invitations, roles, closing accounts. Everything here wants a password shown lately."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from ledger.errors import MalformedError
from node.api.requests import SmallBody, service_of
from node.console.asking import Form, form_of, go, recent, visitor
from node.console.failures import PageRoute
from node.console.rendering import render
from node.identity.first_start import link
from node.identity.permissions import Permission, Role

Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
MANAGE = Permission.OPERATORS_MANAGE

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/operators")
def show_all(request: Request) -> Response:
    """List the accounts."""
    visitor(request, MANAGE)
    return _list(request)


@router.post("/operators/invitation")
def invite(request: Request, data: SmallBody) -> Response:
    """Make a link for a new operator, shown once."""
    form = form_of(request, data)
    who = recent(request, MANAGE)
    token = service_of(request).node.identity.invitations.invite(_roles(form), by=who.principal)
    return _list(request, _link(request, token))


@router.get("/operators/{operator_id}")
def show(request: Request, operator_id: Id) -> Response:
    """Show an account and what can be done with it."""
    visitor(request, MANAGE)
    return _one(request, operator_id)


@router.post("/operators/{operator_id}/roles")
def set_roles(request: Request, operator_id: Id, data: SmallBody) -> Response:
    """Give an operator other roles."""
    form = form_of(request, data)
    who = recent(request, MANAGE)
    operators = service_of(request).node.identity.operators
    operators.set_roles(operator_id, _roles(form), by=who.principal)
    return go(f"/operators/{operator_id}", "ui-done-changed")


@router.post("/operators/{operator_id}/state")
def set_state(request: Request, operator_id: Id, data: SmallBody) -> Response:
    """Close an account, or open it again."""
    form = form_of(request, data)
    who = recent(request, MANAGE)
    operators = service_of(request).node.identity.operators
    change = operators.enable if form.get("state") == "enabled" else operators.disable
    change(operator_id, by=who.principal)
    return go(f"/operators/{operator_id}", "ui-done-changed")


@router.post("/operators/{operator_id}/reset")
def reset(request: Request, operator_id: Id, data: SmallBody) -> Response:
    """Make a link for a lost password, shown once."""
    form_of(request, data)
    who = recent(request, MANAGE)
    token = service_of(request).node.identity.invitations.reset(operator_id, by=who.principal)
    return _one(request, operator_id, _link(request, token))


@router.post("/operators/{operator_id}/second-factor")
def remove_factor(request: Request, operator_id: Id, data: SmallBody) -> Response:
    """Turn off the second factor of somebody who lost the device."""
    form_of(request, data)
    who = recent(request, MANAGE)
    service_of(request).node.identity.second_factor.remove(operator_id, by=who.principal)
    return go(f"/operators/{operator_id}", "ui-done-changed")


@router.post("/operators/{operator_id}/sessions")
def end_sessions(request: Request, operator_id: Id, data: SmallBody) -> Response:
    """End all sessions of an operator."""
    form_of(request, data)
    who = recent(request, MANAGE)
    service_of(request).node.identity.sessions.revoke_all(operator_id, by=who.principal)
    return go(f"/operators/{operator_id}", "ui-done-changed")


def _list(request: Request, made: str = "") -> Response:
    operators = service_of(request).node.identity.operators.list()
    return render(request, "operators.html", operators=operators, roles=list(Role), link=made)


def _one(request: Request, operator_id: str, made: str = "") -> Response:
    identity = service_of(request).node.identity
    found = identity.operators.get(operator_id)
    sessions = identity.sessions.of(operator_id)
    return render(
        request,
        "operator.html",
        operator=found,
        sessions=len(sessions),
        roles=list(Role),
        link=made,
    )


def _roles(form: Form) -> Iterable[Role]:
    try:
        return [Role(each) for each in form.all("role")]
    except ValueError as error:
        raise MalformedError("operator-roles") from error


def _link(request: Request, token: str) -> str:
    return link(service_of(request).node.settings.public_url, token)
