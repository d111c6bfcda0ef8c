"""Ceremonies, honest and not: every cheat is found and named, and the key is right all the same."""

import pytest
from harness.ceremonies import Ceremony, Tamper, generation

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import fill_random
from blacklist.domain.keygen.ceremony import Failure, Fault, FaultKind, Outcome
from blacklist.domain.keygen.polynomials import Polynomial
from blacklist.domain.keygen.postings import (
    CeremonyPhase,
    Deal,
    decode_deal,
    encode_indices,
    encode_points,
    encode_shares,
)
from blacklist.domain.oprf.threshold import combine
from ledger.errors import IntegrityError


def nothing(_honest: bytes) -> bytes | None:
    return None


def with_other_end(honest: bytes) -> bytes:
    return honest[:-1] + bytes([honest[-1] ^ 1])


def garbage(_honest: bytes) -> bytes:
    return b"\xff" * 33


def assert_usable(ceremony: Ceremony, outcome: Outcome, without: tuple[int, ...] = ()) -> None:
    """Every holder's share fits its public key, and any threshold of them gives the key."""
    assert outcome.keys is not None
    indices = [index for index in outcome.keys.share_keys if index not in without]
    shares = {index: ceremony.share(index, outcome) for index in indices}
    for index, share in shares.items():
        assert points.multiply_base(share) == outcome.keys.share_keys[index]
    for start in range(len(indices) - ceremony.terms.threshold + 1):
        chosen = indices[start : start + ceremony.terms.threshold]
        keys = {index: outcome.keys.share_keys[index] for index in chosen}
        assert combine(keys) == outcome.keys.key


@pytest.mark.parametrize(("threshold", "holders"), [(2, 2), (2, 3), (3, 5), (4, 7)])
def test_honest_holders_make_a_key_and_nobody_is_at_fault(threshold: int, holders: int) -> None:
    ceremony = generation(threshold, holders)
    outcome = ceremony.run()
    assert outcome.faults == ()
    assert outcome.dealers == tuple(range(1, holders + 1))
    assert_usable(ceremony, outcome)


def test_two_ceremonies_make_two_keys() -> None:
    first, second = generation(2, 3).run(), generation(2, 3).run()
    assert first.keys
    assert second.keys
    assert first.keys.key != second.keys.key


def test_a_holder_says_the_same_again_after_a_restart() -> None:
    ceremony = generation(2, 3)
    ceremony.run()
    holder = ceremony.holders[1]
    again, _ = holder.deal(ceremony.postings, holder.dealing())
    before = ceremony.postings[CeremonyPhase.DEALING][1]
    assert decode_deal(again, 2).commitments == decode_deal(before, 2).commitments


@pytest.mark.parametrize(
    ("phase", "cheat", "kind"),
    [
        (CeremonyPhase.DEALING, nothing, FaultKind.ABSENT),
        (CeremonyPhase.DEALING, garbage, FaultKind.MALFORMED),
        (CeremonyPhase.DEALING, lambda honest: bytes(32) + honest[32:], FaultKind.MALFORMED),
        (CeremonyPhase.DEALING, lambda honest: honest[32:], FaultKind.MALFORMED),
    ],
)
def test_a_dealer_without_a_deal_is_dropped_and_named(
    phase: CeremonyPhase, cheat: Tamper, kind: FaultKind
) -> None:
    ceremony = generation(2, 4, {(phase, 2): cheat})
    outcome = ceremony.run()
    assert outcome.faults == (Fault(2, kind, phase),)
    assert outcome.dealers == (1, 3, 4)
    assert_usable(ceremony, outcome)


def other_deal(honest: bytes) -> bytes:
    """Commitments to other polynomials than those that the shares come from."""
    polynomials = [Polynomial.random(3, fill_random) for _ in range(2)]
    commitments = polynomials[0].commit_hidden(polynomials[1])
    return Deal(commitments, honest[-32:]).encode()


def test_a_dealer_whose_shares_do_not_fit_is_dropped_when_enough_complain() -> None:
    ceremony = generation(3, 5, {(CeremonyPhase.DEALING, 4): other_deal})
    outcome = ceremony.run()
    assert outcome.faults == (Fault(4, FaultKind.TOO_MANY_COMPLAINTS, CeremonyPhase.COMPLAINING),)
    assert outcome.dealers == (1, 2, 3, 5)
    assert_usable(ceremony, outcome)


