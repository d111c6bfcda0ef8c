"""An identifier is personal data: nothing that reaches a log or a screen carries it."""

import logging
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.identifiers.test_vectors import ACCEPTED, REFUSED, canonical

from blacklist.domain.identifiers.canonicalise import canonicalise
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType
from blacklist.messages.identifiers import IDENTIFIER_ERRORS
from ledger.errors import LedgerError
from ledger.messages.catalogue import fill

PARAMETERS = {"position", "found", "expected", "limit", "year"}
EXPECTED = {"15, 18", "9, 18", "5-9", "14, 15", "15, 16", "14, 15, 16", "id"}
TODAY = date(2026, 11, 30)


def assert_says_nothing(error: LedgerError, raw: str) -> None:
    assert error.params.keys() <= PARAMETERS
    for name, value in error.params.items():
        if name == "expected":
            assert value in EXPECTED
        else:
            assert isinstance(value, int)
            assert value in (96, 1900) or value <= len(raw)
    chained = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    assert chained is None or isinstance(chained, LedgerError)


@pytest.mark.parametrize(("name", "case"), REFUSED)
def test_no_refusal_of_the_vectors_carries_the_identifier(name: str, case: dict[str, Any]) -> None:
    with pytest.raises(LedgerError) as caught:
        canonical(case)
    assert_says_nothing(caught.value, max(case["input"], case.get("issuer", ""), key=len))
    message = IDENTIFIER_ERRORS[caught.value.code]
    for text in (message.zh, message.en, message.remedy_zh, message.remedy_en):
        assert "{" not in fill(text, caught.value.params), name


def outcome(kind: IdentifierType, raw: str, issuer: str | None) -> Identifier | LedgerError:
    try:
        return canonicalise(kind, raw, today=TODAY, issuer=issuer)
    except LedgerError as error:
        return error


@given(
    st.sampled_from(list(IdentifierType)),
    st.text(st.characters() | st.sampled_from("0123456789ABCXx+-() "), max_size=100),
    st.none() | st.sampled_from(["CHN", "CHN-HM", "CHN-TW", "CHN-PR", "USA"]) | st.text(),
)
def test_any_text_is_an_identifier_or_a_refusal_that_says_nothing(
    kind: IdentifierType, raw: str, issuer: str | None
) -> None:
    found = outcome(kind, raw, issuer)
    if isinstance(found, LedgerError):
        assert_says_nothing(found, max(raw, issuer or "", key=len))
    else:
        assert found.canonical.isascii()
        assert found.canonical.count(b"|") == 2


@pytest.mark.parametrize(("name", "case"), ACCEPTED[::10])
def test_an_identifier_shows_its_type_only(
    name: str, case: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    found = canonical(case)
    shown = f"Identifier({case['type']}, hidden)"
    assert repr(found) == str(found) == f"{found}" == shown, name
    assert repr([found]) == f"[{shown}]"
    logging.getLogger("test").warning("listed %s", found)
    assert caplog.messages == [f"listed {shown}"]
