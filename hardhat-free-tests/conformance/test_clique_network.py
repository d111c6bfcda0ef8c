"""Networks that ``scripts/clique_network.py`` runs: real signers of geth 1.13, real peers, real forks."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness.commands import Cli
from harness.rpc_node import post, until
from networks.clique import CliqueWishes, make_clique
from networks.clique_running import CliqueNetwork, running_clique
from networks.errors import NetworkError
from networks.geth import find_geth
from networks.processes import free_port_base

GETH = find_geth()
SCRIPT = Path(__file__).parents[2] / "scripts" / "clique_network.py"

pytestmark = [
    pytest.mark.skipif(GETH is None, reason="geth 1.13 is not installed: scripts/networks/geth.py"),
    pytest.mark.slow,
]


def network_of(folder: Path, **wishes: Any) -> Iterator[CliqueNetwork]:
    assert GETH is not None
    make_clique(folder, CliqueWishes(**wishes))
    with running_clique(folder, GETH, port_base=0) as network:
        network.wait_for_blocks(2)
        yield network


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CliqueNetwork]:
    yield from network_of(tmp_path_factory.mktemp("clique") / "net", signers=3)


def block(network: CliqueNetwork, index: int, which: str) -> Any:
    return post(network.endpoints[index], "eth_getBlockByNumber", which, False)


def heads_agree(network: CliqueNetwork, *indices: int) -> bool:
    """Tell whether the signers have the same block two below the lowest head."""
    height = min(network.height(index) for index in indices) - 2
    return len({block(network, index, hex(height))["hash"] for index in indices}) == 1


def test_the_genesis_is_the_one_that_was_computed(network: CliqueNetwork) -> None:
    found = {block(network, index, "0x0")["hash"] for index in range(3)}
    assert found == {"0x" + network.genesis_hash.hex()}
    assert int(post(network.endpoints[0], "eth_chainId"), 16) == network.chain_id
    assert block(network, 0, "latest")["baseFeePerGas"] == "0x0"


def test_keys_and_passwords_are_read_by_their_owner_only(network: CliqueNetwork) -> None:
    secrets = [
        *network.folder.glob("*.key"),
        *network.folder.glob("members/*/nodekey"),
        *network.folder.glob("run/*/password"),
        *network.folder.glob("run/*/keystore/*"),
    ]
    assert len(secrets) == 10
    assert {stat.S_IMODE(each.stat().st_mode) for each in secrets} == {0o600}


def test_all_signers_are_peers_and_operators_methods_are_not_on_http(
    network: CliqueNetwork,
) -> None:
    assert [network.peers(index) for index in range(3)] == [2, 2, 2]
    for method in ("admin_peers", "clique_propose", "personal_listAccounts", "debug_setHead"):
        with pytest.raises(Exception, match="does not exist"):
            post(network.endpoints[0], method)


def test_two_of_three_go_on_one_halts_and_who_comes_back_catches_up(
    network: CliqueNetwork,
) -> None:
    network.stop(2)
    height = network.wait_for_blocks(3)
    network.stop(1)
    assert network.processes() == network.processes()[:1]
    time.sleep(3)  # a block that was on its way
    before = network.height(0)
    time.sleep(4)
    assert network.height(0) == before, "one signer of three may not seal twice in a row"
    network.start(1)
    network.start(2)
    assert network.wait_for_blocks(3) > height
    until(lambda: heads_agree(network, 0, 1, 2), 30, 0.5)
    network.kill(1)
    network.start(1)
    network.wait_for_blocks(2)


@pytest.mark.soak
def test_a_partition_halts_the_smaller_side_and_heals(network: CliqueNetwork) -> None:
    network.partition([0, 1], [2])
    until(lambda: network.peers(2) == 0)
    cut_off = network.height(2) + 2
    until(lambda: network.height(0) >= cut_off + 3, 60, 0.2)
    assert network.height(2) <= cut_off
    network.heal()
    until(lambda: network.peers(2) == 2, 30)
    until(lambda: network.height(2) > cut_off and heads_agree(network, 0, 1, 2), 60, 0.5)


def test_a_bank_seals_anchors_and_proves_on_it_by_the_command_line(
    network: CliqueNetwork, tmp_path: Path
) -> None:
    bank = Cli(
        tmp_path / "home",
        network.endpoints[1],
        {
            "LIANZHENG_CHAIN_ID": str(network.chain_id),
            "LIANZHENG_CHAIN_KIND": "clique",
            "LIANZHENG_FINALITY": "4",
            "LIANZHENG_GAS_PRICE": "0",
        },
        inside=True,
    )
    prove_the_main_job(bank, tmp_path)


def prove_the_main_job(bank: Cli, folder: Path) -> None:
    bank.ok("init", "--name", "示范银行", "--origin", "lianzheng.example/clique")
    bank.ok("chain", "deploy")
    recording = folder / "call.wav"
    recording.write_bytes(os.urandom(20_000))
    sealed = bank.seal(recording, "--kind", "call_recording", "--case", "贷后-1")
    until(lambda: bank.ok("anchor", "run")["frozen"], 90, 0.5)
    status = bank.ok("chain", "status")
    assert (status["kind"], status["anchored_size"]) == ("clique", 1)
    assert status["latest_block"] - status["final_block"] in (4, 5)
    package, trust = folder / "package.zip", folder / "trust.json"
    bank.ok("trust", "export", "-o", trust)
    bank.ok("evidence", "export", sealed["id"], "-o", package)
    report = bank.ok("verify", package, "--trust", trust)
    assert report["conclusion"] == "proved"
    verdicts = {each["check"]: each["verdict"] for each in report["checks"]}
    assert verdicts["V9"] == "proved"
    assert verdicts["V10"] == "not_provable", "Clique's seals prove no quorum"


def test_accounts_are_paid_from_the_treasury_where_blocks_cost_money(tmp_path: Path) -> None:
    for network in network_of(tmp_path / "net", signers=1, base_fee=10**9):
        network.fund(b"\x11" * 20, b"\x22" * 20, wei=7)
        balance = post(network.endpoints[0], "eth_getBalance", "0x" + "22" * 20, "latest")
        assert balance == "0x7"


@pytest.mark.soak
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_script_leaves_no_process_behind(number: signal.Signals, tmp_path: Path) -> None:
    base = str(free_port_base(2))
    command = [
        *(sys.executable, SCRIPT, "--out", tmp_path / "net", "--port-base", base, "--json"),
        *("--signers", "2", "--client", str(GETH)),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        started.stdout.readline()
        assert '"height"' in started.stdout.readline()
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(started.pid)],
            capture_output=True,
            text=True,
            check=True,
        )
        signers = [int(each) for each in listed.stdout.split()]
        assert len(signers) == 2
        started.send_signal(number)
        code = started.wait(60)
    assert code == (-number if number is signal.SIGKILL else 0)
    until(lambda: not any(map(alive, signers)), 10)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_program_that_is_no_client_is_said_and_nothing_stays(tmp_path: Path) -> None:
    make_clique(tmp_path / "net", CliqueWishes(signers=1))
    with (
        pytest.raises(NetworkError, match="account of validator 0 was not written"),
        running_clique(tmp_path / "net", Path("/bin/false"), port_base=0),
    ):
        raise AssertionError("it ran")


def test_keys_are_not_overwritten(tmp_path: Path) -> None:
    first = make_clique(tmp_path / "net", CliqueWishes(signers=1))
    with pytest.raises(NetworkError, match="never overwritten"):
        make_clique(tmp_path / "net", CliqueWishes(signers=1))
    assert make_clique(tmp_path / "net", CliqueWishes(signers=1), keep_keys=True) == first
