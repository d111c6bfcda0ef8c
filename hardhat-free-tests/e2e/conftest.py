"""A founded bank on the embedded chain; tests that change the bank's home take a copy."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from harness.commands import ROOT, Cli
from harness.founders import Institution, found_together, make_institution
from harness.rpc_node import until
from harness.serving import Served

from node.settings import write_settings


@pytest.fixture(scope="session")
def founded(chain_url: str, tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """A bank with keys and contracts; do not change it."""
    cli = Cli(tmp_path_factory.mktemp("bank") / "home", chain_url)
    cli.ok("init", "--name", "示范银行", "--origin", "lianzheng.example/bank-a")
    cli.ok("chain", "deploy")
    return cli


@pytest.fixture
def bank(chain_url: str, tmp_path: Path) -> Cli:
    """A bank of this test's own, on the shared chain."""
    cli = Cli(tmp_path / "home", chain_url)
    cli.ok(
        "init", "--name", "示范银行", "--origin", f"lianzheng.example/{tmp_path.name.lower()}"[:80]
    )
    cli.ok("chain", "deploy")
    return cli


@pytest.fixture
def banks(chain_url: str, tmp_path: Path) -> list[Institution]:
    """Three banks with a consortium of their own, on the shared chain."""
    origin = f"lianzheng.example/{tmp_path.name.lower().replace('_', '-')}"[:60]
    found = [make_institution(tmp_path, chain_url, at, origin=origin) for at in range(3)]
    found_together(tmp_path, found, threshold=2)
    return found


@pytest.fixture
def offline(founded: Cli, tmp_path: Path) -> Cli:
    """A copy of the founded bank whose chain does not answer: sealing goes on."""
    home = tmp_path / "home"
    shutil.copytree(founded.home, home)
    return Cli(home, "http://127.0.0.1:1", inside=True)


@pytest.fixture(scope="session")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``verify.pyz``, built now."""
    subprocess.run(
        [sys.executable, ROOT / "scripts" / "build_verifier.py"], check=True, capture_output=True
    )
    target = tmp_path_factory.mktemp("verifier") / "verify.pyz"
    shutil.copy(ROOT / "build" / "verify.pyz", target)
    return target


@pytest.fixture
def banks_with_key(banks: list[Institution]) -> Iterator[list[Institution]]:
    """Three banks whose nodes run and hold a key for ID numbers."""
    first, *others = banks
    for each in banks:
        write_settings(each.cli.home, {"worker_seconds": 0.5, "blacklist_batch_hours": 0})
    contract = first.cli.ok("blacklist", "deploy", "--phase-seconds", "60")["contract"]
    for each in others:
        each.cli.ok("blacklist", "join", contract)
    with ExitStack() as ending:
        for each in banks:
            # A pipe that nobody reads would hold the node up once its requests have filled it.
            log = ending.enter_context((each.cli.home / "serve.log").open("w"))
            process = replace(each.cli, inside=False).start(
                "serve", "--json-logs", stdout=log, stderr=log
            )
            served = Served(replace(each.cli, inside=False), each.port, process)
            ending.callback(served.stop)
            served.until_answering(60)
        assert first.cli.run("blacklist", "generate-key", "id").code == 0
        until(lambda: all(_holds(each) for each in banks), 120, pause=0.5)
        yield banks


def _holds(bank: Institution) -> bool:
    keys = bank.cli.ok("blacklist", "status")["keys"]
    return bool(keys) and keys[0]["held_here"]
