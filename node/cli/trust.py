"""``lianzheng trust``: the file that a court holds, and the members' signatures under it."""

from collections.abc import Mapping
from pathlib import Path

import click

from ledger.errors import RefusedError
from ledger.proof.report import TrustSigning
from ledger.proof.trust import MAX_BYTES, read_trust
from ledger.proof.trust_quorum import signing_of, unsigned_members
from node import trust_signing
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.files import read_bounded
from node.cli.person import at_the_shell

FILE = click.Path(path_type=Path, dir_okay=False)
output_option = click.option("-o", "--output", type=FILE, required=True, help="文件 File to write")


@click.group()
def trust() -> None:
    """信任文件：法院据以核验 The trust file that a court holds."""


@trust.command()
@output_option
@click.option("--draft", is_flag=True, help="供各成员签署的草稿 A draft that members sign by hand")
@as_json
@pass_context
def export(context: Context, output: Path, *, draft: bool, machine: bool) -> None:
    """由链上登记生成信任文件 Write it from the registry on chain."""
    with context.node() as node:
        data = trust_signing.draft(node) if draft else trust_signing.compose(node)
    fingerprint = read_trust(data).fingerprint
    output.write_bytes(data)
    if machine:
        print_json({"file": str(output), "fingerprint": fingerprint})
        return
    context.say("trust-written", file=output, fingerprint=fingerprint)


@trust.command()
@output_option
@as_json
@pass_context
def collect(context: Context, output: Path, *, machine: bool) -> None:
    """生成信任文件并向各成员节点征集签名 Compose it and ask every member's node for its signature."""
    with context.node() as node:
        found = trust_signing.collect(node, at_the_shell().actor)
    output.write_bytes(found.data)
    _tell(context, found.data, found.missing, machine=machine)
    _refuse_too_few(signing_of(read_trust(found.data)))


@trust.command()
@click.argument("file", type=FILE)
@click.option("--merge", multiple=True, type=FILE, help="并入他人已签署的副本 Take in other copies")
@as_json
@pass_context
def sign(context: Context, file: Path, merge: tuple[Path, ...], *, machine: bool) -> None:
    """核对后由本机构签署信任文件 Check the file against this node's chain and sign it."""
    data = read_bounded(file, MAX_BYTES)
    for other in merge:
        data = trust_signing.merge(data, read_bounded(other, MAX_BYTES))
    with context.node() as node:
        data = trust_signing.sign_file(node, data, at_the_shell().actor)
    file.write_bytes(data)
    _tell(context, data, {}, machine=machine)


@trust.command()
@click.argument("file", type=FILE)
@as_json
@pass_context
def show(context: Context, file: Path, *, machine: bool) -> None:
    """查看信任文件由谁签署、尚缺谁 Show who signed a trust file, and who has not."""
    _tell(context, read_bounded(file, MAX_BYTES), {}, machine=machine)


def _tell(context: Context, data: bytes, reasons: Mapping[str, str], *, machine: bool) -> None:
    """Say who signed, who did not and why, as far as it is known."""
    found = read_trust(data)
    signing = signing_of(found)
    missing = {name: reasons.get(name) for name in unsigned_members(found)}
    if machine:
        print_json(
            {
                "fingerprint": found.fingerprint,
                "signers": signing.signers,
                "uncounted": signing.uncounted,
                "missing": missing,
                "members": signing.members,
                "quorum": signing.quorum,
                "reached": signing.reached,
                "made_at": signing.made_at,
                "height": signing.height,
            }
        )
        return
    context.facts(
        "trust-title",
        {
            "trust-fingerprint": found.fingerprint,
            "trust-made-at": signing.made_at,
            "trust-height": signing.height,
            "trust-needed": f"{signing.quorum} / {signing.members}",
            "trust-complete": context.word("yes" if signing.reached else "no"),
        },
    )
    at = {found.members[each.member].name: each.signed_at for each in found.signatures}
    signed = context.word("trust-has-signed")
    uncounted = context.word("trust-not-counted")
    rows = [
        *((name, signed, at[name]) for name in signing.signers),
        *((name, uncounted, at[name]) for name in signing.uncounted),
        *((name, context.word("trust-not-signed"), why) for name, why in missing.items()),
    ]
    context.table("trust-signatures", ("peer-member", "col-status", "col-finding"), rows)


def _refuse_too_few(signing: TrustSigning) -> None:
    if not signing.reached:
        raise RefusedError("trust-too-few", signed=len(signing.signers), quorum=signing.quorum)
