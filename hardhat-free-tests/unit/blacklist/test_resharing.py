"""Resharing on join, leave and refresh: the key stays, the shares change, and cheats are named."""

import pytest
from harness.ceremonies import Ceremony, generation, resharing

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import fill_random
from blacklist.domain.keygen.ceremony import Failure, Fault, FaultKind, Outcome
from blacklist.domain.keygen.polynomials import Polynomial
from blacklist.domain.keygen.postings import CeremonyPhase, Deal
from blacklist.domain.oprf.threshold import combine


@pytest.fixture(scope="module")
def founded() -> tuple[Ceremony, Outcome]:
    ceremony = generation(3, 5)
    return ceremony, ceremony.run()


def assert_same_key(before: Outcome, ceremony: Ceremony, after: Outcome) -> None:
    assert before.keys
    assert after.keys
    assert after.keys.key == before.keys.key
    shares = {index: ceremony.share(index, after) for index in after.keys.share_keys}
    for index, share in shares.items():
        assert points.multiply_base(share) == after.keys.share_keys[index]
        assert after.keys.share_keys[index] != before.keys.share_keys.get(index)
    chosen = sorted(shares)[-3:]
    assert combine({index: after.keys.share_keys[index] for index in chosen}) == before.keys.key


@pytest.mark.parametrize(
    "holders",
    [(1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6), (2, 3, 4, 5), (6, 7, 8)],
    ids=["refresh", "join", "leave", "all others"],
)
def test_the_key_stays_and_every_share_changes(
    founded: tuple[Ceremony, Outcome], holders: tuple[int, ...]
) -> None:
    before, outcome = founded
    ceremony = resharing(before, outcome, holders)
    after = ceremony.run()
    assert after.faults == ()
    assert_same_key(outcome, ceremony, after)


def test_a_resharing_can_be_reshared(founded: tuple[Ceremony, Outcome]) -> None:
    before, outcome = founded
    once = resharing(before, outcome, (1, 2, 3, 6, 7))
    after = once.run()
    twice = resharing(once, after, (3, 6, 7, 8))
    assert_same_key(after, twice, twice.run())


def other_constant(honest: bytes) -> bytes:
    """A deal of something else than the share, consistent in itself but for the constant."""
    return Deal(Polynomial.random(3, fill_random).commit(), honest[-32:]).encode()


def test_a_dealer_of_another_constant_is_named_and_does_not_count(
    founded: tuple[Ceremony, Outcome],
) -> None:
    before, outcome = founded
    ceremony = resharing(
        before, outcome, (1, 2, 3, 4, 5), {(CeremonyPhase.DEALING, 1): other_constant}
    )
    after = ceremony.run()
    assert after.dealers == (2, 3, 4)
    assert {fault.holder for fault in after.faults} == {1}
    assert_same_key(outcome, ceremony, after)


def test_the_constant_is_compared_byte_for_byte(founded: tuple[Ceremony, Outcome]) -> None:
    before, outcome = founded
    assert outcome.keys
    share = before.share(1, outcome)

    def double(honest: bytes) -> bytes:
        polynomial = Polynomial.through(share + Scalar.of(1), 3, fill_random)
        return Deal(polynomial.commit(), honest[-32:]).encode()

    ceremony = resharing(before, outcome, (1, 2, 3), {(CeremonyPhase.DEALING, 1): double})
    for receiver in (1, 2, 3):
        ceremony.cheats[CeremonyPhase.COMPLAINING, receiver] = lambda _honest: b""
    after = ceremony.run()
    assert Fault(1, FaultKind.WRONG_CONSTANT, CeremonyPhase.DEALING) in after.faults
    assert after.dealers == (2, 3, 4)


def test_absent_dealers_are_replaced_by_others(founded: tuple[Ceremony, Outcome]) -> None:
    before, outcome = founded
    absent = {(CeremonyPhase.DEALING, dealer): lambda _honest: None for dealer in (1, 3)}
    ceremony = resharing(before, outcome, (1, 2, 3, 4, 5), absent)
    after = ceremony.run()
    assert after.dealers == (2, 4, 5)
    assert_same_key(outcome, ceremony, after)


def test_more_lost_shares_than_spare_ones_fail_the_resharing(
    founded: tuple[Ceremony, Outcome],
) -> None:
    before, outcome = founded
    absent = {(CeremonyPhase.DEALING, dealer): lambda _honest: None for dealer in (1, 3, 5)}
    after = resharing(before, outcome, (1, 2, 3, 4, 5), absent).run()
    assert after.failure is Failure.TOO_FEW_DEALERS


def test_a_share_that_did_not_come_is_revealed(founded: tuple[Ceremony, Outcome]) -> None:
    before, outcome = founded
    ceremony = resharing(before, outcome, (1, 2, 3, 4, 5))
    ceremony.stolen[2, 5] = None
    after = ceremony.run()
    assert after.faults == ()
    assert after.dealers == (1, 2, 3)
    assert_same_key(outcome, ceremony, after)
