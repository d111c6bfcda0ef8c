"""Evaluation between members: right results from any of them, wrong ones convicted, budgets that hold."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from harness.evaluators import Holders
from harness.exchanges import verify

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import fill_random
from blacklist.domain.budgets import period_of
from blacklist.domain.chronicle.keys import DUAL_READ, HeldKey, KeyState, ReplacedKey
from blacklist.domain.keygen.ceremony import PublicKeys
from blacklist.domain.keygen.polynomials import Polynomial
from blacklist.domain.oprf.threshold import coefficients
from blacklist.domain.protocol.answers import CHECK, BatchCheck
from blacklist.domain.protocol.conviction import Guilt, Parties, convict
from blacklist.domain.protocol.documents import SignedDocument, sign
from blacklist.domain.protocol.frames import pack, unpack
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.protocol.requests import REQUEST
from blacklist.services import asking as asking_module
from blacklist.services.asking import Asking
from blacklist.services.evaluating import CallingMember, Evaluator
from blacklist.store import evaluations
from ledger.errors import LedgerError, MalformedError, RefusedError, UnavailableError

PERSON, OTHER = b"lz-blacklist/v1|id|person", b"lz-blacklist/v1|id|other"


@pytest.fixture
def holders(tmp_path: Path) -> Iterator[Holders]:
    made = Holders.make(tmp_path, 5, 3)
    yield made
    made.close()


def secrets(asking: Asking, evaluated: list[bytes]) -> list[bytes]:
    return [each.reveal() for each in asking.batch.secrets(evaluated)]


def used(holders: Holders, index: int) -> int:
    with holders.servers[index].database.read() as connection:
        return sum(
            count for _, count in evaluations.usage(connection, period_of(holders.clock.now()))
        )


def request(holders: Holders, asking: Asking, index: int) -> SignedDocument:
    """A request of the caller's to one server."""
    asker = holders.asker()
    value = asker._request(asking, holders.servers[index].asked, ())
    return sign(REQUEST, value.to_json(), asker.signer.sign)


