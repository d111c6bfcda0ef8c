"""``lianzheng blacklist audit``: draws, an auditor's run, what it found."""

import click

from blacklist.domain.auditing.opening import SampleFinding
from node import blacklist_audit_view
from node.blacklist.auditing import open_draw, run_audit
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.person import at_the_shell


@click.group()
def audit() -> None:
    """黑名单查询的抽查 Audits of what was asked."""


@audit.command("draw")
@pass_context
def open_a_draw(context: Context) -> None:
    """立即发起抽签 Open a draw now."""
    with context.node() as node:
        open_draw(node, at_the_shell().actor)
    context.say("draw-opened")


@audit.command()
@as_json
@pass_context
def draws(context: Context, *, machine: bool) -> None:
    """查看抽签 Show the draws."""
    with context.node() as node:
        found = blacklist_audit_view.read_draws(node)
    if machine:
        print_json([each.to_json() for each in found])
        return
    columns = ("col-draw", "col-commit-by", "col-reveal-by", "col-committed", "col-phase")
    rows = [
        (each.draw, each.commit_by, each.reveal_by, f"{each.committed} / {each.revealed}",
         context.word(f"draw-{each.state}"))
        for each in found
    ]  # fmt: skip
    context.table("audit-draws", columns, rows)


@audit.command("run")
@click.option("--draw", type=int, help="抽签编号，缺省为最近一次 Number of the draw; else the last")
@as_json
@pass_context
def run(context: Context, draw: int | None, *, machine: bool) -> None:
    """以审计方身份抽查各成员 Examine every member, as an auditor."""
    with context.node() as node:
        done = run_audit(node, draw, at_the_shell().actor)
    bad = sum(1 for each in done.findings if each.finding != SampleFinding.IN_ORDER)
    told = {
        "draw": done.draw, "samples": len(done.findings), "violations": bad,
        "unreachable": len(done.unreachable),
    }  # fmt: skip
    if machine:
        print_json(told)
        return
    context.say("audit-done", **told)


@audit.command()
@click.option("--draw", type=int, help="抽签编号 Number of the draw")
@as_json
@pass_context
def findings(context: Context, draw: int | None, *, machine: bool) -> None:
    """查看审计结果 Show what was found."""
    with context.node() as node:
        found = blacklist_audit_view.read_findings(node, draw)
    if machine:
        print_json([each.to_json() for each in found])
        return
    columns = ("col-draw", "peer-member", "col-server", "col-request", "col-place", "col-finding")
    rows = [
        (each.draw, each.member, each.server, each.request, each.place,
         context.word(f"finding-{each.finding}"))
        for each in found
    ]  # fmt: skip
    context.table("draw-findings", columns, rows)
