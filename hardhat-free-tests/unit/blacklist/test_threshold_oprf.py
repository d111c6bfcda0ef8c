"""Evaluation by t of n holders: right results, and every wrong one found."""

from itertools import combinations

import pytest

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import fill_random
from blacklist.domain.keygen.polynomials import Polynomial
from blacklist.domain.oprf import batch, tags
from blacklist.domain.oprf.blinding import blind, unblind
from blacklist.domain.oprf.dleq import DleqProof
from blacklist.domain.oprf.evaluation import ProvedAnswer, answer, evaluate, is_right
from blacklist.domain.oprf.threshold import coefficients, combine, is_one_epoch
from ledger.errors import LimitError, MalformedError

PERSON = b"lz-blacklist/v1|id|person"


def random_scalar() -> Scalar:
    return Scalar.random(fill_random)


def shared(threshold: int, holders: int) -> tuple[Polynomial, dict[int, Scalar]]:
    polynomial = Polynomial.random(threshold, fill_random)
    return polynomial, {index: polynomial.at(index) for index in range(1, holders + 1)}


@pytest.mark.parametrize(("threshold", "holders"), [(1, 1), (2, 2), (2, 3), (3, 5)])
def test_any_holders_of_the_threshold_give_what_the_whole_key_gives(
    threshold: int, holders: int
) -> None:
    polynomial, shares = shared(threshold, holders)
    key = polynomial.coefficients[0]
    by_key = unblind(PERSON, Scalar.of(1), points.multiply(key, blind(PERSON, Scalar.of(1))))
    for chosen in combinations(shares, threshold):
        blinding = random_scalar()
        blinded = blind(PERSON, blinding)
        parts = {index: points.multiply(shares[index], blinded) for index in chosen}
        found = unblind(PERSON, blinding.inverse(), combine(parts))
        assert found.equals(by_key)


def test_fewer_than_the_threshold_give_something_else() -> None:
    polynomial, shares = shared(3, 5)
    blinded = blind(PERSON, random_scalar())
    right = points.multiply(polynomial.coefficients[0], blinded)
    parts = {index: points.multiply(shares[index], blinded) for index in (1, 2)}
    assert combine(parts) != right


def test_an_answer_with_its_proof_is_right_and_each_change_of_it_wrong() -> None:
    share = random_scalar()
    key = points.multiply_base(share)
    blinded = [blind(PERSON + bytes([n]), random_scalar()) for n in range(3)]
    given = answer(share, blinded, random_scalar())
    assert is_right(key, blinded, given)
    other = points.multiply_base(random_scalar())
    swapped = (given.evaluated[1], given.evaluated[0], given.evaluated[2])
    proof = given.proof
    wrong = [
        ProvedAnswer(swapped, proof),
        ProvedAnswer((other, *given.evaluated[1:]), proof),
        ProvedAnswer(given.evaluated[:2], proof),
        ProvedAnswer((*given.evaluated[:2], b"\xff" * 32), proof),
        ProvedAnswer(given.evaluated, DleqProof(proof.response, proof.challenge)),
        ProvedAnswer(given.evaluated, DleqProof(proof.challenge, Scalar.of(5).reveal())),
        ProvedAnswer(evaluate(random_scalar(), blinded), proof),
    ]
    assert not any(is_right(key, blinded, each) for each in wrong)
    assert not is_right(other, blinded, given)
    assert not is_right(key, blinded[::-1], given)


@pytest.mark.parametrize("bad", [points.IDENTITY, b"\xff" * 32, b"", points.BASE + b"\x00"])
def test_a_server_refuses_what_is_no_blinded_element(bad: bytes) -> None:
    with pytest.raises(MalformedError, match="point-malformed"):
        answer(random_scalar(), [points.BASE, bad], random_scalar())


def test_shares_of_two_epochs_are_found_though_each_proof_is_valid() -> None:
    old, old_shares = shared(2, 3)
    new = Polynomial.through(old.coefficients[0], 2, fill_random)
    key = points.multiply_base(old.coefficients[0])
    fresh = {index: points.multiply_base(new.at(index)) for index in (1, 2)}
    mixed = {1: points.multiply_base(old_shares[1]), 2: fresh[2]}
    assert is_one_epoch(fresh, key)
    assert not is_one_epoch(mixed, key)


