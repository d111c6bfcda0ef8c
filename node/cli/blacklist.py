"""``lianzheng blacklist``: take part, make keys, see how they stand."""

import click

from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.services.evaluating import NUMBERS
from node import blacklist_view
from node.blacklist.founding import (
    DEFAULT_PHASE_SECONDS,
    agree,
    deploy_blacklist,
    open_ceremony,
    take_part,
)
from node.blacklist.probing import probe as try_key
from node.blacklist_view import BlacklistView
from node.cli import (
    blacklist_asking,
    blacklist_audit,
    blacklist_desk,
    blacklist_import,
    blacklist_listing,
    blacklist_monitoring,
    blacklist_screening,
)
from node.cli.blacklist_oversight import check_conviction
from node.cli.blacklist_use import use
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.person import at_the_shell

_NUMBERS = {each.value: number for each, number in NUMBERS.items()}


@click.group()
def blacklist() -> None:
    """共享黑名单：加入、密钥、状态 The shared blacklist: take part, keys, status."""


@blacklist.command()
@click.option(
    "--phase-seconds",
    default=DEFAULT_PHASE_SECONDS,
    show_default=True,
    help="每阶段最长秒数 Longest phase",
)
@as_json
@pass_context
def deploy(context: Context, phase_seconds: int, *, machine: bool) -> None:
    """部署合约并加入 Deploy the contract and take part."""
    with context.node() as node:
        places = deploy_blacklist(node, phase_seconds)
    if machine:
        print_json(places.to_json())
        return
    context.say("blacklist-joined", contract="0x" + places.contract.hex())


@blacklist.command()
@click.argument("contract")
@click.option("--since", default=0, help="合约部署所在区块 Block of its deployment")
@as_json
@pass_context
def join(context: Context, contract: str, since: int, *, machine: bool) -> None:
    """核对合约代码并加入 Compare the contract's code and take part."""
    with context.node() as node:
        places = take_part(node, read_address(contract), since=since)
    if machine:
        print_json(places.to_json())
        return
    context.say("blacklist-joined", contract="0x" + places.contract.hex())


@blacklist.command("agree")
@click.argument("type", type=click.Choice(tuple(_NUMBERS)))
@as_json
@pass_context
def agree_to_key(context: Context, type: str, *, machine: bool) -> None:  # noqa: A002 - the option's name
    """同意更换密钥 Agree to a new key in place of the present one."""
    with context.node() as node:
        key_epoch = agree(node, _NUMBERS[type], at_the_shell().actor)
    context.done("blacklist-agreed", {"key_epoch": key_epoch}, machine=machine)


@blacklist.command()
@click.argument("type", type=click.Choice(tuple(_NUMBERS)))
@as_json
@pass_context
def generate_key(context: Context, type: str, *, machine: bool) -> None:  # noqa: A002 - the option's name
    """发起密钥生成 Open a key generation."""
    with context.node() as node:
        agree(node, _NUMBERS[type], at_the_shell().actor)
        open_ceremony(node, _NUMBERS[type], resharing=False)
    context.done("ceremony-opened", {"identifiers": type}, machine=machine)


@blacklist.command()
@click.argument("type", type=click.Choice(tuple(_NUMBERS)))
@as_json
@pass_context
def refresh_shares(context: Context, type: str, *, machine: bool) -> None:  # noqa: A002 - the option's name
    """发起份额更新 Deal the present key anew."""
    with context.node() as node:
        open_ceremony(node, _NUMBERS[type], resharing=True)
    context.done("ceremony-opened", {"identifiers": type}, machine=machine)


@blacklist.command()
@click.argument("type", type=click.Choice(tuple(_NUMBERS)))
@as_json
@pass_context
def probe(context: Context, type: str, *, machine: bool) -> None:  # noqa: A002 - the option's name
    """以不指向任何人的数值试用密钥 Try a key with an element that hides nobody."""
    with context.node() as node:
        found = try_key(node, IdentifierType(type), at_the_shell().actor)
    if machine:
        print_json(found.to_json())
        return
    context.say(
        "blacklist-probed",
        servers=len(found.servers), single=found.single_ms, batch=found.batch_ms,
    )  # fmt: skip


@blacklist.command()
@as_json
@pass_context
def status(context: Context, *, machine: bool) -> None:
    """查看密钥与密钥仪式 Show keys and ceremonies."""
    with context.node() as node:
        found = blacklist_view.read_blacklist(node)
    if machine:
        print_json(found.to_json())
        return
    _print(context, found)


def read_address(text: str) -> bytes:
    """Read an address of 20 bytes, with or without 0x."""
    try:
        address = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        address = b""
    if len(address) != blacklist_view.ADDRESS_BYTES:
        raise click.BadParameter(text)
    return address


def _print(context: Context, found: BlacklistView) -> None:
    columns = (
        "col-type", "col-epoch", "col-threshold", "col-holders", "col-here", "col-readable-until",
    )  # fmt: skip
    rows = [
        (
            context.word(f"identifier-type-{key.identifiers}"),
            f"{key.key_epoch}.{key.share_epoch}",
            key.threshold,
            ", ".join(map(str, key.holders)),
            context.word(key.why) if key.why else context.word("yes" if key.held_here else "no"),
            key.readable_until,
        )
        for key in found.keys
    ]
    context.table("blacklist-keys", columns, rows)
    ceremonies = [
        (
            each.number,
            context.word(f"identifier-type-{each.identifiers}"),
            context.word(f"ceremony-kind-{each.kind}"),
            context.word(f"ceremony-phase-{each.phase}"),
            f"{len(each.posted)} / {len(each.joined)}",
            "; ".join(each.faults),
        )
        for each in found.ceremonies
    ]
    titles = ("col-number", "col-type", "col-kind", "col-phase", "col-posted", "col-faults")
    context.table("blacklist-ceremonies", titles, ceremonies)
    alarms = [
        (
            context.word(f"identifier-type-{each.identifiers}"),
            context.word(each.code),
            each.found_at,
        )
        for each in found.alarms
    ]
    if alarms:
        context.table("blacklist-alarms", ("col-type", "col-finding", "col-found-at"), alarms)


for _command in (
    blacklist_listing.list_person,
    blacklist_listing.entries,
    blacklist_listing.entry,
    blacklist_listing.correct,
    blacklist_listing.withdraw,
    blacklist_listing.decide,
    blacklist_listing.amend,
    blacklist_listing.corroborate,
    blacklist_asking.query,
    blacklist_asking.hits,
    blacklist_asking.review,
    blacklist_monitoring.monitor,
    blacklist_import.import_list,
    blacklist_screening.screen,
    blacklist_screening.screenings,
    blacklist_screening.cancel_screening,
    check_conviction,
    blacklist_audit.audit,
    use,
    blacklist_desk.desk,
):
    blacklist.add_command(_command)
