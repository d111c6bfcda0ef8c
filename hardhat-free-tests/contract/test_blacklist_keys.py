"""Attestation and activation: a key counts when enough attest the same one; old ones never come back."""

import pytest
from contract.blacklist import (
    ACTIVATED,
    ATTESTING,
    FAILED,
    ID_NUMBER,
    JOINING,
    PHASE_SECONDS,
    RESHARING,
    Blacklist,
    attested,
    found_blacklist,
    keys_of,
    word_of,
)
from contract.consortium import STRANGER
from contract.evm import refuses

NOTHING = {
    "key": bytes(32),
    "keyEpoch": 0,
    "shareEpoch": 0,
    "threshold": 0,
    "holders": 0,
    "ceremony": 0,
    "activeSinceBlock": 0,
}
KEYS = keys_of([1, 2, 3, 4])


@pytest.fixture
def blacklist() -> Blacklist:
    return found_blacklist(4)


@pytest.fixture
def attesting(blacklist: Blacklist) -> Blacklist:
    """Ceremony 1 of a consortium of four, in which three must attest."""
    blacklist.reach(blacklist.open(), ATTESTING)
    return blacklist


def attest(blacklist: Blacklist, numbers: list[int], keys: bytes = KEYS) -> list[str]:
    events = []
    for number in numbers:
        outcome = blacklist.post(1, ATTESTING, number, attested(1, keys))
        events += [event.name for event in outcome.events]
    return events


def test_a_key_is_active_once_enough_attested_it(attesting: Blacklist) -> None:
    assert attesting.read("keyState", ID_NUMBER) == NOTHING
    attest(attesting, [0, 1])
    with refuses("FraudBlacklistNotAttested", 1, attested(1, KEYS), 2, 3):
        attesting.contract.send(STRANGER, "activate", 1, KEYS)
    assert attest(attesting, [3]) == ["Posted", "KeysAttested"]
    attesting.chain.advance(blocks=3)
    [event] = attesting.contract.send(STRANGER, "activate", 1, KEYS).events
    assert event.name == "KeyActivated"
    assert event.values == {
        "ceremony": 1,
        "identifierType": ID_NUMBER,
        "keyEpoch": 1,
        "shareEpoch": 1,
        "keys": KEYS,
    }
    assert attesting.phase(1) == ACTIVATED
    assert attesting.read("runningCeremony", ID_NUMBER) == 0
    assert attesting.read("keyState", ID_NUMBER) == {
        "key": KEYS[:32],
        "keyEpoch": 1,
        "shareEpoch": 1,
        "threshold": 2,
        "holders": 4,
        "ceremony": 1,
        "activeSinceBlock": attesting.chain.number,
    }
    for index in range(1, 5):
        assert attesting.share_key(ID_NUMBER, index) == word_of("share", "key", index)
    assert attesting.share_key(ID_NUMBER, 5) == bytes(32)


def test_two_of_two_attest_a_key_of_two() -> None:
    blacklist = found_blacklist(2)
    blacklist.reach(blacklist.open(), ATTESTING)
    attest(blacklist, [0], keys_of([1, 2]))
    with refuses("FraudBlacklistNotAttested", 1, attested(1, keys_of([1, 2])), 1, 2):
        blacklist.act(0, "activate", 1, keys_of([1, 2]))
    assert attest(blacklist, [1], keys_of([1, 2])) == ["Posted", "KeysAttested"]


def test_attestations_of_different_keys_do_not_add_up(attesting: Blacklist) -> None:
    other = keys_of([1, 2, 3, 4], "other")
    attest(attesting, [0, 1])
    attest(attesting, [2], other)
    for keys, count in ((KEYS, 2), (other, 1)):
        with refuses("FraudBlacklistNotAttested", 1, attested(1, keys), count, 3):
            attesting.act(0, "activate", 1, keys)
    with attesting.chain.undone():
        # All have spoken, and no three of them alike.
        assert attest(attesting, [3], other) == ["Posted", "CeremonyFailed"]
        assert attesting.phase(1) == FAILED
    attest(attesting, [3])
    with refuses("FraudBlacklistNotAttested", 1, attested(1, other), 1, 3):
        attesting.act(0, "activate", 1, other)
    attesting.act(0, "activate", 1, KEYS)


def test_other_keys_than_the_attested_are_refused_to_the_bit(attesting: Blacklist) -> None:
    attest(attesting, [0, 1, 2])
    for keys in (KEYS[:-1], KEYS + b"\0", b"", b"\1" + KEYS[1:], KEYS[:-1] + b"\0"):
        with refuses("FraudBlacklistNotAttested", 1, attested(1, keys), 0, 3):
            attesting.act(0, "activate", 1, keys)


def test_an_attestation_is_of_one_ceremony(attesting: Blacklist) -> None:
    for number in (0, 1, 2):
        attesting.post(1, ATTESTING, number, attested(2, KEYS))
    with refuses("FraudBlacklistNotAttested", 1, attested(1, KEYS), 0, 3):
        attesting.act(0, "activate", 1, KEYS)


