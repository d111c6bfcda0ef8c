"""``lianzheng blacklist``: what convicts a server, checked offline."""

from pathlib import Path
from typing import Final

import click

from blacklist.domain.protocol.conviction_file import (
    MAX_CONVICTION_BYTES,
    Convicted,
    ConvictionFile,
    verify_conviction,
)
from ledger.errors import LedgerError
from ledger.keys.files import verify_statement
from ledger.proof.report import ExitCode
from ledger.proof.trust import read_trust
from node.cli.context import Context, as_json, pass_context, print_json
from node.cli.ending import end_with
from node.cli.files import read_bounded

_SHOWN: Final = {
    "server": "col-server",
    "guilt": "col-finding",
    "caller": "col-caller",
    "key": "col-epoch",
    "index": "col-number",
    "share_key": "col-share-key",
}


@click.command("check-conviction")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--trust", type=click.Path(path_type=Path), required=True, help="信任文件 Trust file")
@as_json
@pass_context
def check_conviction(context: Context, file: Path, trust: Path, *, machine: bool) -> None:
    """离线核验计算定责文件 Check what convicts a server, offline (exit 0, 1, 2)."""
    try:
        trusted = read_trust(read_bounded(trust, 16 * MAX_CONVICTION_BYTES))
        given = ConvictionFile.from_bytes(read_bounded(file, MAX_CONVICTION_BYTES))
    except LedgerError as error:
        end_with(error, ExitCode.UNREADABLE)
    try:
        shown = verify_conviction(given, trusted, verify_statement)
    except LedgerError as error:
        end_with(error, ExitCode.REFUTED)
    _print(context, given, shown, machine=machine)


def _print(context: Context, file: ConvictionFile, shown: Convicted, *, machine: bool) -> None:
    key = file.request.key
    found: dict[str, object] = {
        "server": shown.server.name,
        "guilt": shown.guilt.value,
        "caller": shown.caller.name,
        "key": f"{key.identifiers.value} {key.key_epoch}.{key.share_epoch}",
        "index": file.index,
        "share_key": file.share_key.hex(),
    }
    if machine:
        print_json({**found, "server_id": shown.server.member.hex()})
        return
    context.facts("conviction-shown", {_SHOWN[name]: value for name, value in found.items()})