def answer_wrongly(holders: Holders, index: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a server use another share, and sign what comes of it; its proofs are about that share."""
    other = Scalar.random(fill_random)

    def share(_self: Evaluator, _held: object, own: int, servers: tuple[int, ...]) -> Scalar:
        return coefficients(servers)[own] * other if servers else other + Scalar.of(0)

    evaluator = holders.servers[index].evaluator
    wrong = type("Wrong", (Evaluator,), {"_share": share})
    fields = {name: getattr(evaluator, name) for name in Evaluator.__slots__}
    monkeypatch.setattr(holders.servers[index], "evaluator", wrong(**fields))


def test_a_query_gives_what_the_whole_key_gives(holders: Holders) -> None:
    asking = holders.asking(PERSON, OTHER)
    found = holders.asker().single(asking, holders.order())
    assert secrets(asking, found) == [holders.expected(PERSON), holders.expected(OTHER)]
    assert sorted(holders.asked) == [1, 2, 3]


def test_a_batch_gives_what_the_whole_key_gives(holders: Holders) -> None:
    people = [b"lz-blacklist/v1|id|%d" % n for n in range(30)]
    asking = holders.asking(*people, purpose=Purpose.SCREENING)
    found = holders.asker().batch(asking, holders.order())
    assert secrets(asking, found) == [holders.expected(each) for each in people]
    assert holders.accused == []


@pytest.mark.parametrize("way", ["single", "batch"])
def test_any_three_of_five_suffice(holders: Holders, way: str) -> None:
    for away in (1, 3):
        holders.servers[away].away = True
    asking = holders.asking(PERSON)
    found = getattr(holders.asker(), way)(asking, holders.order())
    assert secrets(asking, found) == [holders.expected(PERSON)]


@pytest.mark.parametrize("way", ["single", "batch"])
def test_two_are_too_few_and_nothing_is_found(holders: Holders, way: str) -> None:
    for away in (1, 3, 5):
        holders.servers[away].away = True
    with pytest.raises(UnavailableError, match="evaluation-too-few"):
        getattr(holders.asker(), way)(holders.asking(PERSON), holders.order())


def test_a_slow_server_is_raced_by_another(
    holders: Holders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking_module, "HEDGE_SECONDS", 0.02)
    with ThreadPoolExecutor(1) as pool, holders.servers[2].database.write():
        # The second server's database is locked: it cannot count, so it cannot answer.
        asking = holders.asking(PERSON)
        started = pool.submit(holders.asker().single, asking, holders.order())
        for _ in range(200):
            if {1, 3, 4} <= set(holders.asked):
                break
            asking_module.wait([started], 0.01)
        assert {1, 3, 4} <= set(holders.asked)
    assert secrets(asking, started.result()) == [holders.expected(PERSON)]


@pytest.mark.parametrize("way", ["single", "batch"])
def test_a_server_that_answers_wrongly_is_left_and_convicted(
    holders: Holders, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_wrongly(holders, 2, monkeypatch)
    asking = holders.asking(PERSON, OTHER)
    found = getattr(holders.asker(), way)(asking, holders.order())
    assert secrets(asking, found) == [holders.expected(PERSON), holders.expected(OTHER)]
    ((index, exchange),) = holders.accused
    assert index == 2
    parties = Parties(
        holders.calling().evidence_key, holders.servers[2].signer.public_key, 2,
        holders.held.keys.share_keys[2],
    )  # fmt: skip
    assert convict(exchange, parties, verify) is Guilt.PROOF_INVALID


def test_a_batch_that_fails_is_asked_again_and_costs_once(holders: Holders) -> None:
    holders.servers[3].away = True
    holders.asker().batch(holders.asking(PERSON, OTHER), holders.order())
    assert {index: used(holders, index) for index in (1, 2, 4)} == {1: 2, 2: 2, 4: 2}


def test_a_retry_costs_nothing_and_another_request_under_its_id_is_refused(
    holders: Holders,
) -> None:
    asking = holders.asking(PERSON)
    asker = holders.asker()
    first = asker.single(asking, holders.order())
    assert secrets(asking, asker.single(asking, holders.order())) == secrets(asking, first)
    assert used(holders, 1) == 1
    other = replace(holders.asking(OTHER), request_id=asking.request_id)
    evaluator = holders.servers[1].evaluator
    with pytest.raises(RefusedError, match="evaluation-reused"):
        evaluator.answer(holders.calling(), request(holders, other, 1), other.batch.elements)
    for changed in (
        replace(asking, purpose=Purpose.LISTING),
        replace(asking, authorisation=b"\x06" * 32),
    ):
        with pytest.raises(RefusedError, match="evaluation-reused"):
            evaluator.answer(holders.calling(), request(holders, changed, 1), asking.batch.elements)
    assert used(holders, 1) == 1


def test_a_budget_holds_under_a_hundred_callers_at_once(holders: Holders) -> None:
    server = holders.servers[2]
    limited = replace(server.evaluator, limits={Purpose.QUERY: 60})
    questions = [holders.asking(PERSON) for _ in range(100)]

    def ask(asking: Asking) -> str:
        try:
            limited.answer(holders.calling(), request(holders, asking, 2), asking.batch.elements)
        except RefusedError as error:
            return error.code
        return "answered"

    with ThreadPoolExecutor(20) as pool:
        said = list(pool.map(ask, questions))
    assert (said.count("answered"), said.count("evaluation-budget")) == (60, 40)
    assert used(holders, 2) == 60


def test_budgets_are_apart_by_purpose_and_period(holders: Holders) -> None:
    server = holders.servers[2]
    limited = replace(server.evaluator, limits={Purpose.QUERY: 1, Purpose.LISTING: 1})

    def ask(purpose: Purpose) -> None:
        asking = holders.asking(PERSON, purpose=purpose)
        limited.answer(holders.calling(), request(holders, asking, 2), asking.batch.elements)

    ask(Purpose.QUERY)
    ask(Purpose.LISTING)
    with pytest.raises(RefusedError, match="evaluation-budget"):
        ask(Purpose.QUERY)
    holders.clock.move(timedelta(days=7).total_seconds())
    ask(Purpose.QUERY)


def test_a_request_of_which_one_element_is_bad_counts_and_evaluates_nothing(
    holders: Holders,
) -> None:
    for bad in (points.IDENTITY, b"\xff" * 32):
        asking = holders.asking(PERSON, OTHER)
        batch = replace(asking.batch, elements=(asking.batch.elements[0], bad))
        asking = replace(asking, batch=batch)
        with pytest.raises(MalformedError, match="point-malformed"):
            holders.servers[1].evaluator.answer(
                holders.calling(), request(holders, asking, 1), batch.elements
            )
    assert used(holders, 1) == 0


def test_a_request_that_is_replayed_forged_or_forwarded_is_refused(holders: Holders) -> None:
    asking, evaluator = holders.asking(PERSON), holders.servers[2].evaluator
    document, elements = request(holders, asking, 2), asking.batch.elements
    forged = replace(document, signature=bytes(64))
    other = holders.servers[3]
    passing_on = CallingMember(other.member, other.signer.public_key)

    def code(caller: CallingMember, given: SignedDocument) -> str:
        with pytest.raises(LedgerError) as caught:
            evaluator.answer(caller, given, elements)
        return caught.value.code

    assert code(holders.calling(), forged) == "evaluation-signature"
    assert code(passing_on, document) == "evaluation-signature"
    claimed = CallingMember(other.member, holders.calling().evidence_key)
    assert code(claimed, document) == "evaluation-forwarded"
    assert code(holders.calling(), request(holders, asking, 3)) == "evaluation-not-for-us"
    holders.clock.move(3600)
    assert code(holders.calling(), document) == "evaluation-expired"
    assert used(holders, 2) == 0


def test_a_server_proves_only_what_it_counted_for_that_caller(holders: Holders) -> None:
    asking, server = holders.asking(PERSON), holders.servers[2]
    document = request(holders, asking, 2)
    check = sign(
        CHECK, BatchCheck(document.digest, bytes(32)).to_json(), holders.asker().signer.sign
    )
    with pytest.raises(RefusedError, match="evaluation-unknown"):
        server.evaluator.prove(holders.calling(), check)
    server.evaluator.answer(holders.calling(), document, asking.batch.elements)
    assert server.evaluator.prove(holders.calling(), check)
    other = holders.servers[3]
    stolen = sign(CHECK, BatchCheck(document.digest, bytes(32)).to_json(), other.signer.sign)
    with pytest.raises(RefusedError, match="evaluation-unknown"):
        server.evaluator.prove(CallingMember(other.member, other.signer.public_key), stolen)


def test_a_member_below_the_threshold_cannot_test_a_candidate(holders: Holders) -> None:
    """What two members hold, and everything on chain, gives no tag that nobody evaluated."""
    asking = holders.asking(PERSON)
    stores = {index: holders.servers[index].evaluator.holding for index in (1, 2)}
    parts = {}
    for index, holding in stores.items():
        share = holding.open(holders.held, index)
        assert share is not None
        parts[index] = points.multiply(share, asking.batch.elements[0])
    weights = coefficients(list(parts))
    guess = points.sum_of([points.multiply(weights[i], part) for i, part in parts.items()])
    assert secrets(asking, [guess]) != [holders.expected(PERSON)]


def test_frames_are_read_as_they_were_written_and_nothing_else(holders: Holders) -> None:
    asking = holders.asking(PERSON, OTHER)
    document = request(holders, asking, 1)
    body = pack(document, asking.batch.elements)
    assert unpack(body) == (document, asking.batch.elements)
    assert unpack(pack(document)) == (document, ())
    for bad in (b"", body.partition(b"\n")[0], b"{}\n", body[:-1], b"[]\n" + body):
        with pytest.raises(MalformedError):
            unpack(bad)


def test_the_key_before_is_evaluated_under_until_its_window_ends(holders: Holders) -> None:
    """A request names the key epoch; the share of that epoch answers it."""
    old, now = holders.held, holders.clock.now()
    other = Polynomial.random(3, fill_random)
    shares = {index: other.at(index) for index in holders.servers}
    keys = PublicKeys(
        points.multiply_base(other.coefficients[0]),
        {index: points.multiply_base(share) for index, share in shares.items()},
    )
    new = HeldKey(1, 2, 1, 3, 2, keys)
    members = {index: server.member for index, server in holders.servers.items()}
    state = KeyState(members, keys={1: new}, previous={1: ReplacedKey(old, now)})
    for index, server in holders.servers.items():
        server.evaluator.holding.put(new, shares[index])
        object.__setattr__(server.evaluator, "state", lambda: state)
    asking = holders.asking(PERSON)
    found = holders.asker().single(asking, holders.order())
    assert secrets(asking, found) == [holders.expected(PERSON)]
    holders.held = new
    asking = holders.asking(PERSON)
    found = holders.asker().batch(asking, holders.order())
    holders.polynomial = other
    assert secrets(asking, found) == [holders.expected(PERSON)]
    holders.held = old
    holders.clock.moment += DUAL_READ
    with pytest.raises(UnavailableError, match="evaluation-too-few"):
        holders.asker().single(holders.asking(PERSON), holders.order())
