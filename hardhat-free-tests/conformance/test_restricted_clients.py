"""The main job through nodes that answer less: GoQuorum 24.4's RPC, and forms in which clients differ."""

from collections.abc import Callable, Iterator

import pytest
from harness.member import Member
from harness.restricted import pruned, quorum, short_keys, whole
from harness.rpc_node import RestrictedNode

from ledger.devchain.supervisor import Supervisor
from ledger.proof.report import ExitCode

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
