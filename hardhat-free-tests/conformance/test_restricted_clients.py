"""The main job through nodes that answer less: GoQuorum 24.4's RPC, and forms in which clients differ."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from harness.member import Member
from harness.rpc_node import Answer, Refusal, RestrictedNode

from ledger.devchain.supervisor import Supervisor
from ledger.proof.report import ExitCode


def lacking(*methods: str) -> dict[str, Answer]:
    """Return refusals as geth and GoQuorum word them."""

    def refusal(method: str) -> Answer:
        def refuse(_params: list[Any]) -> Any:
            raise Refusal(-32601, f"the method {method} does not exist/is not available")

        return refuse

    return {method: refusal(method) for method in methods}


def quorum(node: RestrictedNode) -> dict[str, Answer]:
    """Return how GoQuorum 24.4 answers where it differs."""

    def block(params: list[Any]) -> Any:
        if params[0] in ("finalized", "safe"):
            raise Refusal(-32602, "invalid argument 0: hex string without 0x prefix")
        return node.pass_on("eth_getBlockByNumber", params)

    def receipt(params: list[Any]) -> Any:
        found = node.pass_on("eth_getTransactionReceipt", params)
        return found and {**found, "isPrivacyMarkerTransaction": False}

    return {
        **lacking("eth_getBlockReceipts", "eth_feeHistory", "eth_maxPriorityFeePerGas"),
        "eth_getBlockByNumber": block,
        "eth_getTransactionReceipt": receipt,
    }


def pruned(_node: RestrictedNode) -> dict[str, Answer]:
    """Return a node that has no state but the newest."""

    def refuse(_params: list[Any]) -> Any:
        raise Refusal(-32000, "missing trie node 00 (path ) state 0x00 is not available")

    return {"eth_getProof": refuse}


def short_keys(node: RestrictedNode) -> dict[str, Answer]:
    """Return a node that writes storage keys as quantities, as geth did until 1.13."""

    def proof(params: list[Any]) -> Any:
        found = node.pass_on("eth_getProof", params)
        for each in found["storageProof"]:
            each["key"] = hex(int(each["key"], 16))
        return found

    return {"eth_getProof": proof}


def whole(_node: RestrictedNode) -> dict[str, Answer]:
    return {}


CLIENTS = (whole, quorum, pruned, short_keys)


@pytest.fixture(params=CLIENTS, ids=lambda client: client.__name__)
def restricted(request: pytest.FixtureRequest, embedded: Supervisor) -> Iterator[RestrictedNode]:
    node = RestrictedNode({}, embedded.url)
    node.table = request.param(node)
    with node:
        yield node


def test_what_was_sealed_is_anchored_and_proved(
    restricted: RestrictedNode, make_member: Callable[..., Member]
) -> None:
    member = make_member(chain_url=restricted.url)
    member.deploy()
    receipt = member.seal()
    assert member.until("frozen").progress.size == 1
    member.seal()
    assert member.until("frozen").progress.size == 2
    report = member.export(receipt)
    assert report.exit_code is ExitCode.PROVED, report
    assert not member.audit().problems
    used = {method for method, _ in restricted.calls}
    assert not {"eth_feeHistory", "eth_maxPriorityFeePerGas", "eth_sendTransaction"} & used


def test_a_tag_that_the_client_does_not_know_means_that_nothing_is_final(
    embedded: Supervisor, make_member: Callable[..., Member]
) -> None:
    node = RestrictedNode({}, embedded.url)
    node.table = quorum(node)
    with node:
        member = make_member(chain_url=node.url, finality="finalized")
        member.deploy()
        member.seal()
        done = member.until("included")
        assert not done.progress.frozen
        with member.node() as opened:
            assert opened.chain.final() is None
