"""The whole main job through the command line, and the court's verifier without network or site packages."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from harness.commands import ROOT, Cli
from tampering import changed_files, flip_bit

pytestmark = pytest.mark.anvil
CALL = ROOT / "scripts" / "demo" / "call-1-reminder.wav"


def _no_network() -> list[str]:
    command = ["unshare", "--net", "--map-root-user"]
    done = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if done.returncode == 0 else []


def _judge(verifier: Path, package: Path, trust: Path, *more: str) -> tuple[int, Any]:
    """Run the court's tool as a court does: isolated, without site packages, without network."""
    command = [*_no_network(), sys.executable, "-I", "-S", str(verifier), str(package)]
    done = subprocess.run(
        [*command, "--trust", str(trust), "--json", *more],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout) if done.stdout else None


def test_from_a_recording_to_a_package_that_a_court_verifies(
    bank: Cli, verifier: Path, tmp_path: Path
) -> None:
    details = {
        "fields": {"agent": "A-1027", "phone": "13900000000"},
        "capture": {"device": "pbx-2"},
    }
    sealed = bank.seal(
        CALL,
        "--kind",
        "call_recording",
        "--case",
        "贷后-1",
        "--details",
        "-",
        given=json.dumps(details),
    )
    bank.seal(
        "--kind", "promise_to_pay", "--case", "贷后-1", "--fields", "-", given='{"amount_fen":1}'
    )
    assert bank.ok("evidence", "status", sealed["id"])["status"] == "waiting"
    assert bank.run("evidence", "export", sealed["id"], "-o", tmp_path / "early.zip").code == 11
    assert bank.anchor()["anchor_size"] == 2
    bank = Cli(bank.home, bank.url, inside=True)
    assert bank.ok("evidence", "status", sealed["id"])["status"] == "anchored"
    package, trust = tmp_path / "package.zip", tmp_path / "trust.json"
    bank.ok("trust", "export", "-o", trust)
    bank.ok("evidence", "export", sealed["id"][:12], "-o", package, "--withhold", "phone")
    code, report = _judge(verifier, package, trust)
    assert (code, report["conclusion"]) == (0, "proved")
    assert report["disclosed"]["file_name"] == CALL.name
    assert "phone" not in report["disclosed"]
    assert bank.run("verify", package, "--trust", trust).code == 0
    assert bank.ok("log", "audit")["problems"] == []
    _tampering_is_refused(verifier, package, trust, tmp_path)
    _another_bank_s_trust_file_refuses(verifier, package, trust, tmp_path)
    _erasure_leaves_the_proofs(bank, sealed["id"], verifier, trust, tmp_path)


def _tampering_is_refused(verifier: Path, package: Path, trust: Path, folder: Path) -> None:
    original, target = package.read_bytes(), folder / "changed.zip"
    for path, data in list(changed_files(original))[::6]:
        target.write_bytes(data)
        assert _judge(verifier, target, trust)[0] == 1, path
    target.write_bytes(flip_bit(original, 8 * (len(original) // 2)))
    assert _judge(verifier, target, trust)[0] == 1


def _another_bank_s_trust_file_refuses(
    verifier: Path, package: Path, trust: Path, folder: Path
) -> None:
    value = json.loads(trust.read_text("utf-8"))
    value["members"][0]["id"] = "00" * 32
    other = folder / "other.json"
    other.write_text(json.dumps(value), "utf-8")
    assert _judge(verifier, package, other)[0] == 1
    assert _judge(verifier, package, folder / "nothing.json")[0] == 2
    assert _judge(verifier, folder / "nothing.zip", trust)[0] == 2


def _erasure_leaves_the_proofs(
    bank: Cli, identifier: str, verifier: Path, trust: Path, folder: Path
) -> None:
    assert bank.run("evidence", "hold", identifier).code == 0
    refused = bank.run("evidence", "erase", identifier, "--reason", "x")
    assert (refused.code, "evidence-on-hold" in refused.err) == (11, True)
    assert bank.run("evidence", "hold", identifier, "--lift").code == 0
    assert bank.ok("evidence", "erase", identifier, "--reason", "retention is over")[
        "complete_after"
    ]
    assert bank.run("evidence", "erase", identifier, "--reason", "again").code == 11
    bank.anchor()
    package = folder / "erased.zip"
    bank.ok("evidence", "export", identifier, "-o", package)
    code, report = _judge(verifier, package, trust)
    assert (code, report["disclosed"]) == (0, {})
    checks = {each["check"]: each["code"] for each in report["checks"]}
    assert checks["V3"] == "content-withheld"
    assert bank.ok("log", "audit")["problems"] == []


def test_the_verifier_answers_on_a_console_that_knows_no_chinese(
    bank: Cli, verifier: Path, tmp_path: Path
) -> None:
    bank.inside = True
    sealed = bank.seal("--kind", "decision", "--fields", "-", given='{"text":"批准"}')
    bank.anchor()
    package, trust = tmp_path / "p.zip", tmp_path / "t.json"
    bank.ok("trust", "export", "-o", trust)
    bank.ok("evidence", "export", sealed["id"], "-o", package)
    done = subprocess.run(
        [sys.executable, verifier, package, "--trust", trust],
        env={"PYTHONIOENCODING": "ascii", "PATH": "/usr/bin"}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stdout.isascii()
