"""``consortium card | init | sign | found``: from cards to contracts."""

import json
from datetime import timedelta
from pathlib import Path

import click

from ledger.chain.deploy import VOTING_PERIOD_SECONDS
from ledger.chain.registry import ROLES
from ledger.errors import ConfigurationError
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.person import record
from node.consortium import founding
from node.consortium.card import read_card
from node.consortium.founding_file import FoundingFile, read_founding_file

FILE = click.Path(path_type=Path, dir_okay=False)
ADDRESS_BYTES = 20
HOURS = VOTING_PERIOD_SECONDS // 3600
role_option = click.option(
    "--role", "roles", multiple=True, type=click.Choice(ROLES), default=("member",),
    help="角色 Role; may be repeated  [member]",
)  # fmt: skip


def read_file(path: Path) -> bytes:
    """Return the bytes of a document.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError("package-unreadable", file=path, why=error.strerror) from error


@click.command()
@click.option("--out", type=FILE, required=True, help="名片文件 Where to write the card")
@role_option
@as_json
@pass_context
def card(context: Context, out: Path, roles: tuple[str, ...], *, machine: bool) -> None:
    """制作并签署本机构名片 Make this institution's signed card."""
    with context.node() as node:
        made = founding.make_card(node, roles)
    write_document(out, _pretty(made.to_json()))
    if machine:
        print_json(made.to_json())
    else:
        context.say("card-made", file=out)


@click.command()
@click.option(
    "--founder", "cards", multiple=True, required=True, type=FILE, help="名片 A founder's card"
)
@click.option("--threshold", required=True, type=click.IntRange(1), help="通过票数 Votes needed")
@click.option(
    "--voting-hours", default=HOURS, type=click.IntRange(1), help="表决期（小时） Hours  [336]"
)
@click.option("--validator", "validators", multiple=True, help="验证人地址 A validator's address")
@click.option("--out", type=FILE, required=True, help="创始文件 Where to write the file")
@as_json
@pass_context
def init(
    context: Context,
    cards: tuple[Path, ...],
    threshold: int,
    voting_hours: int,
    validators: tuple[str, ...],
    out: Path,
    *,
    machine: bool,
) -> None:
    """制作创始文件；由本节点部署 Make the founding file; this node will deploy."""
    rules = founding.FoundingRules(
        threshold=threshold,
        voting_period=int(timedelta(hours=voting_hours).total_seconds()),
        validators=tuple(address(each) for each in validators),
    )
    with context.node() as node:
        file = founding.begin_file(node, [read_card(read_file(each)) for each in cards], rules)
    write_document(out, file.to_bytes())
    _tell(context, file, machine=machine)


@click.command()
@click.argument("file", type=FILE)
@click.option(
    "--merge",
    multiple=True,
    type=FILE,
    help="并入他人签署的副本 A signed copy",
)
@as_json
@pass_context
def sign(context: Context, file: Path, merge: tuple[Path, ...], *, machine: bool) -> None:
    """核对并签署创始文件 Check the founding file and sign it."""
    found = read_founding_file(read_file(file))
    for other in merge:
        found = found.merged(read_founding_file(read_file(other)))
    with context.node() as node:
        found = founding.sign_file(node, found)
        record(node, "consortium.sign", found.fingerprint)
    write_document(file, found.to_bytes())
    _tell(context, found, machine=machine)


@click.command()
@click.argument("file", type=FILE)
@as_json
@pass_context
def found(context: Context, file: Path, *, machine: bool) -> None:
    """各方签署后部署合约 Deploy the contracts, once everybody has signed."""
    document = read_founding_file(read_file(file))
    with context.node() as node:
        record(node, "consortium.found", document.fingerprint)
        places = founding.found(node, document)
    if machine:
        print_json({"registry": places.registry.hex(), "anchor": places.anchor.hex()})
        return
    shown = {
        "registry": "0x" + places.registry.hex(),
        "anchor-contract": "0x" + places.anchor.hex(),
    }
    context.facts("deploy-done", shown)


def write_document(path: Path, data: bytes) -> None:
    """Write a document in one step; a crash leaves the old one."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


def address(text: str) -> bytes:
    """Read an account's address.

    Raises:
        BadParameter: it is none.
    """
    try:
        found = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        found = b""
    if len(found) != ADDRESS_BYTES:
        raise click.BadParameter(text)
    return found


def _pretty(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _tell(context: Context, file: FoundingFile, *, machine: bool) -> None:
    missing = [each.name for each in file.missing]
    if machine:
        found = {"fingerprint": file.fingerprint, "unsigned": missing, **file.content()}
        print_json(found)
        return
    shown = {
        "founding-fingerprint": file.fingerprint,
        "founders": "、".join(each.name for each in file.founders),
        "founding-missing": "、".join(missing) or context.word("no-one"),
        "threshold": file.threshold,
        "registry": "0x" + file.places.registry.hex(),
        "anchor-contract": "0x" + file.places.anchor.hex(),
    }
    context.facts("founding-file", shown)
