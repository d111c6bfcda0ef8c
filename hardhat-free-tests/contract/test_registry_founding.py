"""Founding: what the constructor takes, what it refuses, and that nobody keeps anything afterwards."""

from typing import Any

import pytest
from contract.consortium import (
    ACTIVE,
    ANCHOR,
    COURT,
    DEPLOYER,
    EVIDENCE,
    LOG,
    MEMBER,
    OBSERVER,
    OPEN,
    VOTING_PERIOD,
    address_of,
    address_word,
    admin_of,
    anchor_key,
    anchor_key_of,
    evidence_key,
    found,
    log_key,
    member_id,
    newcomer,
)
from contract.evm import Refused, refuses
from hypothesis import given
from hypothesis import strategies as st

HOUR = 3_600
YEAR = 366 * 86_400
VALIDATORS = sorted(address_of("validator", number) for number in range(5))


def test_founders_stand_as_they_were_given() -> None:
    registry = found(3, 2).registry
    assert registry.read("memberIds") == tuple(member_id(number) for number in range(3))
    assert registry.read("member", member_id(1)) == {
        "generation": 0,
        "sinceBlock": 1,
        "untilBlock": 0,
        "roles": MEMBER,
        "status": ACTIVE,
        "nameHash": newcomer(1)[1],
        "admin": admin_of(1),
        "endpoint": "https://node1.example",
        "logOrigin": "node1.example/log",
    }
    assert [record["publicKey"] for record in registry.read("keyRecords", member_id(1))] == [
        evidence_key(1)[1],
        log_key(1)[1],
        anchor_key(1)[1],
    ]
    assert registry.read("threshold") == 2
    assert registry.read("voterCount") == 3
    assert registry.read("votingPeriod") == VOTING_PERIOD
    assert registry.read("memberOfAdmin", admin_of(2)) == member_id(2)
    assert registry.read("memberOfAnchorKey", anchor_key_of(2)) == member_id(2)
    assert registry.read("anchorKey", anchor_key_of(2)) == {
        "member": member_id(2),
        "sinceBlock": 1,
        "untilBlock": 0,
        "compromisedSince": 0,
        "reason": OPEN,
    }


def test_the_deployer_keeps_no_power() -> None:
    consortium = found()
    for name, item in consortium.registry.functions.items():
        if item["stateMutability"] != "view":
            with pytest.raises(Refused) as caught:
                consortium.registry.send(DEPLOYER, name, *[_any(entry) for entry in item["inputs"]])
            assert caught.value.name in {
                "ConsortiumRegistryOnlyByVote",
                "ConsortiumRegistryNotAdmin",
            }, name


def test_no_change_can_be_called_from_outside_not_even_by_a_member() -> None:
    consortium = found()
    own = {"propose", "vote", "withdrawVote", "execute", "setEndpoint", "resign"}
    changes = [
        (name, item)
        for name, item in consortium.registry.functions.items()
        if item["stateMutability"] != "view" and name not in own
    ]
    assert len(changes) == 13
    for name, item in changes:
        with refuses("ConsortiumRegistryOnlyByVote", admin_of(0)):
            consortium.registry.send(admin_of(0), name, *[_any(entry) for entry in item["inputs"]])


def _any(parameter: dict[str, Any]) -> Any:
    """Return some well-formed value of the parameter's type."""
    match parameter["type"]:
        case "tuple":
            return tuple(_any(item) for item in parameter["components"])
        case "bytes32":
            return bytes([1]) * 32
        case "bytes":
            return b""
        case "string":
            return "https://x.example"
        case "address":
            return DEPLOYER
        case text if text.endswith("[]"):
            return []
        case _:
            return 1


@pytest.mark.parametrize(("threshold", "voters"), [(0, 3), (4, 3), (2**32 - 1, 3)])
def test_the_threshold_is_between_one_and_the_number_of_voters(threshold: int, voters: int) -> None:
    with refuses("ConsortiumRegistryInvalidThreshold", threshold, voters):
        found(voters, threshold)


def test_founders_that_do_not_vote_do_not_count_for_the_threshold() -> None:
    founders = [newcomer(0), newcomer(1, roles=OBSERVER), newcomer(2, roles=COURT)]
    assert found(founders=founders, threshold=1).registry.read("voterCount") == 1
    with refuses("ConsortiumRegistryInvalidThreshold", 2, 1):
        found(founders=founders, threshold=2)


def test_a_consortium_needs_a_voter() -> None:
    with refuses("ConsortiumRegistryInvalidThreshold", 1, 0):
        found(founders=[], threshold=1)


@pytest.mark.parametrize("period", [0, HOUR - 1, YEAR + 1, 2**64 - 1])
def test_the_voting_period_has_bounds(period: int) -> None:
    with refuses("ConsortiumRegistryInvalidVotingPeriod", period):
        found(voting_period=period)
    for accepted in (HOUR, YEAR):
        assert found(voting_period=accepted).registry.read("votingPeriod") == accepted