@pytest.mark.parametrize("envelope", [None, b"x" * 112, b"short"])
def test_a_share_that_did_not_come_is_revealed_and_the_dealer_stays(
    envelope: bytes | None,
) -> None:
    ceremony = generation(3, 5, stolen={(2, 5): envelope})
    outcome = ceremony.run()
    assert ceremony.postings[CeremonyPhase.COMPLAINING][5] == encode_indices([2])
    assert outcome.faults == ()
    assert outcome.dealers == (1, 2, 3, 4, 5)
    assert_usable(ceremony, outcome)


@pytest.mark.parametrize(
    ("cheat", "kind"),
    [(nothing, FaultKind.NOT_REVEALED), (with_other_end, None)],
)
def test_a_dealer_that_does_not_reveal_the_right_share_is_dropped(
    cheat: Tamper, kind: FaultKind | None
) -> None:
    ceremony = generation(3, 5, {(CeremonyPhase.REVEALING, 2): cheat}, stolen={(2, 5): None})
    outcome = ceremony.run()
    # With its last byte changed it is either no scalar any more, or another one.
    expected = {kind} if kind else {FaultKind.FALSE_REVEAL, FaultKind.MALFORMED}
    assert {fault.kind for fault in outcome.faults} & expected
    assert {fault.holder for fault in outcome.faults} == {2}
    assert outcome.dealers == (1, 3, 4, 5)
    assert_usable(ceremony, outcome)


@pytest.mark.parametrize(
    "key",
    [
        b"\x01" + bytes(31),
        bytes(31) + b"\x80",
        bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    ],
    ids=["one", "zero", "order 8"],
)
def test_a_key_that_everybody_could_open_keeps_nobody_from_dealing(key: bytes) -> None:
    ceremony = generation(3, 5, {(CeremonyPhase.JOINING, 5): lambda _honest: key})
    outcome = ceremony.run()
    assert ceremony.postings[CeremonyPhase.COMPLAINING][5] == encode_indices([1, 2, 3, 4, 5])
    assert outcome.faults == ()
    assert outcome.dealers == (1, 2, 3, 4, 5)
    assert_usable(ceremony, outcome, without=(5,))


def test_another_scalar_as_revealed_share_is_a_false_reveal() -> None:
    def other_share(_honest: bytes) -> bytes:
        return encode_shares({5: Scalar.of(3).reveal() + Scalar.of(4).reveal()})

    ceremony = generation(3, 5, {(CeremonyPhase.REVEALING, 2): other_share}, stolen={(2, 5): None})
    outcome = ceremony.run()
    assert outcome.faults == (Fault(2, FaultKind.FALSE_REVEAL, CeremonyPhase.REVEALING, 5),)


def test_a_false_complaint_costs_nobody_its_place() -> None:
    def complain(_honest: bytes) -> bytes:
        return encode_indices([2])

    ceremony = generation(3, 5, {(CeremonyPhase.COMPLAINING, 5): complain})
    outcome = ceremony.run()
    assert outcome.faults == ()
    assert outcome.dealers == (1, 2, 3, 4, 5)
    assert_usable(ceremony, outcome)


def other_opening(_honest: bytes) -> bytes:
    return encode_points(Polynomial.random(3, fill_random).commit())


@pytest.mark.parametrize(
    ("cheat", "kind"),
    [
        (nothing, FaultKind.ABSENT),
        (garbage, FaultKind.MALFORMED),
        (other_opening, FaultKind.FALSE_OPENING),
    ],
)
def test_a_false_opening_is_reconstructed_and_the_key_is_the_one_that_was_dealt(
    cheat: Tamper, kind: FaultKind
) -> None:
    """Nobody is dropped after the openings: otherwise the last one could choose a bit of the key."""
    ceremony = generation(3, 5, {(CeremonyPhase.OPENING, 3): cheat})
    outcome = ceremony.run()
    # The contract opens the reconstruction only when somebody accuses.
    assert all(ceremony.postings[CeremonyPhase.ACCUSING][index] for index in (1, 2, 4, 5))
    assert {(fault.holder, fault.kind) for fault in outcome.faults} == {(3, kind)}
    assert outcome.dealers == (1, 2, 3, 4, 5)
    constants = [dealing.polynomial.coefficients[0] for dealing in ceremony.dealings.values()]
    dealt = points.sum_of([points.multiply_base(each) for each in constants])
    assert outcome.keys
    assert outcome.keys.key == dealt
    assert_usable(ceremony, outcome)


