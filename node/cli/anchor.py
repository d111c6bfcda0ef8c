"""``lianzheng anchor``: sequence what waits, anchor it, freeze its proof."""

import click

from node.cli.context import Context, as_json, pass_context, print_json
from node.leading import leading
from node.ticking import retry_refused, tick


@click.group()
def anchor() -> None:
    """上链：入列、上链、冻结证明 Anchoring: sequence, anchor, freeze."""


@anchor.command()
@click.option("--retry", is_flag=True, help="重试被拒绝的上链 Plan a refused anchor again")
@as_json
@pass_context
def run(context: Context, *, retry: bool, machine: bool) -> None:
    """执行一轮 Do one round."""
    with context.node() as node, leading(node):
        if retry:
            context.say("retried" if retry_refused(node) else "nothing-to-retry")
        done = tick(node)
    if machine:
        print_json(done.to_json())
        return
    context.facts("tick-title", done.for_people(context.word))
    for code in done.alarms:
        click.secho(f"{context.word('warning')}: {context.word(code)}", fg="yellow", err=True)
