"""What takes four eyes: asked for, decided, carried out."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response

from ledger.evidence.instants import format_instant
from node.api.requests import SmallBody, service_of
from node.console.asking import form_of, go, recent, visitor
from node.console.failures import PageRoute
from node.console.rendering import render
from node.identity.people import Release
from node.identity.permissions import Permission, Principal
from node.release_kinds import (
    ERASURE,
    KEY_CHANGE,
    KEY_CHANGES,
    LEAVE,
    ROTATE_ANCHOR,
    ROTATE_EVIDENCE,
    ROTATE_LOG,
    ROTATE_MASTER,
    RULE_CHANGE,
    RULES,
    WRAP_MASTER,
)
from node.service import Service

Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
CHANGES: Final = (
    *((KEY_CHANGE, subject) for subject in KEY_CHANGES),
    *((RULE_CHANGE, subject) for subject in RULES),
)
"""What an administrator can ask for here."""
COMMANDS: Final = {
    (KEY_CHANGE, ROTATE_MASTER): "lianzheng key rotate-master --release",
    (KEY_CHANGE, WRAP_MASTER): "lianzheng key wrap --release",
    (KEY_CHANGE, ROTATE_EVIDENCE): "lianzheng consortium rotate-key evidence --release",
    (KEY_CHANGE, ROTATE_LOG): "lianzheng consortium rotate-key log --release",
    (KEY_CHANGE, ROTATE_ANCHOR): "lianzheng consortium rotate-key anchor --release",
    (KEY_CHANGE, LEAVE): "lianzheng consortium leave --release",
}
"""What carries it out at the node's own shell."""

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/releases")
def show_all(request: Request) -> Response:
    """List requests, newest first."""
    visitor(request, Permission.EVIDENCE_READ)
    service = service_of(request)
    found = service.releases.list(limit=200)
    return render(
        request, "releases.html", releases=found, names=names_of(service), changes=CHANGES
    )


@router.post("/releases")
def ask(request: Request, data: SmallBody) -> Response:
    """Ask for a change of keys or rules: another person decides."""
    form = form_of(request, data)
    who = visitor(request, Permission.CHANGE_REQUEST)
    kind, _, subject = form.get("change").partition(" ")
    made = service_of(request).releases.request(
        who.principal, kind=kind, subject=subject, reason=form.get("reason")
    )
    return go(f"/releases/{made.release_id}", "ui-done-asked")


@router.get("/releases/{release_id}")
def show(request: Request, release_id: Id) -> Response:
    """Show a request, and what this person can do about it."""
    who = visitor(request, Permission.EVIDENCE_READ)
    service = service_of(request)
    found = service.releases.get(release_id)
    over = found.expires_at <= format_instant(service.node.clock.now())
    return render(
        request,
        "release.html",
        release=found,
        names=names_of(service),
        over=over and found.state in {"open", "approved"},
        about_evidence=found.kind == ERASURE,
        command=COMMANDS.get((found.kind, found.subject)),
        decides=not over and _may_decide(found, who.principal),
        executes=not over and _may_execute(service, found, who.principal),
    )


@router.post("/releases/{release_id}/decision")
def decide(request: Request, release_id: Id, data: SmallBody) -> Response:
    """Approve or refuse what somebody else asked for."""
    form = form_of(request, data)
    who = recent(request, Permission.RELEASE_DECIDE)
    approve = form.get("decision") == "approve"
    service_of(request).releases.decide(
        release_id, who.principal, approve=approve, reason=form.get("reason")
    )
    done = "ui-done-approved" if approve else "ui-done-refused"
    return go(f"/releases/{release_id}", done)


@router.post("/releases/{release_id}/execution")
def execute(request: Request, release_id: Id, data: SmallBody) -> Response:
    """Carry out what was approved, once."""
    form_of(request, data)
    who = recent(request)
    service_of(request).releases.execute(release_id, who.principal)
    return go(f"/releases/{release_id}", "ui-done-executed")


def names_of(service: Service) -> Mapping[str, str]:
    """Return the names of operators by id: colleagues know each other."""
    return {each.operator_id: each.name for each in service.node.identity.operators.list()}


def _may_decide(release: Release, principal: Principal) -> bool:
    allowed = Permission.RELEASE_DECIDE in principal.permissions
    return allowed and release.state == "open" and release.requested_by != principal.operator_id


def _may_execute(service: Service, release: Release, principal: Principal) -> bool:
    kind = service.releases.kinds.get(release.kind)
    if kind is None or kind.execute is None or release.state != "approved":
        return False
    return kind.permission in principal.permissions
