"""``lianzheng trust``: the file that a court holds."""

from pathlib import Path

import click

from ledger.proof.trust import read_trust
from node import trust_file
from node.cli.context import Context, as_json, pass_context, print_json


@click.group()
def trust() -> None:
    """信任文件：法院据以核验 The trust file that a court holds."""


@trust.command()
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="文件 File to write"
)
@as_json
@pass_context
def export(context: Context, output: Path, *, machine: bool) -> None:
    """由链上登记生成信任文件 Write it from the registry on chain."""
    with context.node() as node:
        data = trust_file.compose(node.settings)
    fingerprint = read_trust(data).fingerprint
    output.write_bytes(data)
    if machine:
        print_json({"file": str(output), "fingerprint": fingerprint})
        return
    context.say("trust-written", file=output, fingerprint=fingerprint)
