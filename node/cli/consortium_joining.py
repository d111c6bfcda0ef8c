"""``consortium join``: as a founder with the founding file, or as an applicant at a member's node."""

from pathlib import Path
from time import monotonic, sleep

import click

from node.cli.consortium_founding import FILE, read_file, role_option
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.person import record
from node.consortium import joining
from node.consortium.description import Description
from node.consortium.entering import Entered, enter_as_configured
from node.consortium.founding import enter_as_founder
from node.consortium.founding_file import read_founding_file
from node.wiring import Node

POLL_SECONDS = 2.0


@click.command()
@click.argument("file", type=FILE, required=False)
@click.option("--contact", help="任一成员节点的地址 Address of a member's node")
@role_option
@click.option(
    "--wait",
    type=click.FloatRange(0),
    default=0.0,
    help="等待接纳的秒数 Seconds to wait",
)
@click.option("--yes", is_flag=True, help="不再询问 Ask nothing")
@as_json
@pass_context
def join(
    context: Context,
    file: Path | None,
    contact: str | None,
    roles: tuple[str, ...],
    wait: float,
    *,
    yes: bool,
    machine: bool,
) -> None:
    """加入联盟：创始成员给出创始文件，申请者给出 --contact Join: founders by FILE, others by --contact."""
    if file is not None and contact is not None:
        raise click.UsageError(context.word("join-usage"))
    with context.node() as node:
        if file is not None:
            entered = enter_as_founder(node, read_founding_file(read_file(file)))
            _entered(context, node, entered, machine=machine)
        elif contact is None:
            _entered(context, node, enter_as_configured(node), machine=machine)
        else:
            found = joining.look(node, contact)
            _apply(context, node, contact, found, roles, asks=not (yes or machine), machine=machine)
            if _admitted(node, found, wait):
                _entered(context, node, joining.enter_as_newcomer(node, found), machine=machine)


def _apply(
    context: Context,
    node: Node,
    contact: str,
    found: Description,
    roles: tuple[str, ...],
    *,
    asks: bool,
    machine: bool,
) -> None:
    """Show the consortium and apply, unless this institution was admitted already."""
    if joining.is_admitted(node, found):
        return
    if not machine:
        print_description(context, found)
    if asks:
        click.confirm(context.word("join-ask"), abort=True, err=True)
    application = joining.apply(node, contact, found, roles)
    record(node, "consortium.apply", application.identifier, {"contact": contact[:200]})
    if machine:
        print_json({"applied": application.identifier, "admitted": False})
    else:
        context.say("join-applied", id=application.identifier)


def _admitted(node: Node, found: Description, wait: float) -> bool:
    deadline = monotonic() + wait
    while not joining.is_admitted(node, found):
        if monotonic() >= deadline:
            return False
        sleep(POLL_SECONDS)
    return True


def _entered(context: Context, node: Node, entered: Entered, *, machine: bool) -> None:
    record(node, "consortium.enter", entered.places.registry.hex())
    if machine:
        print_json({"admitted": True, **entered.to_json()})
        return
    context.facts(
        "join-done",
        {
            "registry": "0x" + entered.places.registry.hex(),
            "anchor-contract": "0x" + entered.places.anchor.hex(),
            "generation": entered.generation,
        },
    )


def print_description(context: Context, found: Description) -> None:
    """Print a consortium for people."""
    context.facts(
        "consortium",
        {
            "chain-id-shown": found.chain.chain_id,
            "chain-kind": found.chain.kind,
            "registry": "0x" + found.places.registry.hex(),
            "anchor-contract": "0x" + found.places.anchor.hex(),
            "threshold": f"{found.threshold} / {found.voters}",
        },
    )
    rows = [
        (each.name, each.origin, ", ".join(each.roles), context.word(f"standing-{each.status}"))
        for each in found.members
    ]
    context.table(
        "members-title", ("col-institution", "col-origin", "col-roles", "col-status"), rows
    )
