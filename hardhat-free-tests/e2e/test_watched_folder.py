"""A watched folder as an institution runs it: by command, and by a service that is killed meanwhile."""

import json
import random
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from harness.commands import Cli
from harness.serving import make_token, serving, until_anchored

from node.settings import write_settings

pytestmark = pytest.mark.anvil
FILES, KILLS = 60, 4


def _watched(cli: Cli) -> tuple[Cli, Path]:
    folder = cli.home / "incoming"
    folder.mkdir()
    write_settings(cli.home, {"watch_folder": "incoming"})
    fast = {"LIANZHENG_WATCH_SETTLE_SECONDS": "0.2", "LIANZHENG_WATCH_SECONDS": "0.1"}
    # A process of its own: it says where its logs go.
    return replace(cli, environment={**cli.environment, **fast}, inside=False), folder


def _drop(folder: Path, name: str, body: bytes, **described: Any) -> None:
    folder.joinpath(name + ".json").write_text(json.dumps(described), "utf-8")
    part = folder / (name + ".part")
    part.write_bytes(body)
    part.rename(folder / name)


def test_the_command_seals_what_lies_there_and_says_what_it_could_not(offline: Cli) -> None:
    cli, folder = _watched(offline)
    _drop(folder, "录音.wav", bytes(5000), kind="call_recording", case="C-1")
    _drop(folder, "bad.wav", b"x" * 5000, kind="no-such")
    done = cli.ok("evidence", "watch", "--once")
    assert done == {"sealed": 1, "problems": 1, "waiting": 0, "more": False}
    receipt = json.loads((folder / "sealed/录音.wav.receipt.json").read_bytes())
    assert cli.ok("evidence", "status", receipt["id"])["status"] == "waiting"
    assert json.loads((folder / "bad.wav.problem.json").read_bytes())["code"] == "statement-kind"
    assert "1" in cli.run("evidence", "watch", "--once").out


def test_without_a_folder_the_command_says_so(offline: Cli) -> None:
    answer = offline.run("evidence", "watch", "--once")
    assert answer.code != 0
    assert "watch_folder" in answer.err


@pytest.mark.soak
@pytest.mark.slow
def test_a_service_that_is_killed_while_files_come_in_seals_each_of_them_once(bank: Cli) -> None:
    cli, folder = _watched(bank)
    token = make_token(cli)
    chance = random.Random(20261124)  # noqa: S311 - moments of kills
    with serving(cli, seconds=0.1) as served:
        for kill in range(KILLS):
            for n in range(FILES // KILLS):
                at = kill * FILES // KILLS + n
                body = f"{at}".encode() * (3000 if at % 2 else 40_000)
                _drop(folder, f"{at}.wav", body, kind="call_recording", case=f"c{at % 3}")
            time.sleep(0.3 + chance.random() * 0.4)
            served.kill()
            served.start_again()
        deadline = time.monotonic() + 60
        sealed = folder / "sealed"
        while len(list(sealed.glob("*.wav"))) < FILES:
            assert time.monotonic() < deadline, sorted(folder.iterdir())
            time.sleep(0.1)
        receipts = [json.loads(each.read_bytes()) for each in sealed.glob("*.receipt.json")]
        ids = {each["id"] for each in receipts}
        assert len(ids) == len(receipts) == FILES
        until_anchored(served, token, ids)
    listed = [
        e["id"] for e in cli.ok("evidence", "list", "--kind", "call_recording", "--limit", "500")
    ]
    assert sorted(listed) == sorted(ids)
    assert {each.name for each in folder.iterdir()} == {"sealed"}
    assert cli.ok("log", "audit")["problems"] == []
    log = (cli.home / "serve.log").read_text("utf-8")
    assert ".wav" not in log
