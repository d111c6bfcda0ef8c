"""``lianzheng token``: API tokens of programs."""

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from ledger.evidence.instants import format_instant
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.person import at_the_shell
from node.identity.people import ApiToken
from node.identity.permissions import Permission
from node.identity.tokens import MAX_DAYS

SCOPES = click.Choice([permission.value for permission in Permission])


@click.group()
def token() -> None:
    """API 令牌：创建、列出、吊销 API tokens: make, list, revoke."""


@token.command()
@click.option("--operator", "login", required=True, help="所属操作员 Login of its owner")
@click.option("--label", required=True, help="用途 What it is for")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=SCOPES,
    help="权限 Scope; may be repeated",
)
@click.option(
    "--days",
    type=click.IntRange(1, MAX_DAYS),
    default=90,
    show_default=True,
    help="有效天数 Days until it expires",
)
@as_json
@pass_context
def create(
    context: Context, login: str, label: str, scopes: tuple[str, ...], days: int, *, machine: bool
) -> None:
    """创建令牌，仅显示一次 Make a token, shown once."""
    with context.node() as node:
        owner = node.identity.operators.by_login(login)
        wanted = [Permission(scope) for scope in scopes]
        made = node.identity.tokens.create(
            at_the_shell(), label=label, scopes=wanted, days=days, owner=owner
        )
    if machine:
        print_json({**_to_json(made.token), "token": made.text})
        return
    context.say("token-made", text=made.text)


@token.command("list")
@as_json
@pass_context
def list_(context: Context, *, machine: bool) -> None:
    """列出令牌 List tokens."""
    with context.node() as node:
        found = node.identity.tokens.list()
        logins = {each.operator_id: each.login for each in node.identity.operators.list()}
    if machine:
        print_json([_to_json(each) for each in found])
        return
    _print(context, found, logins)


@token.command()
@click.argument("identifier", metavar="ID")
@pass_context
def revoke(context: Context, identifier: str) -> None:
    """吊销令牌 Revoke a token."""
    with context.node() as node:
        node.identity.tokens.revoke(identifier, by=at_the_shell())
    context.say("token-gone")


def _status(found: ApiToken) -> str:
    if found.revoked_at is not None:
        return "status-revoked"
    over = found.expires_at <= format_instant(datetime.now(tz=UTC))
    return "status-expired" if over else "status-active"


def _to_json(found: ApiToken) -> dict[str, object]:
    return {
        "id": found.token_id,
        "operator": found.operator_id,
        "label": found.label,
        "scopes": sorted(found.scopes),
        "created_at": found.created_at,
        "expires_at": found.expires_at,
        "last_used_at": found.last_used_at,
        "revoked_at": found.revoked_at,
    }


def _print(context: Context, found: Sequence[ApiToken], logins: dict[str, str]) -> None:
    columns = (
        "col-id",
        "col-login",
        "col-label",
        "col-scopes",
        "col-expires",
        "col-used",
        "col-status",
    )
    rows = [
        (each.token_id, logins.get(each.operator_id), each.label, ", ".join(sorted(each.scopes)),
         each.expires_at, each.last_used_at, context.word(_status(each)))
        for each in found
    ]  # fmt: skip
    context.table("tokens-title", columns, rows)
