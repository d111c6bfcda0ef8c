"""The consortium: members, proposals with their votes, applications; governing wants a recent password."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response

from ledger.chain.changes import Change
from ledger.chain.governing import Decided
from ledger.errors import LedgerError, MalformedError
from node.api.requests import SmallBody, service_of
from node.console.asking import Form, Visitor, form_of, go, recent, visitor
from node.console.failures import PageRoute
from node.console.rendering import render
from node.consortium.applications import find_application
from node.consortium.deciding import Voice
from node.consortium.members import find_member
from node.consortium.overview import Overview, overview
from node.identity.permissions import Permission
from node.wiring import Node

GOVERN: Final = Permission.CONSORTIUM_GOVERN
ADMIT: Final = "admit"
ABOUT_MEMBERS: Final = ("suspend-member", "reinstate-member")
Number = Annotated[int, Path(ge=1, le=2**62)]

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/consortium")
def show(request: Request) -> Response:
    """Show members, proposals and applications."""
    visitor(request, Permission.EVIDENCE_READ)
    found, failed = _overview(service_of(request).node)
    return render(request, "consortium.html", found=found, failed=failed)


@router.post("/consortium/proposals")
def propose(request: Request, data: SmallBody) -> Response:
    """Open a proposal: to suspend or reinstate a member, or to admit an applicant."""
    form = form_of(request, data)
    voice = _voice(request, recent(request, GOVERN))
    return _answer(voice.propose(_change(voice.node, form)))


@router.post("/consortium/proposals/{number}/vote")
def vote(request: Request, number: Number, data: SmallBody) -> Response:
    """Vote for a proposal."""
    form_of(request, data)
    return _answer(_voice(request, recent(request, GOVERN)).vote(number))


@router.post("/consortium/proposals/{number}/withdrawal")
def withdraw(request: Request, number: Number, data: SmallBody) -> Response:
    """Take the vote back."""
    form_of(request, data)
    _voice(request, recent(request, GOVERN)).withdraw_vote(number)
    return go("/consortium", "ui-done-withdrawn")


@router.post("/consortium/proposals/{number}/execution")
def execute(request: Request, number: Number, data: SmallBody) -> Response:
    """Carry out a proposal that has enough votes by now."""
    form_of(request, data)
    return _answer(_voice(request, recent(request, GOVERN)).execute(number))


def _overview(node: Node) -> tuple[Overview | None, LedgerError | None]:
    """Return what there is to see, or why there is nothing: a chain that is silent is no broken page."""
    try:
        return overview(node), None
    except LedgerError as error:
        return None, error


def _voice(request: Request, who: Visitor) -> Voice:
    return Voice(service_of(request).node, who.principal.actor)


def _change(node: Node, form: Form) -> Change:
    kind, subject = form.get("kind"), form.get("subject")
    if kind == ADMIT:
        return find_application(node, subject).application.change()
    if kind not in ABOUT_MEMBERS:
        raise MalformedError("change-form", member="kind")
    return Change(kind, {"member": find_member(node, subject).member.hex()})


def _answer(decided: Decided) -> Response:
    return go("/consortium", "ui-done-carried-out" if decided.executed else "ui-done-voted")
