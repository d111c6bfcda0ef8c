"""``lianzheng operator``: the accounts of people."""

import click

from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.person import at_the_shell
from node.identity.first_start import link
from node.identity.people import Operator
from node.identity.permissions import Role

ROLES = click.Choice([role.value for role in Role])


@click.group()
def operator() -> None:
    """操作员：邀请、停用、角色 Operators: invite, disable, roles."""


@operator.command()
@click.option("--role", "roles", multiple=True, type=ROLES, help="角色 Role; may be repeated")
@click.option("--reset", metavar="LOGIN", help="为此人重设密码 A new password for this operator")
@click.option("--url", help="控制台地址 Address of the console  [endpoint]")
@as_json
@pass_context
def invite(
    context: Context,
    roles: tuple[str, ...],
    reset: str | None,
    url: str | None,
    *,
    machine: bool,
) -> None:
    """生成一次性邀请链接 Make a link that is good once."""
    with context.node() as node:
        identity, by = node.identity, at_the_shell()
        if reset is not None:
            person = identity.operators.by_login(reset)
            token = identity.invitations.reset(person.operator_id, by=by)
        else:
            token = identity.invitations.invite([Role(role) for role in roles], by=by)
        address = link(url or node.settings.endpoint, token)
    print_json({"link": address}) if machine else context.say("invited", link=address)


@operator.command("list")
@as_json
@pass_context
def list_(context: Context, *, machine: bool) -> None:
    """列出操作员 List operators."""
    with context.node() as node:
        found = node.identity.operators.list()
    if machine:
        print_json([_to_json(each) for each in found])
        return
    _print(context, found)


@operator.command()
@click.argument("login")
@click.option("--enable", is_flag=True, help="重新启用 Open the account again")
@pass_context
def disable(context: Context, login: str, *, enable: bool) -> None:
    """停用账户并结束其会话 Close an account and end its sessions."""
    with context.node() as node:
        operators = node.identity.operators
        person = operators.by_login(login)
        change = operators.enable if enable else operators.disable
        change(person.operator_id, by=at_the_shell())
    context.say("operator-changed", login=person.login)


@operator.command()
@click.argument("login")
@click.option(
    "--role", "roles", multiple=True, required=True, type=ROLES, help="角色 Role; may be repeated"
)
@pass_context
def roles(context: Context, login: str, roles: tuple[str, ...]) -> None:
    """更改角色 Give other roles."""
    with context.node() as node:
        operators = node.identity.operators
        person = operators.by_login(login)
        operators.set_roles(person.operator_id, [Role(role) for role in roles], by=at_the_shell())
    context.say("operator-changed", login=person.login)


def _status(person: Operator) -> str:
    return "status-active" if person.disabled_at is None else "status-disabled"


def _to_json(person: Operator) -> dict[str, object]:
    return {
        "id": person.operator_id,
        "login": person.login,
        "name": person.name,
        "roles": sorted(person.roles),
        "created_at": person.created_at,
        "disabled_at": person.disabled_at,
        "second_factor": person.has_second_factor,
        "provider": person.subject is not None,
    }


def _print(context: Context, found: list[Operator]) -> None:
    columns = (
        "col-id",
        "col-login",
        "col-name-of-person",
        "col-roles",
        "col-second-factor",
        "col-status",
    )
    rows = [
        (each.operator_id, each.login, each.name, ", ".join(sorted(each.roles)),
         context.word("yes" if each.has_second_factor else "no"), context.word(_status(each)))
        for each in found
    ]  # fmt: skip
    context.table("operators-title", columns, rows)
