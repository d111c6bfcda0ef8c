"""``lianzheng chain check``: is a node's JSON-RPC fit for this program?"""

import sys
import time
from pathlib import Path
from typing import Final, get_args

import click

from ledger.chain.endpoints import place_of, read_addresses
from ledger.chain.fitness import Fit, FitFinding, Probe, WantedChain, conclusion, look_over
from ledger.chain.fitness_calls import CHECKS
from ledger.errors import ConfigurationError
from ledger.proof.header import ChainKind
from node.cli.context import Context, as_json, pass_context, print_json
from node.settings import FILE_NAME, Settings, load_settings
from node.words.catalogue import remedy

_WORST: Final = (Fit.FINE, Fit.COSTS, Fit.UNUSABLE)


@click.command("check")
@click.argument("urls", metavar="[URL]...", nargs=-1)
@click.option("--kind", type=click.Choice(get_args(ChainKind)), help="链的类型 Kind of chain")
@click.option("--finality", help="最终确认策略 Finality policy")
@click.option("--chain-id", type=int, help="链标识 Chain id")
@click.option("--gas-price", type=int, help="wei")
@as_json
@pass_context
def check_chain(
    context: Context,
    urls: tuple[str, ...],
    kind: ChainKind | None,
    finality: str | None,
    chain_id: int | None,
    gas_price: int | None,
    *,
    machine: bool,
) -> None:
    """检查链节点接口是否可用（不发送交易） Is a node fit? Sends nothing (exit 0, 3, 1)."""
    settings = _settings(context.home)
    given = WantedChain(kind, finality, chain_id, gas_price)
    looked = {url: _look(url, _wanted(given, settings)) for url in _addresses(urls, settings)}
    worst = max((conclusion(found) for found in looked.values()), key=_WORST.index)
    if machine:
        nodes = [_to_json(context, url, found) for url, found in looked.items()]
        print_json({"conclusion": worst.name.lower(), "exit_code": worst.value, "nodes": nodes})
    else:
        for url, found in looked.items():
            _show(context, url, found)
        context.say(f"exit-fit-{worst.name.lower()}")
    sys.exit(worst.value)


def _settings(home: Path) -> Settings | None:
    """Return the settings to compare with; ``None`` where there is no node yet."""
    return load_settings(home) if (home / FILE_NAME).is_file() else None


def _addresses(urls: tuple[str, ...], settings: Settings | None) -> tuple[str, ...]:
    if urls:
        return read_addresses(",".join(urls))
    if settings is None:
        raise ConfigurationError("chain-url")
    return read_addresses(settings.chain_url)


def _wanted(given: WantedChain, settings: Settings | None) -> WantedChain:
    """Return what is asked for, and the settings where nothing is."""
    if settings is None:
        return given
    return WantedChain(
        kind=given.kind or settings.chain_kind,
        finality=given.finality or settings.finality,
        chain_id=given.chain_id or settings.chain_id,
        gas_price=settings.gas_price if given.gas_price is None else given.gas_price,
    )


def _look(url: str, wanted: WantedChain) -> list[FitFinding]:
    return look_over(Probe(url, wanted, time.time()), CHECKS)


def _row(context: Context, each: FitFinding) -> tuple[str, str, str, str]:
    done = "" if each.grade == "works" else remedy(each.code, context.language, each.params)
    return (
        context.word(each.check),
        context.word(f"status-fit-{each.grade}"),
        context.word(each.code, **each.params),
        done,
    )


def _show(context: Context, url: str, found: list[FitFinding]) -> None:
    context.say("fit-title", place=place_of(url))
    for each in found:
        check, grade, said, done = _row(context, each)
        click.echo(f"{check}: {grade}. {said}")
        if done:
            click.echo(f"    → {done}")


def _to_json(context: Context, url: str, found: list[FitFinding]) -> dict[str, object]:
    worst = conclusion(found)
    checks = []
    for each in found:
        _, _, said, done = _row(context, each)
        params = {name: str(value) for name, value in each.params.items()}
        head = {"check": each.check, "grade": each.grade, "code": each.code, "params": params}
        checks.append({**head, "message": said, "remedy": done})
    return {"place": place_of(url), "conclusion": worst.name.lower(), "checks": checks}
