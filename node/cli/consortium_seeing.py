"""``consortium status | members``."""

import click

from node.cli.context import Context, as_json, pass_context, print_json
from node.consortium.members import ConsortiumMember, all_members
from node.consortium.overview import Overview, overview


@click.command()
@as_json
@pass_context
def status(context: Context, *, machine: bool) -> None:
    """查看规则、提案与申请 Show rules, proposals, applications."""
    with context.node() as node:
        found = overview(node)
    if machine:
        print_json(found.to_json())
        return
    _print(context, found)


@click.command()
@as_json
@pass_context
def members(context: Context, *, machine: bool) -> None:
    """列出成员及其角色、密钥 List members, roles, keys."""
    with context.node() as node:
        found = all_members(node)
    if machine:
        print_json([each.to_json() for each in found])
        return
    columns = ("col-id", "col-institution", "col-origin", "col-roles", "col-status", "col-endpoint")
    context.table("members-title", columns, [_row(context, each) for each in found])


def _row(context: Context, member: ConsortiumMember) -> tuple[object, ...]:
    return (
        member.member.hex()[:12],
        member.name,
        member.origin,
        ", ".join(context.word(f"role-{each}") for each in member.roles),
        context.word(f"standing-{member.status}"),
        member.endpoint,
    )


def _print(context: Context, found: Overview) -> None:
    own = found.own
    context.facts(
        "consortium",
        {
            "member-standing": context.word(
                "standing-none" if own is None else f"standing-{own.status}"
            ),
            "threshold": f"{found.rules.threshold} / {found.rules.voters}",
            "voting-hours": found.rules.voting_period // 3600,
        },
    )
    columns = ("col-number", "col-change", "col-subject", "col-votes", "col-expires", "col-status")
    rows = [
        (
            each.proposal.number,
            context.word(each.word),
            each.subject,
            f"{each.proposal.votes}: " + "、".join(each.voters),
            each.expires_at,
            context.word(f"proposal-{each.proposal.state}"),
        )
        for each in found.proposals
    ]
    context.table("proposals-title", columns, rows)
    waiting = [
        (
            each.application.identifier,
            each.application.card.name,
            each.application.card.origin,
            ", ".join(context.word(f"role-{role}") for role in each.application.card.roles),
            each.received_at,
        )
        for each in found.applications
    ]
    titles = ("col-id", "col-institution", "col-origin", "col-roles", "col-received")
    context.table("applications-title", titles, waiting)
