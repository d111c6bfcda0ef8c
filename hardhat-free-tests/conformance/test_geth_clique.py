"""The main job on geth 1.13 with Clique: forks happen, blocks cost money, finality is a number of blocks."""

from collections.abc import Callable

import pytest
from harness.geth import CHAIN_ID, Geth
from harness.member import Member

from ledger.errors import ConfigurationError, UnavailableError
from ledger.proof.report import ExitCode, Verdict

PROVED = ("V1", "V2", "V3", "V4", "V5", "V6", "V7", "V9", "V11", "V12")
ANCHORED = "0x" + b"anchored".hex()


def settings(geth: Geth) -> dict[str, object]:
    return {
        "chain_url": geth.url,
        "chain_id": CHAIN_ID,
        "chain_kind": "clique",
        "finality": "3",
        "gas_price": "",
    }


@pytest.fixture(scope="module")
def members(geth: Geth, tmp_path_factory: pytest.TempPathFactory) -> list[Member]:
    """Members with money, whose contracts are deployed: at the same time, since each waits for blocks."""
    root = tmp_path_factory.mktemp("members")
    made = [Member.create(root / str(number), **settings(geth)) for number in range(3)]
    geth.fund(*(each.account for each in made))
    running = [each.command("chain", "deploy") for each in made]
    assert [each.wait(60) for each in running] == [0] * len(made)
    return made


@pytest.fixture
def member(members: list[Member]) -> Member:
    """A member that no other test uses."""
    return members.pop()


def anchors_on_chain(geth: Geth, member: Member) -> list[str]:
    """Return the transactions of every anchor event in the canonical chain."""
    with member.node() as node:
        address = "0x" + str(node.settings.anchor)
    query = {"fromBlock": "0x0", "toBlock": "latest", "address": address}
    return [each["transactionHash"] for each in geth.call("eth_getLogs", query)]


def test_what_was_sealed_is_anchored_and_proved_without_seals(geth: Geth, member: Member) -> None:
    receipt = member.seal(fields={"phone": "13900000000"})
    done = member.until("frozen")
    assert done.progress.size == 1
    report = member.export(receipt)
    for check in PROVED:
        assert report.of(check).verdict is Verdict.PROVED, report.of(check)
    assert report.of("V10").verdict is Verdict.NOT_PROVABLE
    assert "block-unauthenticated" in report.of("V9").trusts
    assert report.exit_code is ExitCode.PROVED, "a policy for a chain without seals asks for none"
    assert not member.audit().problems
    assert len(anchors_on_chain(geth, member)) >= 1
    assert "chain-low-balance" not in member.alarms
    with member.node() as node:
        final, latest = node.chain.final(), node.chain.latest()
        assert final is not None
        assert latest.number - final.number in (3, 4)


def test_an_empty_account_is_warned_about_and_refused_by_name(
    geth: Geth, make_member: Callable[..., Member]
) -> None:
    member = make_member(**settings(geth))
    with pytest.raises(UnavailableError, match="chain-no-funds"):
        member.deploy()
    member.configure(registry="11" * 20, anchor="22" * 20)
    with member.node() as node:
        assert node.chain.warnings() == ("chain-low-balance",)
    geth.fund(member.account)
    with member.node() as node:
        assert node.chain.warnings() == ()
        with pytest.raises(ConfigurationError, match="contract-missing"):
            node.chain.active_member()
    member.configure(chain_id=CHAIN_ID + 1)
    with member.node() as node, pytest.raises(ConfigurationError, match="chain-id"):
        node.chain.latest()


def test_a_transaction_that_pays_too_little_is_replaced_under_its_nonce(
    geth: Geth, member: Member
) -> None:
    member.configure(gas_price=5)  # geth takes it into the pool, and no block's base fee allows it
    member.seal()
    done = member.tick()
    assert done.progress.phase is not None
    assert done.progress.phase.value == "submitted"
    address = "0x" + member.account.hex()
    waiting = int(geth.call("eth_getTransactionCount", address, "latest"), 16)
    member.configure(gas_price="")
    member.until("frozen", 60)
    assert len(anchors_on_chain(geth, member)) == 1
    (mined,) = anchors_on_chain(geth, member)
    transaction = geth.call("eth_getTransactionByHash", mined)
    assert int(transaction["nonce"], 16) == waiting
    assert int(transaction["gasPrice"], 16) > 5
    assert not member.audit().problems


def test_an_anchor_in_a_block_that_lost_is_anchored_again_once(geth: Geth, member: Member) -> None:
    first = member.seal()
    member.until("included")
    (lost,) = anchors_on_chain(geth, member)
    block = int(geth.call("eth_getTransactionReceipt", lost)["blockNumber"], 16)
    geth.rewind(block - 1)
    member.until("frozen", 60)
    assert "anchor-reorged" in member.alarms
    assert len(anchors_on_chain(geth, member)) == 1
    with member.node() as node:
        assert node.chain.head(node.log.member, 0).size == 1
    assert not member.audit().problems
    assert member.export(first).of("V9").verdict is Verdict.PROVED
