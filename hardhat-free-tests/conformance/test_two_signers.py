"""A member on two real nodes of one chain: when the one in use dies it goes on, and it comes back to it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.member import Member
from harness.rpc_node import post, until
from networks.clique import CliqueWishes, make_clique
from networks.clique_running import CliqueNetwork, running_clique
from networks.geth import find_geth

from ledger.chain.endpoints import endpoint_views, endpoints_of, read_addresses
from ledger.chain.rpc import survey_now
from ledger.proof.report import ExitCode

GETH = find_geth()

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(GETH is None, reason="geth 1.13 is not installed: scripts/networks/geth.py"),
    pytest.mark.slow,
]


@pytest.fixture
def network(tmp_path: Path) -> Iterator[CliqueNetwork]:
    """Three signers: two go on when one dies; the member knows the first two."""
    assert GETH is not None
    make_clique(tmp_path / "net", CliqueWishes(signers=3))
    with running_clique(tmp_path / "net", GETH, port_base=0) as network:
        network.wait_for_blocks(2)
        yield network


def test_anchoring_goes_on_when_the_endpoint_in_use_dies(
    network: CliqueNetwork, make_member: Callable[..., Member]
) -> None:
    url = ",".join(network.endpoints[:2])
    member = make_member(
        chain_url=url, chain_id=network.chain_id, chain_kind="clique", finality="3", gas_price=0
    )
    member.deploy()
    receipts = [member.seal()]
    member.until("submitted")
    network.kill(0)
    member.until("frozen", 60)
    assert "chain-endpoint-silent" in member.tick().alarms
    assert [each.used for each in endpoint_views(url)] == [False, True]
    network.start(0)
    survey_now(endpoints_of(read_addresses(url)))
    assert [each.judgement.state for each in endpoint_views(url)] == ["works", "works"]
    network.kill(1)
    receipts.append(member.seal())
    member.until("frozen", 60)
    assert [each.used for each in endpoint_views(url)] == [True, False]
    assert not member.audit().problems
    assert "anchor-reorged" not in member.alarms
    for receipt in receipts:
        assert member.export(receipt).exit_code is ExitCode.PROVED


def test_a_signer_that_was_cut_off_is_behind_and_is_used_again(
    network: CliqueNetwork, make_member: Callable[..., Member]
) -> None:
    url = ",".join(network.endpoints[:2])
    known = endpoints_of(read_addresses(url))
    network.partition([0], [1, 2])
    until(lambda: network.peers(0) == 0)

    def behind() -> bool:
        survey_now(known)
        return [each.judgement.state for each in endpoint_views(url)] == ["behind", "works"]

    until(behind, 90, 1)
    member = make_member(
        chain_url=url, chain_id=network.chain_id, chain_kind="clique", finality="3", gas_price=0
    )
    member.deploy()
    member.seal()
    member.until("frozen", 60)
    assert "chain-endpoint-behind" in member.alarms
    network.heal()
    until(lambda: network.height(0) >= network.height(1) - 1, 60, 0.5)

    def back() -> bool:
        survey_now(known)
        return [each.judgement.state for each in endpoint_views(url)] == ["works", "works"]

    until(back, 60, 1)
    assert int(post(network.endpoints[0], "eth_blockNumber"), 16) > 0
    assert not member.audit().problems
