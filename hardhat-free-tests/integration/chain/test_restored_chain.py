"""The embedded chain's folder is put back to an older copy: a shorter chain, as after a deep fork."""

import shutil
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from harness.member import Member
from harness.rpc_node import post

from ledger.devchain.supervisor import DevelopmentChainWarning, Supervisor
from ledger.errors import IntegrityError
from ledger.proof.report import Verdict


@contextmanager
def running(data: Path) -> Iterator[Supervisor]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DevelopmentChainWarning)
        with Supervisor(data, port=0, block_time=0.05, heartbeat=0.15) as chain:
            yield chain


def anchored_sizes(chain: Supervisor, member: Member) -> list[int]:
    """Return the sizes of all anchor events of the surviving chain."""
    with member.node() as node:
        address = "0x" + str(node.settings.anchor)
    query = {"fromBlock": "0x0", "toBlock": "latest", "address": address}
    return [int(each["topics"][3], 16) for each in post(chain.url, "eth_getLogs", query)]


def timestamp(chain: Supervisor) -> int:
    """Return the newest block's time, in seconds; with blocks this fast it runs ahead of the clock."""
    return int(post(chain.url, "eth_getBlockByNumber", "latest", False)["timestamp"], 16)


def wait_past(chain: Supervisor, moment: int) -> None:
    """Wait until the chain's time is later: in one that lost blocks it was set back."""
    deadline = time.monotonic() + 60
    while timestamp(chain) <= moment:
        assert time.monotonic() < deadline, "the chain stands still"
        time.sleep(0.05)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "chain"


def test_an_anchor_that_an_older_copy_lacks_is_anchored_again_once(
    data: Path, tmp_path: Path
) -> None:
    member = Member.create(tmp_path / "home", finality="1000000")
    with running(data) as chain:
        member.configure(chain_url=chain.url)
        member.deploy()
    shutil.copytree(data, tmp_path / "older")
    with running(data) as chain:
        member.configure(chain_url=chain.url)
        first = member.seal()
        member.seal()
        assert member.until("included").progress.size == 2
    shutil.rmtree(data)
    shutil.copytree(tmp_path / "older", data)
    with running(data) as chain:
        member.configure(chain_url=chain.url)
        assert anchored_sizes(chain, member) == []
        member.until("included")
        assert "anchor-reorged" in member.alarms
        member.configure(finality="2")
        member.until("frozen")
        assert anchored_sizes(chain, member) == [2]
        third = member.seal()
        member.until("frozen")
        assert anchored_sizes(chain, member) == [2, 3]
        for receipt in (first, third):
            report = member.export(receipt)
            assert report.of("V9").verdict is Verdict.PROVED
            assert report.of("V6").verdict is Verdict.PROVED
        assert not member.audit().problems


@pytest.mark.parametrize("sealed_afterwards", [0, 1])
def test_final_anchors_that_an_older_copy_lacks_are_anchored_again(
    data: Path, tmp_path: Path, sealed_afterwards: int
) -> None:
    member = Member.create(tmp_path / "home")
    with running(data) as chain:
        member.configure(chain_url=chain.url)
        member.deploy()
        receipts = [member.seal()]
        member.until("frozen")
    shutil.copytree(data, tmp_path / "older")
    with running(data) as chain:
        member.configure(chain_url=chain.url)
        receipts.append(member.seal())
        member.until("frozen")
        assert anchored_sizes(chain, member) == [1, 2]
        lost = timestamp(chain)
    shutil.rmtree(data)
    shutil.copytree(tmp_path / "older", data)
    with running(data) as chain:
        wait_past(chain, lost)
        member.configure(chain_url=chain.url)
        receipts += [member.seal() for _ in range(sealed_afterwards)]
        member.until("frozen")
        assert anchored_sizes(chain, member) == [1, 2 + sealed_afterwards]
        for receipt in receipts:
            assert member.export(receipt).of("V9").verdict is Verdict.PROVED
        assert not member.audit().problems


def test_a_chain_that_must_not_forget_stops_the_node_when_it_does(
    data: Path, tmp_path: Path
) -> None:
    member = Member.create(tmp_path / "home")
    with running(data) as chain:
        member.configure(chain_url=chain.url)
        member.deploy()
    shutil.copytree(data, tmp_path / "older")
    with running(data) as chain:
        member.configure(chain_url=chain.url)
        member.seal()
        member.until("frozen")
    shutil.rmtree(data)
    shutil.copytree(tmp_path / "older", data)
    with running(data) as chain:
        member.configure(chain_url=chain.url, chain_kind="ethereum")
        with pytest.raises(IntegrityError, match="anchor-final-lost"):
            member.until("frozen")
        assert anchored_sizes(chain, member) == []
