"""A vote ends a member's log and opens the next generation; what a chain's node says is compared first."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak
from harness.founders import Institution, found_together
from harness.rpc_node import Answer, RestrictedNode
from integration.consortium.conftest import Make

from node.settings import write_settings

pytestmark = [pytest.mark.anvil, pytest.mark.timeout(300)]


@pytest.fixture
def voted(institution: Make, tmp_path: Path) -> tuple[Institution, Any]:
    """A bank with an anchored item, whose next generation was voted."""
    bank, other = founders = [institution(number) for number in (1, 2)]
    found_together(tmp_path, founders, threshold=2)
    receipt = bank.seal_and_anchor(tmp_path, "before")
    number = other.ok("open-generation", bank.name)["proposal"]
    assert bank.ok("vote", number)["executed"] == [number]
    return bank, receipt


def _call(node: RestrictedNode, signature: str, result: str) -> Mapping[str, Answer]:
    """Answer the calls of one view with ``result``; everything else is the real node's."""
    selector = "0x" + keccak(text=signature)[:4].hex()

    def answer(params: list[Any]) -> Any:
        if str(params[0].get("data", params[0].get("input"))).startswith(selector):
            return result
        return node.pass_on("eth_call", params)

    return {"eth_call": answer}


def _refused(bank: Institution, signature: str, result: str) -> str:
    with RestrictedNode({}, bank.cli.url) as node:
        node.table.update(_call(node, signature, result))
        told = replace(bank.cli, url=node.url)
        done = told.run("log", "begin-generation", "--yes", "--json")
    assert done.code != 0, done.out
    return done.err


def test_a_vote_that_does_not_fit_the_chain_begins_nothing(
    voted: tuple[Institution, Any], tmp_path: Path
) -> None:
    bank, receipt = voted
    zero = "0x" + "00" * 32
    assert "generation-vote-missing" in _refused(bank, "proposalCount()", zero)
    assert "generation-head-differs" in _refused(
        bank, "head(bytes32,uint64)", "0x" + f"{9:064x}" * 4
    )
    write_settings(bank.cli.home, {"finality": "1000000"})
    assert "generation-not-final" in bank.cli.run("log", "begin-generation", "--yes", "--json").err
    write_settings(bank.cli.home, {"finality": "instant"})
    assert bank.cli.ok("log", "checkpoint", "--generation", "1") is None

    begun = bank.cli.ok("log", "begin-generation", "--yes")
    assert (begun["generation"], begun["watching"], begun["continues"]["carried"]) == (1, False, 0)
    assert "log-generation-moved" in _refused(bank, "generationOf(bytes32)", zero)
    later = bank.seal_and_anchor(tmp_path, "after")
    assert [bank.verified(each, tmp_path) for each in (receipt, later)] == [0, 0]
    closed = bank.cli.ok("log", "checkpoint", "--generation", "0")
    assert (closed["size"], closed["note"].splitlines()[0][-3:]) == (1, "/g0")


def test_a_node_in_no_consortium_and_one_without_a_vote_begin_nothing(
    institution: Make, tmp_path: Path
) -> None:
    bank, other = founders = [institution(number) for number in (1, 2)]
    begin = ("log", "begin-generation", "--yes", "--json")
    assert "consortium-not-joined" in bank.cli.run(*begin).err
    found_together(tmp_path, founders, threshold=2)
    other.ok("open-generation", bank.name)
    assert "generation-not-voted" in bank.cli.run(*begin).err
