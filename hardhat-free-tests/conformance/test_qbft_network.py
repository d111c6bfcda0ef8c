"""Networks that ``scripts/qbft_network.py`` writes, run by a real GoQuorum (LIANZHENG_GOQUORUM names it)."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness.qbft import address_of_node, recorded, vote_validators
from networks.genesis import genesis_hash
from networks.making import Wishes, make_network
from networks.processes import free_port_base
from networks.running import RunningNetwork, running

from ledger.chain.registry import read_members, read_validators
from ledger.chain.rpc import Rpc
from ledger.proof.block_checks import check_block
from ledger.proof.block_file import read_block_file
from ledger.proof.report import ExitCode

from networks.plan import REGISTRY  # isort: skip

CLIENT = os.environ.get("LIANZHENG_GOQUORUM", "")
SCRIPT = Path(__file__).parents[2] / "scripts" / "qbft_network.py"

pytestmark = [
    pytest.mark.skipif(not CLIENT, reason="LIANZHENG_GOQUORUM names no GoQuorum program"),
    pytest.mark.slow,
]


def network_of(folder: Path, **wishes: Any) -> Iterator[RunningNetwork]:
    make_network(folder, Wishes(**wishes))
    with running(folder, Path(CLIENT), port_base=0) as network:
        network.wait_for_blocks(2)
        yield network


@pytest.fixture(scope="module")
def header_network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNetwork]:
    yield from network_of(tmp_path_factory.mktemp("header"), mode="header")


@pytest.fixture(scope="module")
def contract_network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNetwork]:
    yield from network_of(tmp_path_factory.mktemp("contract"), joining=1)


def conclusion(network: RunningNetwork, number: int, mode: str, entitled: list[bytes]) -> ExitCode:
    block = recorded(network.endpoints[0], number, mode, entitled)
    return check_block(read_block_file(json.dumps(block).encode()), "secp256k1").exit_code


def genesis_of(network: RunningNetwork) -> Any:
    return Rpc(network.endpoints[0]).ask("eth_getBlockByNumber", "0x0", False)


@pytest.mark.parametrize("mode", ["header", "contract"])
def test_the_genesis_is_the_one_that_was_computed(
    mode: str, request: pytest.FixtureRequest
) -> None:
    network: RunningNetwork = request.getfixturevalue(f"{mode}_network")
    expected = json.loads((network.folder / "network.json").read_bytes())["genesis_hash"]
    assert genesis_of(network)["hash"] == expected


@pytest.mark.parametrize("mode", ["header", "contract"])
def test_blocks_are_sealed_by_a_quorum_of_the_written_validators(
    mode: str, request: pytest.FixtureRequest
) -> None:
    network: RunningNetwork = request.getfixturevalue(f"{mode}_network")
    entitled = list(network.plan.addresses)
    assert len(entitled) == 4
    for number in (1, 2):
        assert conclusion(network, number, mode, entitled) is ExitCode.PROVED
        assert conclusion(network, number, mode, entitled[:3]) is ExitCode.REFUTED


def test_the_registry_in_the_genesis_is_a_founded_consortium(
    contract_network: RunningNetwork,
) -> None:
    url = contract_network.endpoints[0]
    written = json.loads((contract_network.folder / "network.json").read_bytes())
    members = read_members(url, REGISTRY)
    assert [each.member.hex() for each in members] == [
        each["member"] for each in written["founders"]
    ]
    assert {each.status for each in members} == {"active"}
    found = read_validators(url, "qbft-contract", REGISTRY)
    assert found == contract_network.plan.addresses


def test_a_validator_that_is_voted_in_seals_and_one_that_is_voted_out_does_not(
    contract_network: RunningNetwork,
) -> None:
    network, old = contract_network, list(contract_network.plan.addresses)
    joining, leaving = address_of_node(network.folder, 4), address_of_node(network.folder, 3)
    new = [each for each in old if each != leaving] + [joining]
    decided = vote_validators(network, new, voters=[0, 1, 2])
    network.wait_for_blocks(8)
    assert conclusion(network, decided, "contract", old) is ExitCode.PROVED
    assert conclusion(network, decided + 1, "contract", new) is ExitCode.PROVED
    assert conclusion(network, decided + 1, "contract", old) is ExitCode.REFUTED
    numbers = range(decided + 1, network.height(0) + 1)
    miners = {block_miner(network, number) for number in numbers}
    assert "0x" + joining.hex() in miners
    assert "0x" + leaving.hex() not in miners
    vote_validators(network, old, voters=[1, 2, 3])
    network.wait_for_blocks(2)


def block_miner(network: RunningNetwork, number: int) -> str:
    block: Any = Rpc(network.endpoints[0]).ask("eth_getBlockByNumber", hex(number), False)
    return str(block["miner"])


def test_blocks_go_on_without_one_of_four_which_catches_up_when_it_is_back(
    header_network: RunningNetwork,
) -> None:
    network = header_network
    network.stop(3)
    assert not network.is_running(3)
    height = network.wait_for_blocks(4)
    network.start(3)
    network.wait_for_blocks(1)
    assert network.height(3) >= height
    network.kill(2)
    network.wait_for_blocks(2)
    network.start(2)
    network.wait_for_blocks(1)
    for number in range(height, network.height(0)):
        entitled = list(network.plan.addresses)
        assert conclusion(network, number, "header", entitled) is ExitCode.PROVED


def test_in_header_mode_the_validators_vote_in_their_blocks(
    header_network: RunningNetwork,
) -> None:
    network, leaving = header_network, address_of_node(header_network.folder, 3)
    for index in range(3):
        Rpc(network.endpoints[index]).ask("istanbul_propose", "0x" + leaving.hex(), False)
    three = sorted(each for each in network.plan.addresses if each != leaving)
    deadline = time.monotonic() + 240  # a busy machine needs more rounds for a block
    while list(read_validators(network.endpoints[0], "qbft-header", REGISTRY)) != three:
        assert time.monotonic() < deadline
        network.wait_for_blocks(1)
    assert conclusion(network, network.height(0), "header", three) is ExitCode.PROVED


def test_a_transition_moves_the_list_from_the_headers_into_the_contract(tmp_path: Path) -> None:
    for network in network_of(tmp_path, contract_from=4):
        network.wait_for_blocks(6)
        entitled = list(network.plan.addresses)
        modes = {number: "header" if number <= 4 else "contract" for number in range(1, 8)}
        for number, mode in modes.items():
            assert conclusion(network, number, mode, entitled) is ExitCode.PROVED, number


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def children(pid: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(each) for each in found.stdout.split()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_script_leaves_no_process_behind(number: signal.Signals, tmp_path: Path) -> None:
    base = str(free_port_base(4))
    started = subprocess.Popen(
        [
            *(sys.executable, SCRIPT, "--out", tmp_path / "net", "--port-base", base, "--json"),
            *("--client", CLIENT),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    with started:
        written = json.loads(started.stdout.readline())
        answer = json.loads(started.stdout.readline())
        assert answer["height"] >= 1
        assert len(answer["endpoints"]) == len(written["validators"]) == 4
        validators = children(started.pid)
        assert len(validators) == 4
        started.send_signal(number)
        code = started.wait(60)
    assert code == (0 if number is not signal.SIGKILL else -signal.SIGKILL)
    deadline = time.monotonic() + 10
    while any(map(alive, validators)):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_program_that_is_no_client_is_said_and_nothing_stays(tmp_path: Path) -> None:
    made = make_network(tmp_path, Wishes())
    assert genesis_hash(made)
    with (
        pytest.raises(Exception, match="block 0 of validator 0 was not written"),
        running(tmp_path, Path("/bin/false"), port_base=0),
    ):
        raise AssertionError("it ran")
