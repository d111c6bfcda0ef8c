"""``lianzheng blacklist use``: each member's use of its budgets at this node, and the years to enumerate."""

import click

from node.blacklist.use import UseView, read_use
from node.cli.context import Context, as_json, pass_context, print_json


@click.command()
@as_json
@pass_context
def use(context: Context, *, machine: bool) -> None:
    """查看各成员用量与余额、遍历所需年数 Show each member's use, what is left, and the years to enumerate."""
    with context.node() as node:
        found = read_use(node)
    if machine:
        print_json(found.to_json())
        return
    _print(context, found)


def _print(context: Context, found: UseView) -> None:
    columns = ("col-caller", "col-type", "col-purpose", "col-evaluated", "col-limit", "col-left")
    budgets = [
        (
            each.name,
            context.word(f"identifier-type-{each.identifiers}"),
            context.word(f"purpose-{each.purpose}"),
            each.used,
            each.limit,
            each.left,
        )
        for each in found.budgets
    ]
    context.say("use-period", period=found.period)
    if found.restored:
        context.say("use-restored")
    context.table("use-budgets", columns, budgets)
    meter = [
        (
            context.word(f"identifier-type-{each.identifiers}"),
            each.colluding,
            each.evaluations,
            each.years,
        )
        for each in found.meter
    ]
    titles = ("col-type", "col-colluding", "col-evaluations-a-year", "col-years")
    context.table("use-meter", titles, meter)
