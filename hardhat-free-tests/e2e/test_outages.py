"""What a service does when something around it fails: it refuses clearly, goes on where it can, recovers."""

import http.client
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from harness.commands import Cli, development_chain
from harness.serving import Served, make_token, serving, until_anchored

pytestmark = pytest.mark.anvil
MEBIBYTE = 1024 * 1024


def seal(served: Served, token: str, size: int) -> tuple[int, str]:
    """Seal a letter of ``size`` bytes; return the status, and the id or the code."""
    body = json.dumps({"kind": "letter"}).encode() + b"\n" + os.urandom(size)
    status, answer = served.ask(
        "POST", "/v1/evidence", token=token, body=body, media_type="application/vnd.lianzheng.item"
    )
    return status, answer.get("id") or answer["code"]


@contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[Path]:
    """Mount a file system of that size, where the test may."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("no mount command")
    if done.returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_refuses_clearly_and_intake_goes_on_when_there_is_room(
    chain_url: str, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 48) as disk:
        bank = Cli(disk / "home", chain_url)
        bank.ok("init", "--name", "示范银行", "--origin", "lianzheng.example/full-disk")
        bank.ok("chain", "deploy")
        token = make_token(bank)
        sealed = []
        with serving(bank) as served:
            filler = disk / "filler"
            filler.write_bytes(bytes(24 * MEBIBYTE))
            for _ in range(12):
                status, found = seal(served, token, 3 * MEBIBYTE)
                if status != http.client.CREATED:
                    break
                sealed.append(found)
            assert (status, found) in {
                (http.client.SERVICE_UNAVAILABLE, "vault-disk"),
                (http.client.SERVICE_UNAVAILABLE, "database-unavailable"),
            }
            assert served.ask("GET", "/healthz")[0] == http.client.OK
            filler.unlink()
            status, found = seal(served, token, 1 * MEBIBYTE)
            assert status == http.client.CREATED, found
            until_anchored(served, token, [*sealed, found])
        report = Cli(bank.home, bank.url, inside=True).ok("log", "audit")
        assert (report["problems"], report["waiting"]) == ([], 0)


def test_intake_goes_on_while_the_chain_stands_still_and_anchors_afterwards(tmp_path: Path) -> None:
    with development_chain(tmp_path) as url:
        bank = Cli(tmp_path / "home", url)
        bank.ok("init", "--name", "示范银行", "--origin", "lianzheng.example/stalled")
        bank.ok("chain", "deploy")
        token = make_token(bank)
        with serving(bank) as served:
            status, first = seal(served, token, 100)
            until_anchored(served, token, [first])
            chain = _processes_of(tmp_path)
            for each in chain:
                os.kill(each, signal.SIGSTOP)
            try:
                began = time.monotonic()
                status, found = seal(served, token, 100)
                assert (status, time.monotonic() - began < 5) == (http.client.CREATED, True)
                assert served.ask("GET", "/readyz")[0] == http.client.OK
            finally:
                for each in chain:
                    os.kill(each, signal.SIGCONT)
            until_anchored(served, token, [found])
        assert Cli(bank.home, url, inside=True).ok("log", "audit")["problems"] == []


def _processes_of(folder: Path) -> list[int]:
    """Return the processes of the embedded chain that lies in ``folder``."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(folder / "chain").encode() in line:
                found.append(int(entry.name))
    assert found
    return found
