"""``consortium rotate-key | leave``: what takes two persons in production."""

import click

from ledger.errors import RefusedError
from ledger.evidence.possession import PURPOSES
from node.cli.consortium_voting import act_in_registry
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.person import at_the_shell
from node.cli.releasing import release_option, released
from node.consortium.rotation import KeyChange, rotate, switch
from node.leading import leading
from node.release_kinds import KEY_CHANGE, LEAVE
from node.settings import load_settings
from node.wiring import Node


@click.command("rotate-key")
@click.argument("purpose", type=click.Choice(PURPOSES))
@release_option
@as_json
@pass_context
def rotate_key(context: Context, purpose: str, release: str | None, *, machine: bool) -> None:
    """更换密钥：生成、提案、表决后切换；可重复运行 Change a key: make, propose, switch; may be repeated."""
    with (
        context.node() as node,
        released(node.settings, release, kind=KEY_CHANGE, subject=f"rotate-{purpose}"),
    ):
        found = _rotated(node, purpose)
    if machine:
        print_json(found.to_json())
    else:
        context.say(f"rotation-{found.state}", purpose=purpose, proposal=found.proposal)


def _rotated(node: Node, purpose: str) -> KeyChange:
    found = rotate(node, purpose, actor=at_the_shell().actor)
    if found.state != "admitted":
        return found
    try:
        with leading(node):
            done = switch(node)
    except RefusedError as error:
        if error.code != "already-running":
            raise
        return found  # the worker does it in its next round
    return KeyChange(purpose, found.key, "switched", None) if purpose in done else found


@click.command()
@click.option("--yes", is_flag=True, help="不再询问 Ask nothing")
@release_option
@as_json
@pass_context
def leave(context: Context, release: str | None, *, yes: bool, machine: bool) -> None:
    """退出联盟，不可撤回；已有证据仍可核验 Leave for ever; old evidence stays verifiable."""
    if not yes:
        click.confirm(context.word("leave-ask"), abort=True, err=True)
    with released(load_settings(context.home), release, kind=KEY_CHANGE, subject=LEAVE):
        act_in_registry(context, lambda _, voice: voice.resign(), machine=machine)
