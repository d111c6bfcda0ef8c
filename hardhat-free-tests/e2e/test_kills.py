"""Killed at random moments: the acknowledged is kept, nothing is anchored twice, and the audit is clean."""

import json
import random
import signal
import time
from pathlib import Path

import pytest
from harness.commands import Cli

pytestmark = pytest.mark.anvil


def _kill_once(bank: Cli, folder: Path, number: int, delay: float) -> list[str]:
    """Seal a batch or run a round, kill it after ``delay``, and return the ids that were acknowledged."""
    if number % 2:
        process = bank.start("anchor", "run")
    else:
        lines = []
        for at in range(40):
            name = f"{number}-{at}.wav"
            (folder / name).write_bytes(name.encode() * (40 if at % 2 else 9000))
            lines.append(json.dumps({"kind": "letter", "case": f"c{at % 3}", "file": name}))
        batch = folder / f"{number}.ndjson"
        batch.write_text("\n".join(lines), "utf-8")
        process = bank.start("evidence", "seal", "--batch", batch, "--json")
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    out, _ = process.communicate(timeout=30)
    if number % 2:
        return []
    # The last line may be cut off by the kill; whoever read half a line got no answer.
    whole = [json.loads(line) for line in out.splitlines(keepends=True) if line.endswith("\n")]
    return [row["id"] for row in whole if isinstance(row, dict) and "id" in row]


def _survives(bank: Cli, folder: Path, rounds: int) -> None:
    generator = random.Random(20261124)  # noqa: S311 - moments, not secrets
    acknowledged: list[str] = []
    for number in range(rounds):
        acknowledged += _kill_once(bank, folder, number, generator.uniform(0.8, 2.4))
    inside = Cli(bank.home, bank.url, inside=True)
    inside.seal("--kind", "decision", "--fields", "-", given='{"last":true}')
    # An anchor that a killed round left in flight is finished first, and does not cover what came later.
    while inside.anchor()["anchor_size"] < inside.ok("log", "checkpoint")["size"]:
        pass
    report = inside.ok("log", "audit")
    assert (report["problems"], report["waiting"]) == ([], 0)
    kept = {each["id"]: each for each in inside.ok("evidence", "list", "--limit", "1000")}
    assert set(acknowledged) <= kept.keys()
    assert {each["status"] for each in kept.values()} == {"anchored"}


def test_commands_that_are_killed_lose_nothing_that_was_acknowledged(
    bank: Cli, tmp_path: Path
) -> None:
    _survives(bank, tmp_path, rounds=4)


@pytest.mark.soak
def test_commands_that_are_killed_a_hundred_times_lose_nothing(bank: Cli, tmp_path: Path) -> None:
    _survives(bank, tmp_path, rounds=100)