@pytest.mark.parametrize(
    "keys",
    [
        keys_of([1, 2, 3]),
        keys_of([1, 2, 3, 4, 5]),
        KEYS[:-1],
        bytes(32) + KEYS[32:],
        KEYS[:-32] + bytes(32),
        keys_of([0, 1, 2, 3]),
        KEYS[:32] + KEYS[66:100] + KEYS[32:66] + KEYS[100:],
        KEYS[:32] + KEYS[32:66] * 2 + KEYS[100:],
    ],
    ids=["one less", "one more", "torn", "no key", "no share key", "index 0", "order", "twice"],
)
def test_keys_that_are_not_of_their_form_are_refused_whoever_attested_them(
    attesting: Blacklist, keys: bytes
) -> None:
    attest(attesting, [0, 1, 2], keys)
    with refuses("FraudBlacklistInvalidKeys"):
        attesting.act(0, "activate", 1, keys)
    # And the ceremony can be left all the same.
    attesting.close(1)
    assert attesting.phase(1) == FAILED
    assert attesting.open() == 2


def test_attested_keys_have_a_whole_phase_to_be_activated(attesting: Blacklist) -> None:
    attest(attesting, [0, 1])
    attesting.chain.advance(seconds=PHASE_SECONDS)
    outcome = attesting.post(1, ATTESTING, 2, attested(1, KEYS))
    ends = attesting.now + PHASE_SECONDS
    assert outcome.events[1].values == {
        "ceremony": 1,
        "digest": attested(1, KEYS),
        "phaseEnds": ends,
    }
    attesting.chain.advance(seconds=PHASE_SECONDS)
    with refuses("FraudBlacklistPhaseOpen", 1, ATTESTING, ends):
        attesting.act(0, "close", 1)
    # A late confirmation does not move the end.
    attesting.post(1, ATTESTING, 3, attested(1, KEYS))
    attesting.chain.advance(seconds=1)
    with attesting.chain.undone():
        attesting.act(0, "activate", 1, KEYS)
    [event] = attesting.act(0, "close", 1).events
    assert event.values == {"ceremony": 1, "phase": ATTESTING}
    with refuses("FraudBlacklistWrongPhase", 1, ATTESTING, FAILED):
        attesting.act(0, "activate", 1, KEYS)


def test_activating_twice_or_too_early_is_refused(attesting: Blacklist) -> None:
    attesting.open(identifier_type=2)
    with refuses("FraudBlacklistWrongPhase", 2, ATTESTING, JOINING):
        attesting.act(0, "activate", 2, KEYS)
    attest(attesting, [0, 1, 2])
    attesting.act(0, "activate", 1, KEYS)
    with refuses("FraudBlacklistWrongPhase", 1, ATTESTING, ACTIVATED):
        attesting.act(0, "activate", 1, KEYS)
    with refuses("FraudBlacklistWrongPhase", 1, ACTIVATED, ACTIVATED):
        attesting.act(0, "close", 1)


def test_an_old_ceremony_cannot_bring_its_key_back(attesting: Blacklist) -> None:
    """Not by an attestation that was held back until a newer key was active."""
    attest(attesting, [0, 1, 2])
    attesting.act(0, "activate", 1, KEYS)
    newer = attesting.make_key()
    attesting.chain.advance(seconds=100 * PHASE_SECONDS)
    with refuses("FraudBlacklistWrongPhase", 1, ATTESTING, ACTIVATED):
        attesting.post(1, ATTESTING, 3, attested(1, KEYS))
    state = attesting.read("keyState", ID_NUMBER)
    assert (state["key"], state["keyEpoch"], state["ceremony"]) == (newer[:32], 2, 2)


def test_a_resharing_leaves_the_key_as_it_is(blacklist: Blacklist) -> None:
    first = blacklist.make_key()
    ceremony = blacklist.open(RESHARING)
    blacklist.reach(ceremony, ATTESTING)
    other_key = keys_of([1, 2, 3, 4], "new shares")
    with blacklist.chain.undone():
        blacklist.attest_all(ceremony, other_key)
        with refuses("FraudBlacklistInvalidKeys"):
            blacklist.act(0, "activate", ceremony, other_key)
    keys = first[:32] + other_key[32:]
    blacklist.attest_all(ceremony, keys)
    blacklist.act(0, "activate", ceremony, keys)
    state = blacklist.read("keyState", ID_NUMBER)
    assert (state["key"], state["keyEpoch"], state["shareEpoch"]) == (first[:32], 1, 2)
    assert blacklist.share_key(ID_NUMBER, 2) == word_of("share", "new shares", 2)
    old = blacklist.read("shareKey", ID_NUMBER, 1, 1, 2)
    assert old == word_of("share", (ID_NUMBER, 1), 2)


def test_types_have_keys_of_their_own(blacklist: Blacklist) -> None:
    first, second = blacklist.make_key(), blacklist.make_key(identifier_type=2)
    assert first[:32] != second[:32]
    assert blacklist.read("keyState", 1)["key"] == first[:32]
    assert blacklist.read("keyState", 2)["key"] == second[:32]
    assert blacklist.read("keyState", 3) == NOTHING
