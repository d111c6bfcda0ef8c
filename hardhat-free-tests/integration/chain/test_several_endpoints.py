"""One chain at several addresses: real servers that die, lag, lie and come back."""

import json
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from harness.commands import Cli, free_port
from harness.member import Member
from harness.rpc_node import RawServer, Refusal, RestrictedNode, post

from ledger.chain.endpoints import Expected, endpoint_views, endpoints_of, expect, read_addresses
from ledger.chain.errors import NodeError
from ledger.chain.rpc import Rpc, survey_now
from ledger.devchain.supervisor import DevelopmentChainWarning, Supervisor
from ledger.errors import UnavailableError
from ledger.proof.report import ExitCode

pytestmark = pytest.mark.anvil


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervisor]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DevelopmentChainWarning)
        chain = Supervisor(tmp_path_factory.mktemp("chain"), port=0, block_time=0.05, heartbeat=0.2)
        with chain:
            yield chain


@pytest.fixture
def nodes(embedded: Supervisor) -> Iterator[list[RestrictedNode]]:
    """Three addresses of the same chain."""
    with ExitStack() as stack:
        yield [stack.enter_context(RestrictedNode({}, embedded.url)) for _ in range(3)]


def listed(*nodes: Any) -> str:
    return ",".join(each if isinstance(each, str) else each.url for each in nodes)


def states(url: str) -> list[str]:
    survey_now(endpoints_of(read_addresses(url)))
    return [each.judgement.reason or each.judgement.state for each in endpoint_views(url)]


def asked(node: RestrictedNode, method: str) -> int:
    return sum(1 for each, _ in node.calls if each == method)


def dead() -> str:
    return f"http://127.0.0.1:{free_port()}"


def test_the_first_that_works_is_asked(nodes: list[RestrictedNode]) -> None:
    rpc = Rpc(listed(*nodes))
    for _ in range(3):
        rpc.ask("eth_gasPrice")
    assert [asked(node, "eth_gasPrice") for node in nodes] == [3, 0, 0]


def test_a_dead_one_is_left_behind_and_used_again_when_it_is_back(
    nodes: list[RestrictedNode],
) -> None:
    url = listed(*nodes)
    rpc = Rpc(url)
    rpc.ask("eth_chainId")

    def hang(_params: list[Any]) -> Any:
        time.sleep(6)

    nodes[0].table = {"eth_gasPrice": hang, "eth_chainId": hang}
    begun = time.monotonic()
    rpc.ask("eth_gasPrice")
    assert time.monotonic() - begun < 5.5, "its time is up after four seconds"
    begun = time.monotonic()
    rpc.ask("eth_gasPrice")
    assert time.monotonic() - begun < 1
    assert [each.judgement.state for each in endpoint_views(url)] == ["silent", "works", "works"]
    nodes[0].table = {}
    assert states(url) == ["works"] * 3
    rpc.ask("eth_blockNumber")
    assert asked(nodes[0], "eth_blockNumber") == 1


def test_nothing_listens_at_the_first_address(nodes: list[RestrictedNode]) -> None:
    url = listed(dead(), nodes[1])
    begun = time.monotonic()
    assert Rpc(url).ask("eth_chainId") == post(nodes[1].url, "eth_chainId")
    assert time.monotonic() - begun < 3
    assert states(url) == ["endpoint-no-answer", "works"]


def test_what_is_no_json_rpc_is_left_behind(nodes: list[RestrictedNode]) -> None:
    def page(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "6")
        handler.end_headers()
        handler.wfile.write(b"<html>")

    with RawServer(page) as proxy:
        url = listed(proxy.url, nodes[0])
        Rpc(url).ask("eth_chainId")
        assert states(url) == ["endpoint-answer", "works"]