def test_validators_are_read_from_slot_zero() -> None:
    registry = found(validators=VALIDATORS).registry
    assert list(registry.read("getValidators")) == VALIDATORS
    assert registry.word(0) == 5
    assert found().registry.read("getValidators") == ()


@pytest.mark.parametrize(
    "validators",
    [
        VALIDATORS[::-1],
        [VALIDATORS[0], VALIDATORS[0]],
        ["0x" + "00" * 20],
        [f"0x{number:040x}" for number in range(1, 258)],
    ],
    ids=["descending", "twice", "zero", "too many"],
)
def test_validators_that_would_harm_the_chain_are_refused(validators: list[str]) -> None:
    with refuses("ConsortiumRegistryInvalidValidators"):
        found(validators=validators)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"id": bytes(32)}, "ConsortiumRegistryInvalidIdentity"),
        ({"nameHash": bytes(32)}, "ConsortiumRegistryInvalidIdentity"),
        ({"id": member_id(0)}, "ConsortiumRegistryMemberExists"),
        ({"roles": 0}, "ConsortiumRegistryInvalidRoles"),
        ({"roles": 32}, "ConsortiumRegistryInvalidRoles"),
        ({"roles": 255}, "ConsortiumRegistryInvalidRoles"),
        ({"admin": "0x" + "00" * 20}, "ConsortiumRegistryInvalidAdmin"),
        ({"admin": admin_of(0)}, "ConsortiumRegistryAdminInUse"),
        ({"endpoint": ""}, "ConsortiumRegistryInvalidEndpoint"),
        ({"endpoint": "x" * 257}, "ConsortiumRegistryInvalidEndpoint"),
        ({"endpoint": "https://银行.example"}, "ConsortiumRegistryInvalidEndpoint"),
        ({"logOrigin": ""}, "ConsortiumRegistryInvalidOrigin"),
        ({"logOrigin": "x" * 129}, "ConsortiumRegistryInvalidOrigin"),
        ({"logOrigin": "a b"}, "ConsortiumRegistryInvalidOrigin"),
        ({"logOrigin": "a\nb"}, "ConsortiumRegistryInvalidOrigin"),
        ({"logOrigin": "a+b"}, "ConsortiumRegistryInvalidOrigin"),
        ({"logOrigin": "a\x7f"}, "ConsortiumRegistryInvalidOrigin"),
        ({"logOrigin": "node0.example/log"}, "ConsortiumRegistryOriginInUse"),
        ({"keys": [(EVIDENCE, bytes(32), b"")]}, "ConsortiumRegistryInvalidKey"),
        ({"keys": [(ANCHOR, bytes(32), b"")]}, "ConsortiumRegistryInvalidKey"),
        ({"keys": [(ANCHOR, bytes([1]) * 32, b"")]}, "ConsortiumRegistryInvalidKey"),
        ({"keys": [(LOG, address_word(admin_of(9)), b"")]}, "ConsortiumRegistryInvalidKey"),
        ({"keys": [evidence_key(0)]}, "ConsortiumRegistryKeyInUse"),
        ({"keys": [anchor_key(0)]}, "ConsortiumRegistryKeyInUse"),
        ({"keys": [(LOG, evidence_key(0)[1], b"")]}, "ConsortiumRegistryKeyInUse"),
        (
            {"keys": [(LOG, log_key(1)[1], b""), (EVIDENCE, log_key(1)[1], b"")]},
            "ConsortiumRegistryKeyInUse",
        ),
    ],
)
def test_an_institution_that_does_not_fit_is_refused_at_founding_and_by_vote(
    changes: dict[str, Any], error: str
) -> None:
    with refuses(error):
        found(founders=[newcomer(0), newcomer(1, **changes)], threshold=1)
    consortium = found(1, 1)
    with refuses(error):
        consortium.decide("admitMember", newcomer(1, **changes))
    assert consortium.registry.read("memberCount") == 1


@given(
    st.text(
        alphabet=[chr(code) for code in range(0x21, 0x7F) if chr(code) != "+"],
        min_size=1,
        max_size=128,
    )
)
def test_printable_origins_are_accepted(origin: str) -> None:
    registry = found(founders=[newcomer(0, logOrigin=origin)], threshold=1).registry
    assert registry.read("member", member_id(0))["logOrigin"] == origin


def test_proofs_of_possession_travel_in_the_events() -> None:
    consortium = found(1, 1)
    outcome = consortium.decide("admitMember", newcomer(1))
    added = [event.values for event in outcome.events if event.name == "KeyAdded"]
    assert [(item["purpose"], item["index"], item["proofOfPossession"]) for item in added] == [
        (EVIDENCE, 0, b"proof of possession"),
        (LOG, 1, b"proof of possession"),
        (ANCHOR, 2, b""),
    ]
