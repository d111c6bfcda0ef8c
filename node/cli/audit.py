"""``lianzheng audit``: the trail of who did and saw what."""

import sys

import click

from node.audit.trail import MAX_PAGE, TrailPage, TrailQuery
from node.cli.context import Context, as_json, pass_context, print_json
from node.leading import leading


@click.group()
def audit() -> None:
    """审计：谁做了什么、看了什么 The trail of who did and saw what."""


@audit.command("list")
@click.option("--actor", help="操作者 Of one actor")
@click.option(
    "--action", help="操作，以 . 结尾为一类 Of one action; a family when it ends with a dot"
)
@click.option("--subject", help="对象 About one thing")
@click.option("--since", help="起始时间 From this instant, ISO 8601 UTC")
@click.option("--until", help="截止时间 Before this instant")
@click.option("--before", type=int, help="此序号之前 Before this number")
@click.option(
    "--limit",
    type=click.IntRange(1, MAX_PAGE),
    default=50,
    show_default=True,
    help="条数 How many",
)
@as_json
@pass_context
def list_(context: Context, /, *, machine: bool, **query: str | int | None) -> None:
    """列出审计记录，最新在前 List entries, newest first."""
    with context.node() as node:
        page = node.trail.page(TrailQuery(**query))  # type: ignore[arg-type]  # click's values
    if machine:
        entries = [each.to_json() for each in page.entries]
        print_json({"entries": entries, "before": page.before})
        return
    _print(context, page)


@audit.command()
@as_json
@pass_context
def check(context: Context, *, machine: bool) -> None:
    """核验审计链与已存证区间 Check the chain and the sealed ranges."""
    with context.node() as node:
        report = node.audit_checker.check()
    if machine:
        print_json(report.to_json())
    else:
        numbers = (report.entries, report.sealed, report.anchored)
        names = ("trail-entries", "trail-sealed", "trail-anchored")
        context.facts("trail-checked", dict(zip(names, numbers, strict=True)))
        rows = [(each.seq, context.word(each.code)) for each in report.problems]
        if rows:
            context.table("trail-checked", ("col-place-number", "col-problem"), rows)
        context.say("audit-problems" if rows else "audit-sound", count=len(rows))
    sys.exit(14 if report.problems else 0)


@audit.command()
@as_json
@pass_context
def seal(context: Context, *, machine: bool) -> None:
    """将新的审计记录存证 Seal new entries into the evidence log."""
    with context.node() as node, leading(node):
        done = node.audit_sealer.seal()
    if done is None or done.leaf_hash is None:
        print_json(None) if machine else context.say("trail-nothing")
        return
    first, last, leaf = done.first_seq, done.last_seq, done.leaf_hash.hex()
    if machine:
        print_json({"first": first, "last": last, "id": leaf})
        return
    context.say("trail-range", first=first, last=last, id=leaf[:16])


def _print(context: Context, page: TrailPage) -> None:
    columns = (
        "col-place-number",
        "col-at",
        "col-actor",
        "col-action",
        "col-subject",
        "col-outcome",
    )
    rows = [
        (each.seq, each.at, each.entry.actor, each.entry.action, each.entry.subject,
         context.word(f"status-{each.entry.outcome}"))
        for each in page.entries
    ]  # fmt: skip
    context.table("trail-title", columns, rows)
    if page.before is not None:
        context.say("trail-more", before=page.before)
