"""A recording with an authority's timestamp: through the command line, and judged by the court's tool."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from harness.commands import ROOT, Cli
from harness.ledger import Ledger
from harness.network import Network
from harness.stamped import anchored, asked, package_of, stamper
from harness.timestamp_authority import LocalAuthority
from harness.trusting import DEVELOPMENT, trust_bytes, trust_value
from tampering import change_file

from ledger.primitives.tlog_proof import TlogProof
from ledger.proof import layout
from ledger.proof.bundle import open_bundle
from node.memory_package import MemoryPackage

CALL = ROOT / "scripts" / "demo" / "call-1-reminder.wav"


@pytest.fixture
def served() -> Iterator[LocalAuthority]:
    with LocalAuthority() as authority:
        yield authority


def _judge(verifier: Path, package: Path, trust: Path) -> tuple[int, dict[str, str]]:
    command = [sys.executable, "-I", "-S", str(verifier), str(package), "--trust", str(trust)]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    found = json.loads(done.stdout)["checks"]
    return done.returncode, {each["check"]: each["verdict"] for each in found}


def test_the_court_requires_timestamp_and_interval_and_has_them_proved(
    sqlite_databases: Any,
    make_ledger: Callable[..., Ledger],
    served: LocalAuthority,
    verifier: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a chain of validators, whose seals vouch for both ends of the interval."""
    monkeypatch.setattr("harness.network.GENESIS_TIME", int(time.time()) - 7200)
    ledger = make_ledger(sqlite_databases, Network("qbft-header"))
    ledger.clock.moment = datetime.now(UTC)
    ledger.network.mine(3)
    ledger.tick()
    (leaf,) = anchored(ledger)
    authority = asked(served)
    assert stamper(ledger, authority).run(authority).stamped == 1
    value = trust_value(ledger.node, ledger.network, required=[*DEVELOPMENT, "V10", "V13", "V14"])
    value["timestamp_roots"] = [served.root_der.hex()]
    trust, package = tmp_path / "trust.json", tmp_path / "package.zip"
    trust.write_bytes(trust_bytes(value))
    package.write_bytes(package_of(ledger, leaf))
    code, found = _judge(verifier, package, trust)
    assert (code, found["V13"], found["V14"]) == (0, "proved", "proved")
    _openssl_agrees(package.read_bytes(), served, tmp_path)
    package.write_bytes(change_file(package.read_bytes(), layout.TIMESTAMP))
    code, found = _judge(verifier, package, trust)
    assert code == 1
    assert found["V13"] != "proved"


def _openssl_agrees(package: bytes, served: LocalAuthority, folder: Path) -> None:
    """Run the command that docs/spec/verification.md gives a court."""
    bundle = open_bundle(MemoryPackage(package))
    text = TlogProof.parse(bundle.read(layout.LEAF_PROOF)).checkpoint.text
    (folder / "checkpoint.txt").write_text(text, "utf-8")
    (folder / "timestamp.tsr").write_bytes(bundle.read(layout.TIMESTAMP))
    (folder / "root.pem").write_bytes(served.root_pem)
    subprocess.run(
        ["openssl", "ts", "-verify", "-in", "timestamp.tsr", "-data", "checkpoint.txt",
         "-CAfile", "root.pem"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


@pytest.mark.anvil
def test_from_settings_to_a_package_that_requires_a_timestamp(
    bank: Cli, served: LocalAuthority, verifier: Path, tmp_path: Path
) -> None:
    (bank.home / "roots.pem").write_bytes(served.root_pem)
    with (bank.home / "lianzheng.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[[timestamp_authorities]]\nname = "示范机构"\nurl = "{served.url}"\n'
            'roots = "roots.pem"\n'
        )
    bank = Cli(bank.home, bank.url, inside=True)
    sealed = bank.seal(CALL, "--kind", "call_recording")
    bank.anchor()
    assert bank.ok("evidence", "show", sealed["id"])["not_after"] is None
    _stamp(bank)
    shown = bank.ok("evidence", "show", sealed["id"])
    assert shown["timestamp_authority"] == "示范机构"
    moment = datetime.fromisoformat(shown["not_after"])
    assert abs(moment - datetime.now(UTC)) < timedelta(minutes=2)
    assert "示范机构" in bank.run("evidence", "show", sealed["id"]).out
    assert "示范机构" in bank.run("timestamp", "status").out
    assert bank.ok("log", "audit")["timestamps"] == 1
    trust, package = tmp_path / "trust.json", tmp_path / "package.zip"
    bank.ok("trust", "export", "-o", trust)
    assert "V13" in json.loads(trust.read_text("utf-8"))["policy"]["required"]
    bank.ok("evidence", "export", sealed["id"], "-o", package)
    code, found = _judge(verifier, package, trust)
    assert (code, found["V13"]) == (0, "proved")
    assert bank.ok("timestamp", "check", package, "--trust", trust)["renewals"] == 0


def _stamp(bank: Cli) -> None:
    """Ask until there is a token: blocks of a busy development chain run some seconds ahead."""
    for _ in range(40):
        if bank.ok("timestamp", "now")["示范机构"]["stamped"]:
            return
        time.sleep(0.5)
    raise AssertionError(bank.ok("timestamp", "status"))


def test_without_an_authority_there_is_nobody_to_ask(offline: Cli) -> None:
    done = offline.run("timestamp", "now")
    assert done.code == 15
    assert "timestamp-none-configured" in done.err
    assert offline.ok("timestamp", "status")["authorities"] == []