@pytest.mark.parametrize("indices", [[0, 1], [1, 1], [1, 65_536], [-1, 2]])
def test_indices_that_are_no_holders_are_refused(indices: list[int]) -> None:
    with pytest.raises(MalformedError, match="holder-indices-malformed"):
        coefficients(indices)


def _batch(items: int) -> tuple[list[bytes], dict[int, Scalar], list[tuple[bytes, ...]]]:
    """Return blinded items, the weighted shares of three servers, and their answers."""
    _, shares = shared(3, 5)
    weights = coefficients([1, 3, 4])
    weighted = {index: weights[index] * shares[index] for index in weights}
    blinded = [blind(PERSON + n.to_bytes(2, "big"), random_scalar()) for n in range(items)]
    return blinded, weighted, [evaluate(share, blinded) for share in weighted.values()]


def _proved(seed: bytes, blinded: list[bytes], weighted: dict[int, Scalar]) -> list[bytes]:
    combined = batch.aggregate(seed, blinded)
    found = []
    for share in weighted.values():
        given = answer(share, [combined], random_scalar())
        assert is_right(points.multiply_base(share), [combined], given)
        found.append(given.evaluated[0])
    return found


def test_a_batch_is_checked_with_one_proof_a_server() -> None:
    blinded, weighted, answers = _batch(20)
    seed = bytes(range(32))
    assert batch.holds(seed, batch.totals(answers), _proved(seed, blinded, weighted))


def test_one_wrong_answer_among_many_fails_the_batch() -> None:
    blinded, weighted, answers = _batch(20)
    seed = bytes(range(32))
    wrong = list(answers[1])
    wrong[13] = points.add(wrong[13], points.BASE)
    totals = batch.totals([answers[0], wrong, answers[2]])
    assert not batch.holds(seed, totals, _proved(seed, blinded, weighted))


def test_wrong_answers_that_cancel_out_unweighted_fail_the_batch() -> None:
    blinded, weighted, answers = _batch(4)
    seed = bytes(range(32))
    wrong = list(answers[0])
    wrong[0] = points.add(wrong[0], points.BASE)
    wrong[1] = points.add(wrong[1], points.multiply_base(-Scalar.of(1)))
    totals = batch.totals([wrong, *answers[1:]])
    assert not batch.holds(seed, totals, _proved(seed, blinded, weighted))


def test_weights_depend_on_seed_and_place_and_are_of_128_bits() -> None:
    first, other = batch.weights(bytes(32), 100), batch.weights(bytes(31) + b"\x01", 100)
    assert len({*first, *other}) == 200
    assert all(weight[16:] == bytes(16) for weight in first)


def test_tags_of_one_identifier_are_equal_within_a_key_epoch_and_unrelated_across() -> None:
    key = random_scalar()

    def secret(person: bytes) -> bytes:
        blinding = random_scalar()
        evaluated = points.multiply(key, blind(person, blinding))
        with unblind(person, blinding.inverse(), evaluated) as found:
            return tags.tag_of(found, 3) + tags.tag_of(found, 4)

    assert secret(PERSON) == secret(PERSON)
    assert secret(PERSON) != secret(PERSON + b"x")
    assert secret(PERSON)[:32] != secret(PERSON)[32:]


def test_keys_of_two_entries_about_one_person_are_different() -> None:
    with unblind(PERSON, Scalar.of(1), points.BASE) as found:
        keys = {
            derive(found, entry).reveal()
            for derive in (tags.detail_key, tags.entry_key)
            for entry in (b"entry 1", b"entry 2")
        }
    assert len(keys) == 4


def test_an_identifier_that_is_too_long_is_refused() -> None:
    with pytest.raises(LimitError, match="identifier-too-long"):
        blind(b"x" * 257, random_scalar())


def test_nothing_is_made_of_an_answer_that_is_the_identity() -> None:
    with pytest.raises(MalformedError, match="point-malformed"):
        unblind(PERSON, Scalar.of(1), points.IDENTITY)
