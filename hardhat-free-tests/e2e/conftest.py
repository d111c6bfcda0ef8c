"""A founded bank on the embedded chain; tests that change the bank's home take a copy."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from harness.commands import ROOT, Cli
from harness.founders import Institution, found_together, make_institution


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
