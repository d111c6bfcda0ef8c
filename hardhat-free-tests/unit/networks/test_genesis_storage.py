"""The registry's storage at block 0, against a second description and against a deployed registry."""

from contract.consortium import VOTING_PERIOD, member_id
from contract.evm import Chain, Contract
from contract.genesis import anchor_words as other_anchor_words
from contract.genesis import registry_words as other_registry_words
from networks.founders import Institution
from networks.plan import ANCHOR, REGISTRY
from networks.storage import anchor_words, registry_words

from contracts import artifact

FOUNDERS = tuple(
    Institution(
        member=member_id(number),
        name=f"bank {number}",
        admin=bytes([number + 1]) * 20,
        origin=f"{'a-rather-long-host-name.' * number}example/log-{number}",
        endpoint="https://a-rather-long-host-name.branch.example/peer" if number == 1 else "",
        roles=[1, 3, 5, 4][number],
        keys={
            "evidence": bytes([0x40 + number]) * 32,
            "log": bytes([0x50 + number]) * 32,
            "anchor": bytes([0x60 + number]) * 20,
        }
        if number < 3
        else {},
    )
    for number in range(4)
)
VALIDATORS = sorted(bytes([0xA0 + number]) * 20 for number in range(4))


def words(validators: list[bytes]) -> dict[int, int]:
    found = registry_words(FOUNDERS, threshold=2, validators=validators, anchor=ANCHOR)
    return {int.from_bytes(slot, "big"): word for slot, word in found.items()}


def described(validators: list[bytes]) -> dict[int, int]:
    """Return the same from the description of the contract's own tests."""
    numbers = {"evidence": 0, "log": 1, "anchor": 2}
    founders = [
        (
            each.member, each.name_hash, "0x" + each.admin.hex(), each.roles, each.endpoint,
            each.origin,
            [(numbers[purpose], key.rjust(32, b"\0"), b"") for purpose, key in each.keys.items()],
        )
        for each in FOUNDERS
    ]  # fmt: skip
    found = other_registry_words(
        founders,
        threshold=2,
        voting_period=VOTING_PERIOD,
        validators=["0x" + each.hex() for each in validators],
        evidence_anchor="0x" + ANCHOR.hex(),
        block=0,
    )
    return {slot: word for slot, word in found.items() if word}


def test_two_descriptions_of_the_layout_agree() -> None:
    for validators in (VALIDATORS, []):
        assert words(validators) == described(validators)
    (slot, word), *_ = anchor_words(REGISTRY).items()
    assert {int.from_bytes(slot, "big"): word} == other_anchor_words("0x" + REGISTRY.hex())


def test_the_code_reads_its_founders_out_of_these_words() -> None:
    chain = Chain(number=0)
    name = "0x" + REGISTRY.hex()
    chain.learn(artifact("ConsortiumRegistry"))
    chain.install(name, artifact("ConsortiumRegistry").deployed_bytecode)
    for slot, word in words(VALIDATORS).items():
        chain.evm.insert_account_storage(name, slot, word)
    registry = Contract(chain, name, artifact("ConsortiumRegistry").abi)
    assert registry.read("getValidators") == tuple("0x" + each.hex() for each in VALIDATORS)
    assert registry.read("memberIds") == tuple(each.member for each in FOUNDERS)
    assert registry.read("voterCount") == 3
    assert registry.read("threshold") == 2
    for each in FOUNDERS:
        found = registry.read("member", each.member)
        assert found["nameHash"] == each.name_hash
        assert found["admin"] == "0x" + each.admin.hex()
        assert (found["endpoint"], found["logOrigin"]) == (each.endpoint, each.origin)
        records = registry.read("keyRecords", each.member)
        assert [record["publicKey"] for record in records] == [
            key.rjust(32, b"\0") for key in each.keys.values()
        ]
