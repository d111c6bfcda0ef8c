"""What the chain answers through its proxy, and what it refuses."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.devchain.proxy import MAX_BATCH, MAX_BODY
from ledger.devchain.supervisor import MEMORY_CAP, DevelopmentChainWarning, Supervisor
from ledger.primitives.keccak import keccak256

pytestmark = pytest.mark.anvil
Make = Callable[..., Any]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervisor]:
    data = tmp_path_factory.mktemp("chain")
    supervisor = Supervisor(data, port=0, block_time=0.05)
    with pytest.warns(DevelopmentChainWarning):
        supervisor.__enter__()
    yield supervisor
    supervisor.__exit__(None, None, None)


def test_an_account_without_money_deploys_and_calls(
    chain: Supervisor, client: Make, sender: Make, logger_code: str
) -> None:
    rpc, someone = client(chain.url), sender()
    assert rpc.call("eth_gasPrice") == "0x0"
    created = rpc.mined(rpc.call("eth_sendRawTransaction", someone.sign(data=logger_code)))
    contract = created["contractAddress"]
    raw = someone.sign(data="0x", to=contract)
    receipt = rpc.mined(rpc.call("eth_sendRawTransaction", raw))
    number = receipt["blockNumber"]
    assert receipt["status"] == "0x1"
    assert receipt["transactionHash"] == "0x" + keccak256(bytes.fromhex(raw[2:])).hex()
    assert rpc.call("eth_getBlockReceipts", number) == [receipt]
    assert rpc.call("eth_getLogs", {"fromBlock": number, "toBlock": number}) == receipt["logs"]
    slot = "0x" + "00" * 32
    assert int(rpc.call("eth_getStorageAt", contract, slot, "latest"), 16) == int(number, 16)
    proof = rpc.call("eth_getProof", contract, [slot], number)
    block = rpc.call("eth_getBlockByNumber", number, False)
    root = keccak256(bytes.fromhex(proof["accountProof"][0][2:]))
    assert block["stateRoot"] == "0x" + root.hex()
    assert proof["storageProof"][0]["value"] == number
    assert int(rpc.call("eth_estimateGas", {"from": someone.address, "to": contract}), 16) > 21_000
    assert rpc.call("eth_call", {"to": contract}, "latest") == "0x"


def test_a_batch_is_answered_in_order_with_its_ids(
    chain: Supervisor, client: Make, sender: Make
) -> None:
    someone = sender()
    request = [
        {"jsonrpc": "2.0", "id": "a", "method": "eth_chainId"},
        {"jsonrpc": "2.0", "id": 3, "method": "eth_sendRawTransaction", "params": [someone.sign()]},
        {"jsonrpc": "2.0", "id": 3, "method": "eth_sendRawTransaction", "params": ["0x00"]},
        {"jsonrpc": "2.0", "id": 1, "method": "evm_mine", "params": []},
        {"jsonrpc": "2.0", "id": None, "method": "net_version", "params": []},
        "nonsense",
    ]
    answers = client(chain.url).post(request)
    assert [answer["id"] for answer in answers] == ["a", 3, 3, 1, None, None]
    codes = [answer.get("error", {}).get("code") for answer in answers]
    assert codes == [None, None, -32602, -32601, None, -32600]


@pytest.mark.parametrize(
    "method",
    [
        "anvil_setBalance", "anvil_dumpState", "anvil_reset", "evm_mine", "evm_revert", "hardhat_setCode",
        "eth_sendTransaction", "eth_sign", "debug_traceTransaction", "personal_unlockAccount", "EVM_MINE",
    ],
)  # fmt: skip
def test_methods_that_are_not_on_the_list_are_refused(
    chain: Supervisor, client: Make, method: str
) -> None:
    assert client(chain.url).ask(method)["error"]["code"] == -32601


def test_a_foreign_host_name_is_refused(chain: Supervisor, client: Make) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId"}
    assert "error" in client(chain.url).post(body, Host="rebound.example:8545")


def test_bodies_and_batches_over_the_limit_are_refused(chain: Supervisor, client: Make) -> None:
    one = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId"}
    assert "error" in client(chain.url).post([one] * (MAX_BATCH + 1))
    rpc = client(chain.url)
    rpc.connection.putrequest("POST", "/")
    rpc.connection.putheader("Content-Length", str(MAX_BODY + 1))
    rpc.connection.endheaders()
    assert rpc.connection.getresponse().status == 413


def test_the_process_runs_under_its_memory_cap(chain: Supervisor) -> None:
    limits = Path(f"/proc/{chain.process_id}/limits").read_text()
    (line,) = [line for line in limits.splitlines() if line.startswith("Max address space")]
    assert line.split()[3:5] == [str(MEMORY_CAP), str(MEMORY_CAP)]


def test_a_read_that_meets_a_dead_process_is_answered_by_the_next(
    chain: Supervisor, client: Make
) -> None:
    rpc = client(chain.url)
    before = rpc.hashes()
    os.kill(chain.process_id, signal.SIGKILL)
    assert rpc.hashes()[: len(before)] == before


def test_a_block_that_somebody_else_mined_is_undone(
    chain: Supervisor, client: Make, sender: Make
) -> None:
    rpc, someone = client(chain.url), sender()
    before = rpc.hashes()
    behind = chain._engine._process
    intruder = client(f"http://127.0.0.1:{behind.port}")
    intruder.call("evm_mine", 4_000_000_000)
    rpc.mined(rpc.call("eth_sendRawTransaction", someone.sign()))
    after = rpc.hashes()
    assert after[: len(before)] == before
    assert all(
        int(rpc.call("eth_getBlockByNumber", hex(number), False)["timestamp"], 16) < 4_000_000_000
        for number in range(len(after))
    )
    assert not behind.alive


def test_a_transaction_with_a_gap_waits_for_the_one_before(
    chain: Supervisor, client: Make, sender: Make
) -> None:
    rpc, someone = client(chain.url), sender()
    later = rpc.call("eth_sendRawTransaction", someone.sign(nonce=1))
    first = rpc.call("eth_sendRawTransaction", someone.sign(nonce=0))
    assert rpc.mined(first)["status"] == rpc.mined(later)["status"] == "0x1"
    assert rpc.ask("eth_sendRawTransaction", someone.sign(nonce=0, gas=50_000))["error"]


def test_the_same_transaction_sent_again_is_mined_once_and_survives(
    chain: Supervisor, client: Make, sender: Make
) -> None:
    rpc, someone = client(chain.url), sender()
    raw = someone.sign(nonce=1)
    name = rpc.call("eth_sendRawTransaction", raw)
    assert "error" in rpc.ask("eth_sendRawTransaction", raw)
    os.kill(chain.process_id, signal.SIGKILL)
    assert "error" in rpc.ask("eth_sendRawTransaction", raw)
    rpc.call("eth_sendRawTransaction", someone.sign(nonce=0))
    assert rpc.mined(name)["status"] == "0x1"
