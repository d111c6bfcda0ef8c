"""Real holders make a key through the contract, catch a cheat, and deal the key anew to a newcomer."""

from itertools import pairwise

from contract.blacklist import ID_NUMBER, RESHARING, Blacklist, attested, found_blacklist
from contract.consortium import newcomer
from contract.evm import Event
from contract.real_ceremony import RealCeremony

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import fill_random
from blacklist.domain.keygen.ceremony import Fault, FaultKind, Outcome
from blacklist.domain.keygen.polynomials import Polynomial
from blacklist.domain.keygen.postings import CeremonyPhase, encode_indices, encode_points
from blacklist.domain.oprf.threshold import combine

CHEAT = 3


def other_opening(_honest: bytes) -> bytes:
    return encode_points(Polynomial.random(2, fill_random).commit())


def phases_closed(events: list[Event]) -> list[tuple[int, int]]:
    return [
        (event.values["from"], event.values["to"])
        for event in events
        if event.name == "PhaseClosed"
    ]


def assert_active(
    blacklist: Blacklist, ceremony: RealCeremony, outcome: Outcome, shares: dict[int, Scalar]
) -> None:
    """The contract holds what the judge found; shares fit it, and any two of them give the key."""
    keys = outcome.keys
    assert keys is not None
    [event] = [event for event in ceremony.events if event.name == "KeyActivated"]
    assert event.values["keys"] == keys.encode()
    state = blacklist.read("keyState", ID_NUMBER)
    assert (state["key"], state["holders"]) == (keys.key, len(shares))
    for index, share in shares.items():
        on_chain = blacklist.share_key(ID_NUMBER, index)
        assert points.multiply_base(share) == keys.share_keys[index] == on_chain
    for pair in pairwise(sorted(shares)):
        assert combine({index: keys.share_keys[index] for index in pair}) == state["key"]


def generate(blacklist: Blacklist) -> tuple[RealCeremony, Outcome, dict[int, Scalar]]:
    """Run a generation in which one envelope is lost and one dealer opens something else."""
    ceremony = RealCeremony(
        blacklist,
        blacklist.open(),
        {index: index - 1 for index in (1, 2, 3, 4)},
        cheats={(CeremonyPhase.OPENING, CHEAT): other_opening},
        lost=frozenset({(2, 4)}),
    )
    outcome = ceremony.run()
    return ceremony, outcome, ceremony.attest(outcome)


def test_a_key_is_made_although_one_envelope_is_lost_and_one_dealer_cheats() -> None:
    blacklist = found_blacklist(4)
    ceremony, outcome, shares = generate(blacklist)
    postings = ceremony.postings()
    assert postings[CeremonyPhase.COMPLAINING][4] == encode_indices([2])
    assert [len(postings[CeremonyPhase.REVEALING][index]) for index in (1, 2, 3, 4)] == [
        0,
        66,
        0,
        0,
    ]
    assert all(postings[CeremonyPhase.ACCUSING][index] for index in (1, 2, 4))
    assert all(postings[CeremonyPhase.RECONSTRUCTING][index] for index in (1, 2, 4))
    assert phases_closed(ceremony.events) == [(step, step + 1) for step in range(1, 8)]
    assert outcome.faults == (Fault(CHEAT, FaultKind.FALSE_OPENING, CeremonyPhase.OPENING, 1),)
    assert outcome.dealers == (1, 2, 3, 4)
    assert_active(blacklist, ceremony, outcome, shares)


def test_holders_attest_what_the_contract_computes() -> None:
    blacklist = found_blacklist(4)
    ceremony, outcome, _ = generate(blacklist)
    assert outcome.keys is not None
    digest = outcome.keys.digest(ceremony.number)
    # Three ways to the same digest: the domain's, the specification's, and that of the contract, which
    # activated these keys and would have taken no others.
    assert digest == attested(ceremony.number, outcome.keys.encode())
    [event] = [event for event in ceremony.events if event.name == "KeysAttested"]
    assert event.values["digest"] == digest


def test_a_newcomer_takes_the_place_of_the_cheat_and_the_key_stays() -> None:
    blacklist = found_blacklist(4)
    _, first, old_shares = generate(blacklist)
    blacklist.suspend(CHEAT - 1)
    blacklist.consortium.decide("admitMember", newcomer(7), by=[0, 1])
    blacklist.name_operator(7)
    ceremony = RealCeremony(
        blacklist,
        blacklist.open(RESHARING),
        {1: 0, 2: 1, 4: 3, 5: 7},
        old_shares={index: old_shares[index] for index in (1, 2, 4)},
        lost=frozenset({(1, 5)}),
    )
    outcome = ceremony.run()
    assert phases_closed(ceremony.events) == [(1, 2), (2, 3), (3, 4), (4, 8)]
    assert outcome.faults == ()
    assert outcome.dealers == (1, 2)
    shares = ceremony.attest(outcome)
    assert sorted(shares) == [1, 2, 4, 5]
    assert_active(blacklist, ceremony, outcome, shares)
    assert first.keys is not None
    assert outcome.keys is not None
    assert outcome.keys.key == first.keys.key
    assert outcome.keys.share_keys[1] != first.keys.share_keys[1]
    state = blacklist.read("keyState", ID_NUMBER)
    assert (state["keyEpoch"], state["shareEpoch"]) == (1, 2)


def test_a_resharing_without_complaints_has_four_phases() -> None:
    blacklist = found_blacklist(4)
    _, _, old_shares = generate(blacklist)
    members = {index: index - 1 for index in (1, 2, 3, 4)}
    ceremony = RealCeremony(blacklist, blacklist.open(RESHARING), members, old_shares)
    outcome = ceremony.run()
    assert phases_closed(ceremony.events) == [(1, 2), (2, 3), (3, 8)]
    assert_active(blacklist, ceremony, outcome, ceremony.attest(outcome))
