"""What a server signed convicts it when it is wrong, and never when it is right."""

from dataclasses import replace

import pytest
from harness.exchanges import CALLER, INDEX, SERVERS, Pair, verify

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import fill_random
from blacklist.domain.oprf.evaluation import answer, evaluate
from blacklist.domain.oprf.threshold import coefficients
from blacklist.domain.protocol.answers import ANSWER, CHECK, BatchCheck, EvaluationAnswer
from blacklist.domain.protocol.conviction import Exchange, Guilt, convict
from blacklist.domain.protocol.documents import SignedDocument, sign
from blacklist.domain.protocol.elements import merkle_root
from blacklist.domain.protocol.requests import REQUEST


@pytest.fixture(scope="module")
def pair() -> Pair:
    return Pair.make()


def said(pair: Pair, exchange: Exchange, evaluated: tuple[bytes, ...]) -> Exchange:
    """The same exchange with other elements, signed by the server with the proof it gave before."""
    before = EvaluationAnswer.read(exchange.answer)
    value = EvaluationAnswer(exchange.request.digest, merkle_root(evaluated), before.proof)
    signed = sign(ANSWER, value.to_json(), pair.server.sign)
    return replace(exchange, answer=signed, evaluated=evaluated)


def test_right_answers_show_nothing(pair: Pair) -> None:
    assert convict(pair.single(), pair.parties, verify) is Guilt.NOT_SHOWN
    assert convict(pair.batch(), pair.parties, verify) is Guilt.NOT_SHOWN


def test_an_answer_whose_proof_does_not_hold_convicts(pair: Pair) -> None:
    exchange = pair.single()
    wrong = said(pair, exchange, (points.BASE, *exchange.evaluated[1:]))
    assert convict(wrong, pair.parties, verify) is Guilt.PROOF_INVALID


def test_an_answer_by_another_key_with_its_own_proof_convicts(pair: Pair) -> None:
    other = Scalar.random(fill_random)
    given = answer(other, pair.blinded, Scalar.random(fill_random))
    exchange = pair.single()
    value = EvaluationAnswer(exchange.request.digest, merkle_root(given.evaluated), given.proof)
    signed = sign(ANSWER, value.to_json(), pair.server.sign)
    wrong = replace(exchange, answer=signed, evaluated=given.evaluated)
    assert convict(wrong, pair.parties, verify) is Guilt.PROOF_INVALID


def test_an_answer_that_is_no_points_convicts(pair: Pair) -> None:
    exchange = pair.single()
    wrong = said(pair, exchange, (b"\xff" * 32, *exchange.evaluated[1:]))
    assert convict(wrong, pair.parties, verify) is Guilt.NO_POINTS


def test_one_wrong_answer_in_a_batch_convicts_by_the_server_s_own_proof(pair: Pair) -> None:
    share = coefficients(SERVERS)[INDEX] * pair.shares[INDEX]
    right = evaluate(share, pair.blinded)
    wrong = pair.batch((right[0], points.add(right[1], points.BASE), right[2]))
    assert convict(wrong, pair.parties, verify) is Guilt.BATCH_INCONSISTENT


def test_a_batch_proved_under_another_share_convicts(pair: Pair) -> None:
    exchange = pair.batch()
    proof = pair.proof(exchange.request, Scalar.random(fill_random))
    assert convict(replace(exchange, proof=proof), pair.parties, verify) is Guilt.PROOF_INVALID


def test_a_batch_without_its_check_or_proof_shows_nothing(pair: Pair) -> None:
    exchange = pair.batch()
    for part in ("check", "proof"):
        assert convict(replace(exchange, **{part: None}), pair.parties, verify) is (Guilt.NOT_SHOWN)


def test_a_proof_for_another_seed_shows_nothing(pair: Pair) -> None:
    exchange = pair.batch()
    check = sign(CHECK, BatchCheck(exchange.request.digest, bytes(32)).to_json(), pair.caller.sign)
    assert convict(replace(exchange, check=check), pair.parties, verify) is Guilt.NOT_SHOWN


def test_a_server_cannot_be_framed(pair: Pair) -> None:
    """Whatever the accuser changes, it is not what the server signed."""
    exchange, parties = pair.single(), pair.parties
    forged = sign(ANSWER, {"request": "00"}, pair.caller.sign)
    other_request = sign(REQUEST, replace(pair.request(), caller=CALLER[::-1]).to_json(),
                         pair.caller.sign)  # fmt: skip
    blinded_elsewhere = (points.BASE, *exchange.blinded[1:])
    asked = replace(pair.request(), elements=merkle_root(blinded_elsewhere))
    resigned = sign(REQUEST, asked.to_json(), pair.caller.sign)
    for framed in (
        replace(exchange, answer=forged),
        replace(exchange, request=other_request),
        replace(exchange, evaluated=(points.BASE, *exchange.evaluated[1:])),
        replace(exchange, blinded=blinded_elsewhere),
        replace(exchange, request=resigned, blinded=blinded_elsewhere),
        replace(exchange, evaluated=exchange.evaluated[:2]),
        replace(exchange, answer=SignedDocument(ANSWER, b"{}", bytes(64))),
    ):
        assert convict(framed, parties, verify) is Guilt.NOT_SHOWN


def test_what_another_member_signed_shows_nothing_about_this_one(pair: Pair) -> None:
    other = replace(pair.parties, server_key=pair.parties.caller_key)
    assert convict(pair.single(), other, verify) is Guilt.NOT_SHOWN


def test_an_element_that_no_server_may_answer_shows_nothing(pair: Pair) -> None:
    """A server that answered the identity anyway did not answer wrongly."""
    blinded = (points.IDENTITY, *pair.blinded[1:])
    asked = replace(pair.request(), elements=merkle_root(blinded))
    request = sign(REQUEST, asked.to_json(), pair.caller.sign)
    evaluated = (points.IDENTITY, *pair.single().evaluated[1:])
    proof = EvaluationAnswer.read(pair.single().answer).proof
    value = EvaluationAnswer(request.digest, merkle_root(evaluated), proof)
    signed = sign(ANSWER, value.to_json(), pair.server.sign)
    exchange = Exchange(request, signed, blinded, evaluated)
    assert convict(exchange, pair.parties, verify) is Guilt.NOT_SHOWN
