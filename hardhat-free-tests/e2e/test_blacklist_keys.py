"""Three banks found a blacklist by the command line; their running nodes make its key and refresh it."""

import subprocess
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from harness.founders import Institution
from harness.rpc_node import until
from harness.serving import Served

from node.settings import write_settings

pytestmark = pytest.mark.anvil


def _status(bank: Institution) -> dict[str, Any]:
    found: dict[str, Any] = bank.cli.ok("blacklist", "status")
    return found


def _holds(bank: Institution, share_epoch: int) -> bool:
    keys = _status(bank)["keys"]
    return bool(keys) and keys[0]["share_epoch"] == share_epoch and keys[0]["held_here"]


def _alarms(bank: Institution) -> set[str]:
    return {each["code"] for each in _status(bank)["alarms"]}


def _examined(bank: Institution, check: str) -> list[tuple[str, str]]:
    checks = bank.cli.run("doctor", "--json").json["checks"]
    return [(each["state"], each["code"]) for each in checks if each["check"] == check]


@pytest.mark.soak
def test_banks_make_a_key_and_refresh_it(banks: list[Institution]) -> None:
    first, *others = banks
    for each in banks:
        write_settings(each.cli.home, {"worker_seconds": 0.5})
    contract = first.cli.ok("blacklist", "deploy", "--phase-seconds", "30")["contract"]
    for each in others:
        assert each.cli.ok("blacklist", "join", contract)["contract"] == contract
    with ExitStack() as ending:
        for each in banks:
            # Into no pipe: nobody reads it, and a full one holds the node up.
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            process = replace(each.cli, inside=False).start("serve", "--json-logs", **quiet)
            served = Served(replace(each.cli, inside=False), each.port, process)
            ending.callback(served.stop)
            served.until_answering(60)
        assert first.cli.run("blacklist", "generate-key", "id").code == 0
        until(lambda: all(_holds(each, 1) for each in banks), 120, pause=0.5)
        made = [_status(each)["keys"][0] for each in banks]
        assert len({each["key"] for each in made}) == 1
        assert made[0]["holders"] == [1, 2, 3]
        assert made[0]["threshold"] == 2
        assert first.cli.ok("blacklist", "probe", "id")["servers"] == [1, 2, 3]
        (counted,) = others[0].cli.ok("blacklist", "use")["budgets"]
        assert counted["purpose"] == "probe"
        assert counted["used"] > 0
        assert counted["used"] + counted["left"] == counted["limit"] == 1000
        assert "各成员用量" in others[0].cli.run("blacklist", "use").out
        assert others[0].cli.run("blacklist", "refresh-shares", "id").code == 0
        until(lambda: all(_holds(each, 2) for each in banks), 120, pause=0.5)
        assert others[1].cli.ok("blacklist", "probe", "id")["servers"] == [1, 2, 3]
        assert "blacklist-no-key" in first.cli.run("blacklist", "probe", "phone").err
        (others[1].cli.home / "keys" / "share-1-1-2.key").unlink()
        until(lambda: "share-key-missing" in _alarms(others[1]), 30, pause=0.5)
        assert "share-key-missing" in others[1].cli.run("peer", "alarms", "--json").out
        assert _examined(others[1], "doctor-shares")[0] == ("failed", "share-key-missing")
        # Nobody does anything: its node opens a refresh, and takes its share from the others' deals.
        until(lambda: all(_holds(each, 3) for each in banks), 200, pause=0.5)
        until(lambda: _alarms(others[1]) == set(), 30, pause=0.5)
    assert _status(first)["keys"][0]["key"] == made[0]["key"]
    assert [each["phase"] for each in _status(first)["ceremonies"]] == ["active"] * 3
    assert [each["faults"] for each in _status(first)["ceremonies"]] == [[], [], ["3: absent"]]
    assert _examined(first, "doctor-shares") == _examined(first, "doctor-blacklist") == [("ok", "")]
    said = first.cli.run("blacklist", "status")
    assert "身份证件号码" in said.out
    for each in banks:
        kept = {file.name for file in (each.cli.home / "keys").glob("share-*")}
        assert kept == {"share-1-1-3.key"}
        assert not list((each.cli.home / "keys").glob("ceremony-*"))


def test_what_does_not_belong_is_refused(banks: list[Institution]) -> None:
    first = banks[0]
    assert "blacklist-not-configured" in first.cli.run("blacklist", "status").err
    with first.node() as node:
        other = node.settings.anchor
    assert other
    assert "contract-code" in first.cli.run("blacklist", "join", other).err
    assert first.cli.run("blacklist", "join", "0x12").code != 0
    assert _examined(first, "doctor-blacklist") == [("ok", "")]
    with first.node() as node:
        assert node.settings.blacklist is None
    # Settings that name another contract.
    write_settings(first.cli.home, {"blacklist": other})
    assert _examined(first, "doctor-blacklist") == [("failed", "contract-code")]
