"""A request is worth nothing anywhere else, at any other time, or from anybody else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from harness.exchanges import CALLER, KEY, NOW, PLACE, SERVERS, Pair, verify

from blacklist.curve import points
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.protocol.answers import ANSWER, EvaluationAnswer
from blacklist.domain.protocol.documents import SignedDocument, sign
from blacklist.domain.protocol.elements import (
    MAX_ELEMENTS,
    membership_path,
    merkle_root,
    split,
)
from blacklist.domain.protocol.requests import (
    REQUEST,
    EvaluationRequest,
    KeyName,
    check_request,
)
from ledger.errors import LedgerError, LimitError, MalformedError
from ledger.primitives.canonical import encode
from ledger.primitives.merkle import leaf_hash, verify_inclusion


@pytest.fixture(scope="module")
def pair() -> Pair:
    return Pair.make()


def refused(pair: Pair, asked: EvaluationRequest, **more: object) -> str:
    """Return the code with which a request is refused; empty when it is not."""
    caller = more.get("caller", CALLER)
    blinded = more.get("blinded", pair.blinded)
    serving = more.get("serving", pair.serving)
    try:
        check_request(asked, blinded, serving, caller=caller, now=NOW)  # type: ignore[arg-type]  # each test gives its own type
    except LedgerError as error:
        return error.code
    return ""


def test_an_honest_request_is_taken_alone_and_in_a_batch(pair: Pair) -> None:
    assert refused(pair, pair.request()) == ""
    assert refused(pair, pair.request(SERVERS)) == ""


def test_a_request_for_another_server_chain_or_contract_is_refused(pair: Pair) -> None:
    asked = pair.request()
    for other in (
        replace(asked, server=b"\xcc" * 32),
        replace(asked, place=replace(PLACE, chain_id=1)),
        replace(asked, place=replace(PLACE, contract=b"\x12" * 20)),
    ):
        assert refused(pair, other) == "evaluation-not-for-us"


def test_a_request_that_another_member_passes_on_is_refused(pair: Pair) -> None:
    assert refused(pair, pair.request(), caller=b"\xdd" * 32) == "evaluation-forwarded"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(-31, "evaluation-expired"), (-29, ""), (629, ""), (631, "evaluation-expired")],
)
def test_a_request_lives_ten_minutes_and_clocks_may_differ_by_half_a_minute(
    pair: Pair, seconds: int, code: str
) -> None:
    asked = replace(pair.request(), expires=NOW + timedelta(seconds=seconds))
    assert refused(pair, asked) == code


@pytest.mark.parametrize(
    "key",
    [
        KeyName(IdentifierType.PHONE, 1, 2),
        KeyName(IdentifierType.NATIONAL_ID, 2, 2),
        KeyName(IdentifierType.NATIONAL_ID, 1, 1),
    ],
    ids=["another type", "another key epoch", "another share epoch"],
)
def test_a_request_for_another_key_is_refused(pair: Pair, key: KeyName) -> None:
    assert refused(pair, replace(pair.request(), key=key)) == "evaluation-epoch"
    nothing = replace(pair.serving, key=None)
    assert refused(pair, pair.request(), serving=nothing) == "evaluation-epoch"


@pytest.mark.parametrize("servers", [(1, 2), (1, 2, 3, 4), (1, 3, 4), (2, 3, 9)])
def test_servers_that_cannot_evaluate_together_are_refused(
    pair: Pair, servers: tuple[int, ...]
) -> None:
    assert refused(pair, pair.request(servers)) == "evaluation-servers"


def test_elements_that_were_not_signed_are_refused(pair: Pair) -> None:
    for blinded in (
        pair.blinded[::-1],
        pair.blinded[:2],
        (*pair.blinded, points.BASE),
        (points.BASE, *pair.blinded[1:]),
    ):
        assert refused(pair, pair.request(), blinded=blinded) == "evaluation-elements"


def test_a_request_is_read_as_it_was_written(pair: Pair) -> None:
    for asked in (pair.request(), pair.request(SERVERS)):
        document = sign(REQUEST, asked.to_json(), pair.caller.sign)
        assert EvaluationRequest.read(document) == asked


def test_a_change_of_any_byte_breaks_the_signature(pair: Pair) -> None:
    document = sign(REQUEST, pair.request().to_json(), pair.caller.sign)
    key = pair.parties.caller_key
    assert document.is_signed_by(key, verify)
    for place in range(0, len(document.content), 7):
        changed = bytearray(document.content)
        changed[place] ^= 1
        other = SignedDocument(REQUEST, bytes(changed), document.signature)
        assert not other.is_signed_by(key, verify)
    assert not SignedDocument(ANSWER, document.content, document.signature).is_signed_by(
        key, verify
    )
    assert not document.is_signed_by(pair.parties.server_key, verify)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("request", "07"), ("server", "AA" * 32), ("chain", 0), ("chain", True), ("contract", "11"),
        ("identifiers", "name"), ("key_epoch", 0), ("share_epoch", -1), ("purpose", "curiosity"),
        ("count", 0), ("count", MAX_ELEMENTS + 1), ("servers", [2, 1]), ("servers", [1, 1]),
        ("servers", [0]), ("servers", [65_536]), ("servers", 1), ("expires", "tomorrow"),
        ("elements", None), ("extra", 1),
    ],
)  # fmt: skip
def test_a_request_that_is_not_of_its_form_is_refused(
    pair: Pair, member: str, value: object
) -> None:
    given = pair.request().to_json()
    assert isinstance(given, dict)
    given[member] = value  # type: ignore[assignment]  # on purpose of the wrong type
    with pytest.raises(MalformedError):
        EvaluationRequest.read(SignedDocument(REQUEST, encode(given), bytes(64)))


def test_a_document_of_another_name_is_not_read(pair: Pair) -> None:
    asked = sign(REQUEST, pair.request().to_json(), pair.caller.sign)
    with pytest.raises(MalformedError):
        EvaluationAnswer.read(asked)
    with pytest.raises(MalformedError):
        EvaluationRequest.read(SignedDocument(ANSWER, asked.content, asked.signature))


@pytest.mark.parametrize(("size", "family"), [(0, MalformedError), (33, MalformedError)])
def test_half_an_element_and_none_are_refused(size: int, family: type[LedgerError]) -> None:
    with pytest.raises(family):
        split(bytes(size))


def test_too_many_elements_are_refused() -> None:
    assert len(split(bytes(32 * MAX_ELEMENTS))) == MAX_ELEMENTS
    with pytest.raises(LimitError):
        split(bytes(32 * (MAX_ELEMENTS + 1)))


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 9, 100])
def test_each_element_can_be_shown_to_be_under_the_root(count: int) -> None:
    leaves = [bytes([n]) * 32 for n in range(count)]
    for place, leaf in enumerate(leaves):
        verify_inclusion(
            leaf=leaf_hash(leaf), index=place, size=count,
            path=membership_path(leaves, place), root=merkle_root(leaves),
        )  # fmt: skip


def test_the_key_that_a_test_asks_for_is_the_one_served(pair: Pair) -> None:
    assert pair.serving.key == KEY
