"""The contracts can stand in a genesis: code and storage words, and no constructor."""

import pytest
from contract.consortium import (
    COURT,
    MEMBER,
    OBSERVER,
    VOTING_PERIOD,
    Consortium,
    address_of,
    admin_of,
    anchor_key_of,
    found,
    member_id,
    newcomer,
)
from contract.evm import Chain, Contract, refuses
from contract.genesis import anchor_words, registry_words
from contract.tree import numbered_tree

from contracts import artifact

REGISTRY, ANCHORS = "0x" + "00" * 18 + "8888", "0x" + "00" * 18 + "9999"
VALIDATORS = sorted(address_of("validator", number) for number in range(4))
FOUNDERS = [
    newcomer(0),
    newcomer(
        1, roles=MEMBER | OBSERVER, endpoint="https://a-rather-long-host-name.branch.example/peer"
    ),
    newcomer(2, logOrigin="a-rather-long-host-name.branch.example/evidence-log"),
    newcomer(3, roles=COURT, keys=[]),
]


@pytest.fixture
def at_genesis() -> Consortium:
    chain = Chain(number=0)
    storage = {
        REGISTRY: registry_words(
            FOUNDERS,
            threshold=2,
            voting_period=VOTING_PERIOD,
            validators=VALIDATORS,
            evidence_anchor=ANCHORS,
            block=0,
        ),
        ANCHORS: anchor_words(REGISTRY),
    }
    for address, name in ((REGISTRY, "ConsortiumRegistry"), (ANCHORS, "EvidenceAnchor")):
        chain.learn(artifact(name))
        chain.install(address, artifact(name).deployed_bytecode)
        for slot, value in storage[address].items():
            chain.evm.insert_account_storage(address, slot, value)
    registry, anchors = (
        Contract(chain, address, artifact(name).abi)
        for address, name in ((REGISTRY, "ConsortiumRegistry"), (ANCHORS, "EvidenceAnchor"))
    )
    return Consortium(chain, registry, anchors, [0, 1, 2])


def test_a_genesis_equals_a_deployment(at_genesis: Consortium) -> None:
    deployed = found(founders=FOUNDERS, threshold=2, validators=VALIDATORS, chain=Chain(number=0))
    views = [
        ("getValidators",),
        ("memberIds",),
        ("threshold",),
        ("voterCount",),
        ("votingPeriod",),
        ("proposalCount",),
        *((view, member_id(number)) for view in ("member", "keyRecords") for number in range(4)),
        *(("memberOfAdmin", admin_of(number)) for number in range(4)),
        *(("anchorKey", anchor_key_of(number)) for number in range(4)),
        *(("anchorAuthority", anchor_key_of(number)) for number in range(4)),
    ]
    for name, *arguments in views:
        expected = deployed.registry.read(name, *arguments)
        assert at_genesis.registry.read(name, *arguments) == expected, name
    assert at_genesis.registry.read("evidenceAnchor") == ANCHORS
    assert at_genesis.anchors.read("registry") == REGISTRY


def test_a_genesis_lives(at_genesis: Consortium) -> None:
    tree = numbered_tree(9)
    at_genesis.chain.advance()
    at_genesis.grow(0, tree, 0, 4)
    at_genesis.grow(0, tree, 4, 9)
    at_genesis.decide("openGeneration", member_id(0), 1, 9, tree.root(9))
    at_genesis.decide("admitMember", newcomer(7))
    for changes in (
        {"logOrigin": FOUNDERS[2][5]},
        {"keys": FOUNDERS[1][6]},
        {"admin": admin_of(3)},
    ):
        with refuses(
            {
                "logOrigin": "ConsortiumRegistryOriginInUse",
                "keys": "ConsortiumRegistryKeyInUse",
                "admin": "ConsortiumRegistryAdminInUse",
            }[next(iter(changes))]
        ):
            at_genesis.decide("admitMember", newcomer(8, **changes))
    at_genesis.decide("removeMember", member_id(1), by=[0, 2])
    reasons = {item["reason"] for item in at_genesis.registry.read("keyRecords", member_id(1))}
    assert reasons == {2}
    assert at_genesis.registry.read("voterCount") == 3
