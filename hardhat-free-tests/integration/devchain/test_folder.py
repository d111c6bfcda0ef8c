"""The folder: who may have it, what comes back from it, and what never starts from it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.devchain import dumps
from ledger.devchain.supervisor import Supervisor
from ledger.errors import ConfigurationError, IntegrityError, RefusedError

pytestmark = [
    pytest.mark.anvil,
    pytest.mark.filterwarnings("ignore::ledger.devchain.supervisor.DevelopmentChainWarning"),
]
Make = Callable[..., Any]


def supervise(data: Path, **options: Any) -> Supervisor:
    return Supervisor(data, port=0, **{"block_time": 0.01, **options})


def fill(url: str, client: Make, someone: Any, count: int) -> None:
    rpc = client(url)
    for _ in range(count):
        rpc.mined(rpc.call("eth_sendRawTransaction", someone.sign()))


def test_a_stopped_chain_comes_back_with_the_same_blocks(
    tmp_path: Path, client: Make, sender: Make
) -> None:
    someone = sender()
    with supervise(tmp_path) as chain:
        fill(chain.url, client, someone, 5)
        before = client(chain.url).hashes()
    with supervise(tmp_path) as chain:
        assert client(chain.url).hashes() == before
        fill(chain.url, client, someone, 1)


def test_sigterm_stops_it_cleanly(run: Make) -> None:
    chain = run()
    chain.until_it_waits()
    assert chain.end() == (0, "")


def test_refused_and_waiting_transactions_do_not_disturb_a_restart(
    tmp_path: Path, client: Make, sender: Make
) -> None:
    someone, poor = sender(), sender()
    with supervise(tmp_path) as chain:
        rpc = client(chain.url)
        fill(chain.url, client, someone, 2)
        for raw in (
            someone.sign(nonce=0, gas=50_000),
            poor.sign(nonce=0, value=1),
            poor.sign(nonce=0, gas=1 << 40),
            poor.sign(nonce=0, gas=100),
            poor.sign(nonce=0, chainId=1),
        ):
            assert "error" in rpc.ask("eth_sendRawTransaction", raw)
        waiting = rpc.call("eth_sendRawTransaction", someone.sign(nonce=3))
        fill(chain.url, client, sender(), 2)
        before = rpc.hashes()
    with supervise(tmp_path) as chain:
        rpc = client(chain.url)
        assert rpc.hashes()[: len(before)] == before
        assert rpc.call("eth_getTransactionReceipt", waiting) is None
        fill(chain.url, client, _at(someone, 2), 1)
        assert rpc.mined(waiting)["status"] == "0x1"


def test_a_restart_from_a_dump_gives_the_same_blocks_receipts_and_old_states(
    tmp_path: Path, client: Make, sender: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "INTERVAL", 70)
    someone = sender()
    with supervise(tmp_path) as chain:
        fill(chain.url, client, someone, 140)
        before = _everything(client(chain.url))
    assert [height for height, _ in dumps.usable(tmp_path, 140)] == [70]
    with supervise(tmp_path) as chain:
        assert _everything(client(chain.url)) == before
    for dump in tmp_path.glob("dump-*"):
        dump.unlink()
    with supervise(tmp_path) as chain:
        assert _everything(client(chain.url)) == before


def test_an_older_copy_of_the_folder_is_a_shorter_chain(
    tmp_path: Path, client: Make, sender: Make
) -> None:
    someone = sender()
    live, copy = tmp_path / "live", tmp_path / "copy"
    with supervise(live) as chain:
        fill(chain.url, client, someone, 2)
        shutil.copytree(live, copy)
        old = client(chain.url).hashes()
        fill(chain.url, client, someone, 2)
    with supervise(copy) as chain:
        assert client(chain.url).hashes() == old


def test_a_second_supervisor_on_the_folder_is_refused(tmp_path: Path) -> None:
    with supervise(tmp_path), pytest.raises(RefusedError, match="devchain-running"):
        supervise(tmp_path).__enter__()


def test_a_taken_port_is_refused_and_the_folder_is_free_again(tmp_path: Path) -> None:
    with supervise(tmp_path / "one") as first:
        port = int(first.url.rpartition(":")[2])
        second = Supervisor(tmp_path / "two", port=port)
        with pytest.raises(RefusedError, match="devchain-port"):
            second.__enter__()
        with supervise(tmp_path / "two"):
            pass


def test_a_folder_of_another_chain_is_refused(tmp_path: Path) -> None:
    with supervise(tmp_path, chain_id=5):
        pass
    with pytest.raises(ConfigurationError, match="chain-id"):
        supervise(tmp_path, chain_id=6).__enter__()


def test_a_missing_tool_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANZHENG_ANVIL", str(tmp_path / "nothing"))
    with pytest.raises(ConfigurationError, match="devchain-tool-missing"):
        supervise(tmp_path).__enter__()


def test_a_damaged_journal_starts_nothing_and_stays_as_it_is(
    tmp_path: Path, client: Make, sender: Make
) -> None:
    with supervise(tmp_path) as chain:
        fill(chain.url, client, sender(), 2)
    journal = tmp_path / "journal"
    damaged = journal.read_bytes().replace(b'"block":1', b'"block":7', 1)
    journal.write_bytes(damaged)
    with pytest.raises(IntegrityError, match="devchain-journal-damaged"):
        supervise(tmp_path).__enter__()
    assert journal.read_bytes() == damaged


def test_a_journal_that_is_gone_is_not_begun_anew_beside_its_dumps(
    tmp_path: Path, client: Make, sender: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "INTERVAL", 2)
    with supervise(tmp_path) as chain:
        fill(chain.url, client, sender(), 4)
    (tmp_path / "journal").unlink()
    with pytest.raises(IntegrityError, match="devchain-journal-missing"):
        supervise(tmp_path).__enter__()


def _at(someone: Any, nonce: int) -> Any:
    someone.nonce = nonce
    return someone


def _everything(rpc: Any) -> list[Any]:
    found = []
    count = len(rpc.hashes())
    for number in range(count):
        at = hex(number)
        block = rpc.call("eth_getBlockByNumber", at, True)
        receipts = rpc.call("eth_getBlockReceipts", at)
        proof = rpc.ask("eth_getProof", "0x" + "00" * 20, [], at) if number > count - 60 else None
        found.append((block, receipts, proof))
    return found