def test_a_lagging_one_is_left_behind(nodes: list[RestrictedNode]) -> None:
    for _ in range(5):
        post(nodes[0].url, "eth_blockNumber")
    old = post(nodes[0].url, "eth_getBlockByNumber", "0x0", False)
    newest = post(nodes[0].url, "eth_getBlockByNumber", "latest", False)
    if int(newest["number"], 16) < 3:
        pytest.skip("the chain is too young")

    def block(params: list[Any]) -> Any:
        if params[0] == "latest":
            return {**old, "timestamp": hex(int(newest["timestamp"], 16) - 100)}
        return nodes[0].pass_on("eth_getBlockByNumber", params)

    nodes[0].table = {"eth_getBlockByNumber": block}
    url = listed(*nodes)
    assert states(url) == ["endpoint-old", "works", "works"]
    Rpc(url).ask("eth_gasPrice")
    assert [asked(node, "eth_gasPrice") for node in nodes] == [0, 1, 0]


def test_one_of_another_chain_is_never_asked(
    nodes: list[RestrictedNode], embedded: Supervisor
) -> None:
    nodes[0].table = {"eth_chainId": lambda _params: "0x1"}
    url = listed(nodes[0], nodes[1])
    expect(url, Expected(int(post(embedded.url, "eth_chainId"), 16), "instant"))
    rpc = Rpc(url)
    rpc.ask("eth_gasPrice")
    assert states(url) == ["endpoint-chain-id", "works"]
    nodes[1].table = {"eth_gasPrice": busy}
    with pytest.raises(UnavailableError, match="chain-refuses"):
        rpc.ask("eth_gasPrice")
    assert asked(nodes[0], "eth_gasPrice") == 0


def busy(_params: list[Any]) -> Any:
    raise Refusal(-32005, "rate limit exceeded")


def changed_block(node: RestrictedNode, which: str) -> Callable[[list[Any]], Any]:
    def block(params: list[Any]) -> Any:
        found = node.pass_on("eth_getBlockByNumber", params)
        wrong = which == "every" or int(found["number"], 16) == int(which, 16)
        return {**found, "hash": "0x" + "ee" * 32} if wrong else found

    return block


def test_one_with_another_genesis_contradicts(nodes: list[RestrictedNode]) -> None:
    nodes[0].table = {"eth_getBlockByNumber": changed_block(nodes[0], "0x0")}
    assert states(listed(*nodes)) == ["endpoint-genesis", "works", "works"]


def test_one_with_another_block_at_a_final_height_contradicts(
    nodes: list[RestrictedNode], embedded: Supervisor
) -> None:
    def block(params: list[Any]) -> Any:
        found = nodes[1].pass_on("eth_getBlockByNumber", params)
        return found if params[0] == "0x0" else {**found, "hash": "0x" + "ee" * 32}

    nodes[1].table = {"eth_getBlockByNumber": block}
    url = listed(*nodes)
    expect(url, Expected(int(post(embedded.url, "eth_chainId"), 16), "instant"))
    assert states(url) == ["works", "endpoint-block", "works"]


def test_a_busy_one_and_one_that_lacks_a_method_are_asked_once_and_another_answers(
    nodes: list[RestrictedNode],
) -> None:
    def missing(_params: list[Any]) -> Any:
        raise Refusal(-32601, "the method eth_gasPrice does not exist/is not available")

    nodes[0].table, nodes[1].table = {"eth_gasPrice": busy}, {"eth_gasPrice": missing}
    url = listed(*nodes)
    assert Rpc(url).ask("eth_gasPrice") == "0x0"
    assert states(url) == ["works"] * 3
    with pytest.raises(NodeError, match="rate limit"):
        Rpc(listed(nodes[0], nodes[1])).call("eth_gasPrice")


def test_a_contract_s_refusal_is_an_answer(nodes: list[RestrictedNode]) -> None:
    def revert(_params: list[Any]) -> Any:
        raise Refusal(3, "execution reverted", "0x")

    nodes[0].table = {"eth_estimateGas": revert}
    with pytest.raises(NodeError, match="reverted"):
        Rpc(listed(*nodes)).call("eth_estimateGas", {})
    assert asked(nodes[1], "eth_estimateGas") == 0


