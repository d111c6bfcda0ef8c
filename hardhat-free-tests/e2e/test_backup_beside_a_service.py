"""Backups beside a service under load, also one that is killed: what is restored is whole."""

import http.client
import json
import os
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from harness.commands import Cli
from harness.postgres import find_tools, running
from harness.rpc_node import until
from harness.serving import Served, make_token, serving, until_anchored

from node.settings import write_settings

pytestmark = pytest.mark.anvil
BACKUPS = 2
PAUSE = 0.05
"""Between two items of a client: a busy desk, not a flood."""


class Archive:
    """Seals contents above what is kept in a row, until it is stopped; remembers what was acknowledged."""

    def __init__(self, served: Served, token: str) -> None:
        self.served, self.token = served, token
        self.acknowledged: list[str] = []
        self.stopped = Event()

    def run(self) -> None:
        while not self.stopped.is_set():
            described = {"kind": "call_recording", "case": "case-1"}
            body = json.dumps(described).encode() + b"\n" + os.urandom(100_000)
            status, answer = self.served.ask(
                "POST", "/v1/evidence", token=self.token, body=body,
                media_type="application/vnd.lianzheng.item",
            )  # fmt: skip
            assert status == http.client.CREATED, answer
            self.acknowledged.append(answer["id"])
            time.sleep(PAUSE)


def _restored(bank: Cli, folder: Path, keys: Path, home: Path, **settings: Any) -> Cli:
    home.mkdir()
    shutil.copytree(bank.home / "keys", home / "keys")
    if settings:
        shutil.copy(bank.home / "lianzheng.toml", home)
        write_settings(home, settings)
    again = Cli(home, bank.url, inside=True)
    again.ok("restore", folder, "--keys", keys)
    return again


def test_a_backup_under_load_is_whole_and_the_last_one_audits_clean(
    bank: Cli, tmp_path: Path
) -> None:
    folder, keys = tmp_path / "backup", tmp_path / "keys"
    with serving(bank) as served:
        archive = Archive(served, make_token(bank))
        with ThreadPoolExecutor(2) as pool:
            running_clients = [pool.submit(archive.run) for _ in range(2)]
            time.sleep(2)
            for _ in range(BACKUPS):
                _kill_soon(bank, folder, keys)
                taken = bank.ok("backup", folder, "--keys", keys)
                assert taken[0]["missing"] == []
            archive.stopped.set()
            for client in running_clients:
                client.result(timeout=60)
        middle = _restored(bank, folder, keys, tmp_path / "middle").run("log", "audit", "--json")
        until_anchored(served, archive.token, archive.acknowledged)
    codes = {each["code"] for each in middle.json["problems"]}
    assert codes <= {"log-behind-chain"}, middle.json
    assert middle.json["contents"] > 0
    bank.ok("backup", folder, "--keys", keys)
    last = _restored(bank, folder, keys, tmp_path / "last")
    assert last.run("log", "audit").code == 0
    for evidence_id in archive.acknowledged[:3] + archive.acknowledged[-3:]:
        assert last.ok("evidence", "show", evidence_id)["status"] == "anchored"


def _kill_soon(bank: Cli, folder: Path, keys: Path) -> None:
    """Begin a backup and kill it on the way."""
    before = set(folder.glob("ledger-*"))
    process = bank.start("backup", folder, "--keys", keys)
    until(lambda: process.poll() is not None or set(folder.glob("ledger-*")) != before, 60)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)


@pytest.mark.soak
@pytest.mark.postgres
def test_a_backup_of_postgres_under_load_audits_clean(chain_url: str, tmp_path: Path) -> None:
    tools = find_tools()
    if tools is None:
        pytest.skip("PostgreSQL is not installed")
    folder, keys = tmp_path / "backup", tmp_path / "keys"
    with running(tools) as server:
        for name in ("ledger", "keys", "ledger2", "keys2"):
            server.run(f"CREATE DATABASE {name}")
        # A bank of its own: its log begins on PostgreSQL.
        fresh = Cli(tmp_path / "pg", chain_url)
        origin = f"lianzheng.example/pg-{tmp_path.parent.name.lower()}"[:80]
        fresh.ok("init", "--name", "示范银行", "--origin", origin)
        urls = {"database_url": server.url("ledger"), "key_store_url": server.url("keys")}
        write_settings(fresh.home, dict(urls))
        fresh.ok("chain", "deploy")
        with serving(fresh) as served:
            archive = Archive(served, make_token(fresh))
            with ThreadPoolExecutor(2) as pool:
                client = pool.submit(archive.run)
                time.sleep(1)
                fresh.ok("backup", folder, "--keys", keys)
                archive.stopped.set()
                client.result(timeout=60)
            until_anchored(served, archive.token, archive.acknowledged)
        fresh.ok("backup", folder, "--keys", keys)
        urls = {"database_url": server.url("ledger2"), "key_store_url": server.url("keys2")}
        last = _restored(fresh, folder, keys, tmp_path / "last", **urls)
        done = last.run("log", "audit", "--json")
        assert (done.code, done.json["leaves"] >= len(archive.acknowledged)) == (0, True)
