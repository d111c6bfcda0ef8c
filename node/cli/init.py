"""``lianzheng init``: keys, databases and settings of a new node."""

import click

from node.cli.context import Context, as_json, pass_context, print_json
from node.founding import create_node


@click.command()
@click.option("--name", required=True, help="机构名称 Name of the institution")
@click.option("--origin", required=True, help="日志名 Log origin, e.g. lianzheng.example/bank-a")
@as_json
@pass_context
def init(context: Context, name: str, origin: str, *, machine: bool) -> None:
    """建立节点并打印恢复单 Create a node, print its recovery sheet."""
    created = create_node(context.home, name=name, origin=origin)
    if machine:
        print_json(created.to_json())
        return
    context.facts("init-done", created.for_people())
    context.say("init-sheet")
    click.echo("    " + created.recovery_sheet())
