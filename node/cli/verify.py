"""``lianzheng verify``: the court's verifier, from the node's command line."""

import sys
from pathlib import Path

import click

from ledger.verifier import command
from node.cli.context import Context, as_json, pass_context


@click.command()
@click.argument("package", type=click.Path(path_type=Path))
@click.option("--trust", type=click.Path(path_type=Path), required=True, help="信任文件 Trust file")
@as_json
@pass_context
def verify(context: Context, package: Path, trust: Path, *, machine: bool) -> None:
    """核验证据包 Verify a package (exit 0, 1, 2, 3)."""
    arguments = [str(package), "--trust", str(trust), "--lang", context.language]
    sys.exit(command.main([*arguments, "--json"] if machine else arguments))