def test_an_opening_that_is_false_to_one_receiver_only_cannot_be_made() -> None:
    """Open commitments of the right degree that agree with t shares are the right ones."""
    ceremony = generation(2, 3)
    ceremony.run()
    polynomial = ceremony.dealings[1].polynomial
    opened = decode_deal(ceremony.postings[CeremonyPhase.OPENING][1] + bytes(32), 2).commitments
    assert opened == polynomial.commit()


def test_a_false_accusation_names_the_accuser_and_reconstructs_nobody() -> None:
    def accuse(_honest: bytes) -> bytes:
        return encode_shares({1: Scalar.of(3).reveal() + Scalar.of(4).reveal()})

    ceremony = generation(3, 5, {(CeremonyPhase.ACCUSING, 5): accuse})
    outcome = ceremony.run()
    assert outcome.faults == (Fault(5, FaultKind.FALSE_ACCUSATION, CeremonyPhase.ACCUSING, 1),)
    assert ceremony.postings[CeremonyPhase.RECONSTRUCTING] == dict.fromkeys(range(1, 6), b"")
    assert_usable(ceremony, outcome)


def test_an_accusation_with_the_right_share_of_an_honest_dealer_is_false_too() -> None:
    ceremony = generation(3, 5)

    def accuse(_honest: bytes) -> bytes:
        return encode_shares({1: ceremony.received[5][1].reveal()})

    ceremony.cheats[CeremonyPhase.ACCUSING, 5] = accuse
    assert ceremony.run().faults == (
        Fault(5, FaultKind.FALSE_ACCUSATION, CeremonyPhase.ACCUSING, 1),
    )


def test_attackers_below_the_threshold_who_withhold_everything_do_not_stop_a_reconstruction() -> (
    None
):
    cheats: dict[tuple[CeremonyPhase, int], Tamper] = {(CeremonyPhase.OPENING, 4): nothing}
    for silent in (4, 5):
        cheats[CeremonyPhase.ACCUSING, silent] = cheats[CeremonyPhase.RECONSTRUCTING, silent] = (
            nothing
        )
    ceremony = generation(3, 5, cheats)
    outcome = ceremony.run()
    assert outcome.failure is None
    assert_usable(ceremony, outcome)


def test_too_few_shares_for_a_reconstruction_fail_the_ceremony() -> None:
    cheats: dict[tuple[CeremonyPhase, int], Tamper] = {(CeremonyPhase.OPENING, 4): nothing}
    for silent in (3, 4, 5):
        cheats[CeremonyPhase.ACCUSING, silent] = cheats[CeremonyPhase.RECONSTRUCTING, silent] = (
            nothing
        )
    outcome = generation(3, 5, cheats).run()
    assert outcome.failure is Failure.TOO_FEW_SHARES
    assert outcome.keys is None


def test_too_few_present_fail_the_ceremony() -> None:
    outcome = generation(3, 5, {(CeremonyPhase.JOINING, 5): nothing}).run()
    assert outcome.failure is Failure.TOO_FEW_PRESENT


@pytest.mark.parametrize("key", [b"", bytes(32), b"\x01" * 31])
def test_a_key_that_nobody_can_seal_to_counts_as_absence(key: bytes) -> None:
    outcome = generation(3, 5, {(CeremonyPhase.JOINING, 5): lambda _honest: key}).run()
    assert outcome.failure is Failure.TOO_FEW_PRESENT


def test_too_few_deals_fail_the_ceremony() -> None:
    cheats: dict[tuple[CeremonyPhase, int], Tamper] = {
        (CeremonyPhase.DEALING, index): nothing for index in (1, 2, 3)
    }
    outcome = generation(3, 5, cheats).run()
    assert outcome.failure is Failure.TOO_FEW_DEALERS


def test_who_lost_a_share_and_did_not_complain_in_time_ends_without_one() -> None:
    ceremony = generation(3, 5, {(CeremonyPhase.COMPLAINING, 5): nothing}, stolen={(2, 5): None})
    outcome = ceremony.run()
    assert_usable(ceremony, outcome, without=(5,))
    with pytest.raises(IntegrityError, match="share-incomplete"):
        ceremony.share(5, outcome)


def test_holders_attest_the_same_digest_only_for_the_same_keys() -> None:
    outcome, other = generation(2, 3).run(), generation(2, 3).run()
    assert outcome.keys
    assert other.keys
    assert outcome.keys.digest(7) == outcome.keys.digest(7)
    assert len({outcome.keys.digest(7), outcome.keys.digest(8), other.keys.digest(7)}) == 3
