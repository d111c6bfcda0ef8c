"""The gas table: measured on py-evm under London rules, compared with the committed one to the unit.

A change in a contract that moves a number is seen in the diff of ``gas.json``. To write the table anew:
``PYTHONPATH=.:hardhat-free-tests python hardhat-free-tests/contract/test_gas.py``.
"""

import json
from pathlib import Path

import pytest
from contract.blacklist_gas import measure_blacklist
from contract.consortium import (
    VOTING_PERIOD,
    address_word,
    admin_of,
    evidence_key,
    log_key,
    member_id,
    newcomer,
)
from contract.signed_chain import SignedConsortium, accounts, deploy
from contract.tree import Tree
from eth_utils import to_checksum_address

TABLE = Path(__file__).parent / "gas.json"
MILLION = 2**20
NEW_ADMIN = to_checksum_address(admin_of(9))
GROWTHS = [1, 10, 100, 1_000, 10_000, MILLION // 4]
SPECIFICATION = Path(__file__).parents[2] / "docs" / "spec" / "contracts.md"
# The project's goal for an anchor of a log of 2^20 leaves, once it has a head.
GOAL = 80_000


def start() -> SignedConsortium:
    found_accounts = accounts()
    founders = [
        newcomer(
            number,
            admin=found_accounts[1 + number],
            keys=[
                evidence_key(number),
                log_key(number),
                (2, address_word(found_accounts[4 + number]), b""),
            ],
        )
        for number in range(3)
    ]
    return deploy(founders)


def measure() -> dict[str, int]:
    consortium = start()
    tree = Tree()
    table = {
        "anchor, first of a log of 2^20": consortium.anchor(0, MILLION, tree.root(MILLION), [])[
            "gasUsed"
        ]
    }
    size = MILLION
    for growth in GROWTHS:
        proof = tree.consistency(size, size + growth)
        size += growth
        receipt = consortium.anchor(0, size, tree.root(size), proof)
        table[f"anchor, growth by {growth:,}, {len(proof)} hashes"] = receipt["gasUsed"]
    table["anchor, sent again"] = consortium.anchor(0, size, tree.root(size), [])["gasUsed"]

    registry = consortium.registry.functions
    admit = consortium.registry.encode_abi("admitMember", [newcomer(9, admin=NEW_ADMIN)])
    period = consortium.registry.encode_abi("setVotingPeriod", [VOTING_PERIOD])
    generation = consortium.registry.encode_abi(
        "openGeneration", [member_id(0), 1, size, tree.root(size)]
    )
    for name, change in [
        ("admit a member", admit),
        ("set the period", period),
        ("open a generation", generation),
    ]:
        table[f"propose to {name}"] = consortium.send(1, registry.propose(change))["gasUsed"]
        deciding = consortium.send(
            2, registry.vote(consortium.registry.functions.proposalCount().call())
        )
        table[f"deciding vote to {name}"] = deciding["gasUsed"]
    return table | measure_blacklist()


@pytest.fixture(scope="module")
def measured() -> dict[str, int]:
    return measure()


def test_gas_is_what_the_table_says(measured: dict[str, int]) -> None:
    assert measured == json.loads(TABLE.read_text(encoding="utf-8"))


def test_an_anchor_of_a_log_of_a_million_leaves_stays_below_the_goal(
    measured: dict[str, int],
) -> None:
    growths = {name: gas for name, gas in measured.items() if "growth" in name}
    assert len(growths) == len(GROWTHS)
    assert max(growths.values()) < GOAL


def test_gas_follows_the_proof_and_not_the_batch(measured: dict[str, int]) -> None:
    growths = [gas for name, gas in measured.items() if "growth" in name]
    assert max(growths) < 1.5 * min(growths)


def test_the_specification_quotes_the_table(measured: dict[str, int]) -> None:
    words = SPECIFICATION.read_text(encoding="utf-8")
    growths = [gas for name, gas in measured.items() if "growth" in name]
    others = [
        gas for name, gas in measured.items() if "growth" not in name and "period" not in name
    ]
    for gas in (min(growths), max(growths), *others):
        assert f"{gas:,}" in words


if __name__ == "__main__":
    TABLE.write_text(json.dumps(measure(), indent=2) + "\n", encoding="utf-8")
