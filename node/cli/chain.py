"""``lianzheng chain``: the embedded chain, the contracts, the state of both."""

from pathlib import Path

import click

from ledger.chain.endpoints import EndpointView
from node.chain_status import read_status
from node.cli.block_check import check_block
from node.cli.chain_check import check_chain
from node.cli.context import Context, as_json, pass_context, print_json
from node.development import run_development_chain
from node.founding import deploy_contracts


@click.group()
def chain() -> None:
    """链：开发链、部署、状态 The chain: development, deployment, status."""


@chain.command()
@click.option("--port", default=8545, show_default=True, help="端口 Port on 127.0.0.1")
@click.option("--data", type=click.Path(path_type=Path), help="数据目录 Folder  [HOME/devchain]")
@pass_context
def dev(context: Context, port: int, data: Path | None) -> None:
    """运行开发链（单一运营方，不得用于正式业务） Run the development chain."""
    run_development_chain(
        data or context.home / "devchain",
        port=port,
        started=lambda url: context.say("dev-started", url=url),
    )


@chain.command()
@as_json
@pass_context
def deploy(context: Context, *, machine: bool) -> None:
    """部署合约并建立日志 Deploy the contracts, begin the log."""
    with context.node() as node:
        addresses = deploy_contracts(node)
    if machine:
        print_json(addresses)
        return
    context.facts(
        "deploy-done",
        {
            "registry": "0x" + str(addresses["registry"]),
            "anchor-contract": "0x" + str(addresses["anchor"]),
        },
    )


@chain.command()
@as_json
@pass_context
def status(context: Context, *, machine: bool) -> None:
    """查看链、成员资格与已上链条数 Show chain, membership, anchored size."""
    with context.node() as node:
        found = read_status(node)
    if machine:
        print_json(found.to_json())
        return
    context.facts("chain-status", found.for_people())
    if found.endpoints:
        rows = [_endpoint_row(context, each) for each in found.endpoints]
        context.table("chain-endpoints", ("col-endpoint", "col-status", "latest-block"), rows)
    for warning in found.warnings:
        click.secho(f"{context.word('warning')}: {context.word(warning)}", fg="yellow", err=True)


def _endpoint_row(context: Context, view: EndpointView) -> tuple[object, ...]:
    state = context.word(f"status-endpoint-{view.judgement.state}")
    used = f" ({context.word('endpoint-used')})" if view.used else ""
    why = view.judgement.reason and context.word(view.judgement.reason, place=view.place)
    return view.place, f"{state}{used} {why}".strip(), view.judgement.height


chain.add_command(check_block)
chain.add_command(check_chain)
