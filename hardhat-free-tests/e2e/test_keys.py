"""``lianzheng key``: the sheet is compared, the master key changes, also when it is killed on the way."""

import json
import random
import re
import signal
import time
from pathlib import Path

import pytest
from harness.commands import Cli

from node import recovery_sheet

pytestmark = pytest.mark.anvil
SHEET = re.compile(r"^    ((?:[0-9a-f]{4} ){15}[0-9a-f]{4})$", re.MULTILINE)


def test_the_sheet_is_compared_with_the_key_and_again_after_a_change(bank: Cli) -> None:
    inside = Cli(bank.home, bank.url, inside=True)
    old = (bank.home / "keys" / "master.key").read_text("ascii").strip()
    assert inside.ok("key", "status")["sheet_confirmed"] is None
    wrong = inside.run("key", "confirm-sheet", given="0000 1111\n")
    assert wrong.code == 11
    assert "sheet-differs" in wrong.err
    assert inside.run("key", "confirm-sheet", given=f"{old[:4]} {old[-4:]}\n").code == 0
    before = inside.ok("key", "status")
    assert before["sheet_confirmed"]
    assert old not in json.dumps(before)
    changed = inside.run("key", "rotate-master")
    assert changed.code == 0, changed.err
    (sheet,) = SHEET.findall(changed.err)
    after = inside.ok("key", "status")
    assert (after["changing"], after["sheet_confirmed"]) == (False, None)
    assert after["master_key"] != before["master_key"]
    assert inside.run("key", "confirm-sheet", given=sheet + "\n").code == 0
    assert inside.run("key", "wrap").code == 15
    assert inside.ok("key", "status")["sheet_confirmed"]


def test_a_change_that_is_killed_goes_on_and_loses_nothing(bank: Cli, tmp_path: Path) -> None:
    lines = [json.dumps({"kind": "promise_to_pay", "fields": {"n": n}}) for n in range(6000)]
    batch = tmp_path / "batch.ndjson"
    batch.write_text("\n".join(lines), "utf-8")
    inside = Cli(bank.home, bank.url, inside=True)
    assert inside.run("evidence", "seal", "--batch", batch).code == 0
    generator = random.Random(20261124)  # noqa: S311 - moments, not secrets
    sheets: set[str] = set()
    for _ in range(3):
        process = bank.start("key", "rotate-master")
        time.sleep(generator.uniform(0.7, 2.0))
        process.send_signal(signal.SIGKILL)
        _, err = process.communicate(timeout=30)
        sheets.update(SHEET.findall(err))
        inside.seal("--kind", "decision", "--fields", "-", given='{"in":"between"}')
    done = bank.run("key", "rotate-master")
    assert done.code == 0, done.err
    (sheet,) = SHEET.findall(done.err)
    key = bytes.fromhex((bank.home / "keys" / "master.key").read_text("ascii"))
    assert sheet == recovery_sheet.groups(key)
    assert not (bank.home / "keys" / "master.key.next").exists()
    inside.anchor()
    report = inside.ok("log", "audit")
    assert (report["problems"], report["leaves"]) == ([], 6003)
