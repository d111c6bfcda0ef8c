"""``lianzheng blacklist monitor add|end|list``: customers who are watched while a relationship lasts."""

import click

from blacklist.domain.screening.monitoring import MonitoringPurpose, WatchedPerson
from blacklist.services.monitoring import ITEM_BYTES
from node.blacklist import monitoring
from node.blacklist.entries import make_entries
from node.cli.blacklist_ids import read_id
from node.cli.blacklist_person import GivenIdentifier, of_a_person
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.person import at_the_shell
from node.screening_view import MAX_WATCHED, MonitoredPage, monitored_for
from node.wiring import Node

PURPOSES = click.Choice([each.value for each in MonitoringPurpose])


@click.group()
def monitor() -> None:
    """持续监测客户 Watch customers for new entries."""


@monitor.command()
@of_a_person
@click.option(
    "--authorisation", required=True, help="个人书面授权编号 Number of the person's authorisation"
)
@click.option("--reference", default="", help="本机构客户编号 Your own number of the customer")
@click.option("--purpose", type=PURPOSES, required=True, help="授权的用途 What it was agreed for")
@as_json
@pass_context
def add(
    context: Context, given: GivenIdentifier, authorisation: str, reference: str, purpose: str,
    *, machine: bool,
) -> None:  # fmt: skip
    """开始监测一人 Begin to watch one person; hits wait for a person's review."""
    with context.node() as node:
        entries = make_entries(node)
        entries.follower.refresh()
        person = WatchedPerson(given.read(context, node), authorisation, reference)
        item = monitoring.begin(entries, person, MonitoringPurpose(purpose), at_the_shell())
    if machine:
        print_json({"item": item.hex()})
        return
    context.say("monitor-added", item=item.hex())


@monitor.command()
@click.option("--item", help="监测编号 Id of one watched identifier")
@click.option("--reference", help="客户编号：其全部标识 Customer: all identifiers")
@as_json
@pass_context
def end(context: Context, item: str | None, reference: str | None, *, machine: bool) -> None:
    """关系终止，立即销毁 End watching, and destroy what was kept for it at once."""
    with context.node() as node:
        ended = _end(node, item, reference)
    if machine:
        print_json({"ended": ended})
        return
    context.say("monitor-ended", ended=ended)


@monitor.command("list")
@click.option("--before", help="上一页给出的游标 Cursor that the page before gave")
@click.option(
    "--limit",
    type=click.IntRange(1, MAX_WATCHED),
    default=100,
    show_default=True,
    help="条数 How many",
)
@as_json
@pass_context
def list_monitored(context: Context, before: str | None, limit: int, *, machine: bool) -> None:
    """列出监测，最新在前 List what is watched, newest first, with your numbers of the customers."""
    with context.node() as node:
        page = monitored_for(node, at_the_shell(), before=before, limit=limit)
    if machine:
        print_json({"items": [each.to_json() for each in page.items], "before": page.before})
        return
    _print(context, page)


def _end(node: Node, item: str | None, reference: str | None) -> int:
    if (item is None) == (reference is None):
        raise click.UsageError("--item 或 --reference。 --item or --reference.")
    entries, by = make_entries(node), at_the_shell()
    if item is None:
        return monitoring.end_relationship(entries, reference or "", by)
    monitoring.end(entries, read_id(item, ITEM_BYTES), by)
    return 1


def _print(context: Context, page: MonitoredPage) -> None:
    columns = (
        "col-item",
        "col-type",
        "col-purpose",
        "col-reference",
        "col-since",
        "col-started-by",
    )
    rows = [
        (
            each.item, context.word(f"identifier-type-{each.identifiers}"),
            context.word(f"watch-{each.purpose}"), each.reference or "", each.since, each.started_by,
        )
        for each in page.items
    ]  # fmt: skip
    context.table("monitored", columns, rows)
    if page.before is not None:
        context.say("trail-more", before=page.before)
