"""A bank loses the end of its log for good; the members vote a new generation, and it goes on in that."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from harness.founders import Institution
from harness.rpc_node import until
from harness.serving import Served

from ledger.evidence.instants import format_instant, parse_instant
from ledger.proof.report import ExitCode
from ledger.services.fencing import LEASE_SECONDS, TAKEOVER
from ledger.store import leases

pytestmark = [pytest.mark.anvil, pytest.mark.timeout(300)]


@contextmanager
def _serving(*banks: Institution) -> Iterator[None]:
    with ExitStack() as ending:
        for bank in banks:
            process = replace(bank.cli, inside=False).start("serve", "--json-logs")
            served = Served(bank.cli, bank.port, process)
            ending.callback(served.stop)
            served.until_answering(60)
        yield


def _seen(bank: Institution, other: Institution) -> dict[str, Any]:
    (found,) = [each for each in bank.cli.ok("peer", "status") if each["name"] == other.name]
    return dict(found)


def _refused(bank: Institution, *arguments: str) -> str:
    done = bank.cli.run(*arguments, "--json")
    assert done.code != 0, done.out
    return done.err


def _let_the_watch_pass(bank: Institution) -> None:
    """Let this copy have watched the account for ten minutes, and take the lease."""
    assert "lease-watching" in _refused(bank, "anchor", "run")
    with bank.node() as node, node.database.write() as connection:
        watch = leases.read(connection, TAKEOVER)
        assert watch is not None
        began = parse_instant(watch.checked_at) - timedelta(seconds=LEASE_SECONDS)
        leases.write(connection, TAKEOVER, replace(watch, checked_at=format_instant(began)))
    until(lambda: bank.cli.run("anchor", "run").code == 0, 30)


def _checks(bank: Institution, evidence: str, folder: Path, verifier: Path) -> dict[str, Any]:
    """Export a package, verify it as a court does, and return the findings by check."""
    package, trust = folder / f"{evidence[:12]}.zip", folder / "trust.json"
    trust.unlink(missing_ok=True)
    bank.cli.ok("evidence", "export", evidence, "-o", package)
    bank.cli.ok("trust", "export", "-o", trust)
    command = [sys.executable, verifier, package, "--trust", trust, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == ExitCode.PROVED.value, done.stdout
    return {each["check"]: each for each in json.loads(done.stdout)["checks"]}


def _check_addresses(bank: Institution, size: int) -> None:
    """Each generation has an address; only there are tiles the same for ever."""
    shown = {
        path: requests.get(f"{bank.endpoint}/v1/log/{path}", timeout=20)
        for path in ("checkpoint", "g0/checkpoint", "g1/checkpoint", "g2/checkpoint")
    }
    origins = [each.text.splitlines()[0][-3:] for each in shown.values()][:3]
    assert (origins, shown["g2/checkpoint"].status_code) == (["/g1", "/g0", "/g1"], 404)
    old, present = (
        requests.get(f"{bank.endpoint}/v1/log/{path}tile/0/000.p/{size}", timeout=20)
        for path in ("g0/", "")
    )
    assert (len(old.content), len(present.content)) == (32 * size, 32 * size)
    assert old.content != present.content
    cached = [each.headers["cache-control"] for each in (old, present)]
    assert ("immutable" in cached[0], cached[1]) == (True, "no-cache")


def _lose_the_end(bank: Institution, folder: Path) -> dict[str, str]:
    """Restore a backup from before the last anchor; nobody mirrored what came after it."""
    sealed = {"placed": str(bank.seal(folder, "placed")["id"])}
    with bank.node() as node:
        node.sequencer.run()
    sealed["waiting"] = str(bank.seal(folder, "waiting")["id"])
    old = folder / "old"
    shutil.copytree(bank.cli.home, old)
    bank.seal_and_anchor(folder, "lost-for-ever")
    shutil.rmtree(bank.cli.home)
    shutil.copytree(old, bank.cli.home)
    return sealed


def _vote(bank: Institution, voters: list[Institution]) -> int:
    first, second = voters
    number: int = first.ok("open-generation", bank.name)["proposal"]
    assert "generation-not-voted" in _refused(bank, "log", "begin-generation", "--yes")
    assert second.ok("vote", number)["executed"] == [number]
    return number


def test_a_bank_begins_the_voted_generation_and_proves_what_both_have(
    banks: list[Institution], tmp_path: Path, verifier: Path
) -> None:
    bank, other, third = banks
    with _serving(bank, other):
        kept = str(bank.seal(tmp_path, "kept")["id"])
        until(lambda: _seen(other, bank)["mirrored"] >= 1 and _seen(bank, other)["cosigned"], 60)
        size = _seen(other, bank)["mirrored"]

    sealed = _lose_the_end(bank, tmp_path)
    assert "log-behind-chain" in _refused(bank, "anchor", "run")
    assert "log-read-only" in _refused(
        bank, "evidence", "seal", "--kind", "letter", str(tmp_path / "kept.txt")
    )
    proposal = _vote(bank, [other, third])
    assert "log-generation-moved" in _refused(bank, "anchor", "run")

    asked = bank.cli.run("log", "begin-generation", given="n\n")
    assert (asked.code, "log recover" in asked.err) == (130, True)
    begun = bank.cli.ok("log", "begin-generation", "--yes")
    assert (begun["generation"], begun["watching"]) == (1, True)
    assert begun["vote"]["proposal"] == proposal
    assert begun["continues"]["carried"] >= 1
    assert begun["continues"]["size"] > begun["continues"]["kept"] >= size
    assert "generation-begun" in _refused(bank, "log", "begin-generation", "--yes")
    _let_the_watch_pass(bank)

    with _serving(bank, other):
        later = str(bank.seal(tmp_path, "later")["id"])
        until(lambda: _anchored(bank, later), 60)
        until(lambda: _seen(other, bank)["mirrored"] >= 4, 60)
        until(lambda: (_seen(bank, other)["cosigned"] or 0) >= 4, 60)
        _check_addresses(bank, size)
    seen = _seen(other, bank)
    assert (seen["generation"], seen["convicted"]) == (1, False)
    assert [(old["generation"], old["mirrored"]) for old in seen["earlier"]] == [(0, size)]
    assert [each for each in other.cli.ok("peer", "alarms") if each["ended_at"] is None] == []

    assert _checks(bank, kept, tmp_path, verifier)["V6"]["code"] == "leaf-in-log"
    assert _checks(bank, later, tmp_path, verifier)["V6"]["code"] == "leaf-in-log"
    assert _checks(bank, begun["evidence_id"], tmp_path, verifier)["V12"]["code"] == "anchor-first"
    for evidence in sealed.values():
        assert _checks(bank, evidence, tmp_path, verifier)["V6"]["code"] == "leaf-carried"
    report = bank.cli.ok("log", "audit")
    assert (report["problems"], report["compared_with_chain"]) == ([], True)


def _anchored(bank: Institution, evidence: str) -> bool:
    shown: dict[str, Any] = bank.cli.ok("evidence", "show", evidence)
    return shown["status"] == "anchored"
