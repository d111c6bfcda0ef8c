"""``lianzheng verify``: the court's verifier, from the node's command line."""

import sys
from pathlib import Path

import click

from ledger.verifier import command
from node.cli.context import Context, as_json, pass_context


@click.command()
@click.argument("package", type=click.Path(path_type=Path))
@click.option("--trust", type=click.Path(path_type=Path), required=True, help="信任文件 Trust file")
@click.option(
    "--previous",
    type=click.Path(path_type=Path),
    help="早先已信任的信任文件 An older trust file that you trust",
)
@click.option(
    "--accept-unsigned-trust",
    is_flag=True,
    help="签署成员不足时仍核验 Verify even when too few members signed the trust file",
)
@as_json
@pass_context
def verify(
    context: Context,
    package: Path,
    trust: Path,
    previous: Path | None,
    *,
    accept_unsigned_trust: bool,
    machine: bool,
) -> None:
    """核验证据包 Verify a package (exit 0, 1, 2, 3)."""
    arguments = [str(package), "--trust", str(trust), "--lang", context.language]
    if previous is not None:
        arguments += ["--previous", str(previous)]
    if accept_unsigned_trust:
        arguments.append("--accept-unsigned-trust")
    sys.exit(command.main([*arguments, "--json"] if machine else arguments))
