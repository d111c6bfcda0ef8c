"""``lianzheng release``: what cannot be taken back, decided by a second person."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import get_args

import click

from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.person import signed_in
from node.identity.people import Release, ReleaseState

STATES = click.Choice(list(get_args(ReleaseState)))


def _decision(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command what every decision needs: the release, who decides, and why."""
    for option in (
        click.option("--reason", required=True, help="理由（勿含个人信息） Why, no personal data"),
        click.option("--login", required=True, help="审批人登录名 Login of the one who decides"),
        click.argument("identifier", metavar="ID"),
    ):
        command = option(command)
    return command


@click.group()
def release() -> None:
    """放行：四眼原则审批 Releases by four eyes: list, approve, refuse."""


@release.command("list")
@click.option("--state", type=STATES, help="状态 Of one state")
@as_json
@pass_context
def list_(context: Context, state: ReleaseState | None, *, machine: bool) -> None:
    """列出放行申请 List requests, newest first."""
    with context.node() as node:
        found = node.identity.releases.list(state)
    if machine:
        print_json([asdict(each) for each in found])
        return
    _print(context, found)


@release.command()
@_decision
@as_json
@pass_context
def approve(context: Context, identifier: str, login: str, reason: str, *, machine: bool) -> None:
    """批准（须由另一人登录） Approve; another person signs in for it."""
    _decide(context, identifier, login, reason, approve=True, machine=machine)


@release.command()
@_decision
@as_json
@pass_context
def refuse(context: Context, identifier: str, login: str, reason: str, *, machine: bool) -> None:
    """拒绝 Refuse."""
    _decide(context, identifier, login, reason, approve=False, machine=machine)


def _decide(
    context: Context, identifier: str, login: str, reason: str, *, approve: bool, machine: bool
) -> None:
    with context.node() as node:
        by = signed_in(context, node.identity, login)
        done = node.identity.releases.decide(identifier, by, approve=approve, reason=reason)
    if machine:
        print_json(asdict(done))
        return
    context.say("release-decided", id=done.release_id, state=context.word(f"status-{done.state}"))


def _print(context: Context, found: Sequence[Release]) -> None:
    columns = (
        "col-id",
        "col-kind",
        "col-subject",
        "col-reason",
        "col-actor",
        "col-expires",
        "col-status",
    )
    rows = [
        (each.release_id, each.kind, each.subject, each.reason, each.requested_by,
         each.expires_at, context.word(f"status-{each.state}"))
        for each in found
    ]  # fmt: skip
    context.table("releases-title", columns, rows)
