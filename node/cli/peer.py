"""``lianzheng peer``: what this member sees of the others' logs, the alarms, and their proofs."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from ledger.errors import LedgerError
from ledger.proof.misbehaviour import MAX_BYTES, Misbehaviour, verify_misbehaviour
from ledger.proof.report import ExitCode
from ledger.proof.trust import read_trust
from node import peer_view
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.ending import end_with
from node.cli.files import read_bounded
from node.cli.peer_asking import ask_package, fetch_package, statistics
from node.peer_view import AlarmView


@click.group()
def peer() -> None:
    """成员互看：日志、共签、告警 Other members' logs, cosignatures, alarms."""


for _each in (ask_package, fetch_package, statistics):
    peer.add_command(_each)


@peer.command()
@as_json
@pass_context
def status(context: Context, *, machine: bool) -> None:
    """列出其他成员的日志与对本机构的共签 List the others' logs and what they cosigned of ours."""
    with context.node() as node:
        found = peer_view.read_peers(node)
    if machine:
        print_json([each.to_json() for each in found])
        return
    columns = ("peer-member", "col-status", "peer-seen", "peer-mirrored", "peer-cosigned")
    rows = [(p.name, context.word(p.status_word), p.seen, p.mirrored, p.cosigned) for p in found]
    context.table("peer-title", columns, rows)
    for each in found:
        for old in each.earlier:
            context.say("peer-earlier-of", name=each.name, **asdict(old))


@peer.command()
@as_json
@pass_context
def alarms(context: Context, *, machine: bool) -> None:
    """列出告警，新者在前 List the alarms, newest first."""
    with context.node() as node:
        found = peer_view.read_alarms(node)
    if machine:
        print_json([each.to_json() for each in found])
        return
    _print_alarms(context, found)


@peer.command()
@click.argument("number", type=int)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="文件 File")
@as_json
@pass_context
def proof(context: Context, number: int, output: Path, *, machine: bool) -> None:
    """导出告警的证明文件 Write the proof of an alarm, for anybody to check."""
    with context.node() as node:
        data = peer_view.proof_of(node, number)
    output.write_bytes(data)
    if machine:
        print_json({"file": str(output), "bytes": len(data)})
        return
    context.say("peer-proof-written", file=output)


@peer.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--trust", type=click.Path(path_type=Path), required=True, help="信任文件 Trust file")
@as_json
@pass_context
def check(context: Context, file: Path, trust: Path, *, machine: bool) -> None:
    """离线核验不当行为的证明 Check a proof of misbehaviour, offline (exit 0, 1, 2)."""
    try:
        trusted = read_trust(read_bounded(trust, MAX_BYTES * 16))
        given = Misbehaviour.from_bytes(read_bounded(file, MAX_BYTES))
    except LedgerError as error:
        end_with(error, ExitCode.UNREADABLE)
    try:
        shown = verify_misbehaviour(given, trusted)
    except LedgerError as error:
        end_with(error, ExitCode.REFUTED)
    found = peer_view.conviction_json(shown)
    if machine:
        print_json(found)
    else:
        context.facts("peer-convicted", {_SHOWN[name]: value for name, value in found.items()})


_SHOWN: Final = {
    "member": "peer-member",
    "name": "peer-name",
    "kind": "peer-kind",
    "origin": "peer-origin",
    "sizes": "peer-sizes",
    "roots": "peer-roots",
    "block": "peer-block",
    "sealed": "peer-sealed",
}


def _print_alarms(context: Context, found: Sequence[AlarmView]) -> None:
    columns = (
        "col-number", "peer-member", "col-finding", "col-found-at", "col-ended-at", "peer-proof",
    )  # fmt: skip
    rows = [
        (a.alarm_id, a.name, context.word(a.code), a.found_at, a.ended_at,
         context.word("yes" if a.proof is not None else "no"))
        for a in found
    ]  # fmt: skip
    context.table("peer-alarms", columns, rows)