def test_signed_bytes_go_to_all_and_one_that_takes_them_is_enough(
    nodes: list[RestrictedNode],
) -> None:
    def known(_params: list[Any]) -> Any:
        raise Refusal(-32000, "already known")

    def poor(_params: list[Any]) -> Any:
        raise Refusal(-32000, "insufficient funds for gas * price + value")

    url, method = listed(*nodes), "eth_sendRawTransaction"
    for node, answer in zip(nodes, (poor, known, lambda _params: "0x01"), strict=True):
        node.table = {method: answer}
    assert Rpc(url).call(method, "0x00") == "0x01"
    assert [asked(node, method) for node in nodes] == [1, 1, 1]
    nodes[2].table = {method: poor}
    with pytest.raises(NodeError, match="already known"):
        Rpc(url).call(method, "0x00")


def test_the_next_one_is_not_asked_before_it_has_what_was_seen(nodes: list[RestrictedNode]) -> None:
    rpc = Rpc(listed(nodes[0], nodes[1]))
    height = int(rpc.ask("eth_getBlockByNumber", "latest", False)["number"], 16)
    nodes[0].table = {"eth_gasPrice": busy}
    nodes[1].table = {"eth_blockNumber": lambda _params: hex(max(height - 1, 0))}
    if height:
        with pytest.raises(UnavailableError):
            rpc.ask("eth_gasPrice")
        assert asked(nodes[1], "eth_gasPrice") == 0
    nodes[1].table = {"eth_blockNumber": lambda _params: hex(height)}
    assert rpc.ask("eth_gasPrice") == "0x0"


def test_a_member_anchors_and_proves_while_one_lies_about_receipts_and_one_is_dead(
    nodes: list[RestrictedNode], tmp_path: Path
) -> None:
    liar, honest = nodes[0], nodes[1]

    def receipts(params: list[Any]) -> Any:
        found = liar.pass_on("eth_getBlockReceipts", params)
        return [{**each, "cumulativeGasUsed": "0x1"} for each in found]

    url = listed(dead(), liar, honest)
    member = Member.create(tmp_path / "home", chain_url=url)
    member.deploy()
    receipt = member.seal()
    liar.table = {"eth_getBlockReceipts": receipts}
    member.until("frozen")
    assert member.export(receipt).exit_code is ExitCode.PROVED
    assert not member.audit().problems
    done = member.tick()
    assert {"chain-endpoint-silent", "chain-endpoint-contradicts"} <= set(done.alarms)
    assert endpoint_views(url)[1].judgement.reason == "endpoint-receipts"
    sent = [asked(node, "eth_sendRawTransaction") for node in (liar, honest)]
    assert sent[0] == sent[1] > 0


def test_status_and_doctor_say_which_one(nodes: list[RestrictedNode], tmp_path: Path) -> None:
    gone, wrong = dead(), nodes[0]
    wrong.table = {"eth_getBlockByNumber": changed_block(wrong, "0x0")}
    url = listed(gone, wrong, nodes[1], nodes[2])
    bank = Cli(tmp_path / "home", url, inside=True)
    bank.ok("init", "--name", "示范银行", "--origin", "lianzheng.example/several")
    bank.ok("chain", "deploy")
    status = bank.ok("chain", "status")
    assert [each["state"] for each in status["endpoints"]] == [
        "silent", "contradicts", "works", "works",
    ]  # fmt: skip
    assert [each["used"] for each in status["endpoints"]] == [False, False, True, False]
    assert "chain-endpoint-contradicts" in status["warnings"]
    shown = bank.run("chain", "status")
    assert "创世区块不同" in shown.out.replace("\n", "")
    found = [
        (each["state"], each["params"]["place"])
        for each in json.loads(bank.run("doctor", "--json").out)["checks"]
        if each["check"] == "doctor-endpoints"
    ]
    assert found == [
        ("warning", gone.removeprefix("http://")),
        ("failed", wrong.url.removeprefix("http://")),
    ]


def test_a_list_in_the_settings_file_is_read(nodes: list[RestrictedNode], tmp_path: Path) -> None:
    member = Member.create(tmp_path / "home")
    file = tmp_path / "home" / "lianzheng.toml"
    file.write_text(f'chain_url = ["{nodes[0].url}", "{nodes[1].url}"]\n' + file.read_text("utf-8"))
    with member.node() as node:
        assert node.settings.chain_url == listed(nodes[0], nodes[1])
