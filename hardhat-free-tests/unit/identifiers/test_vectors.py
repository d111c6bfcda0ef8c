"""Every identifier of the vectors has the spelling, or the refusal, that stands beside it."""

from datetime import date
from typing import Any

import pytest
from vectors.reading import cases

from blacklist.domain.identifiers.canonicalise import canonicalise
from blacklist.domain.identifiers.identifier import (
    CANONICALISATION_VERSION,
    Identifier,
    IdentifierType,
)
from ledger.errors import LedgerError

FILES = cases("identifiers")
ALL = [
    (f"{name}: {case['name']}", {**content, **case})
    for name, content in FILES
    for case in content["cases"]
]
ACCEPTED = [(name, case) for name, case in ALL if "canonical" in case]
REFUSED = [(name, case) for name, case in ALL if "error" in case]


def canonical(case: dict[str, Any], raw: str | None = None) -> Identifier:
    return canonicalise(
        IdentifierType(case["type"]),
        case["input"] if raw is None else raw,
        today=date.fromisoformat(case["today"]),
        issuer=case.get("issuer"),
    )


def test_there_are_vectors_of_every_type_and_of_this_version() -> None:
    assert {content["type"] for _, content in FILES} == {each.value for each in IdentifierType}
    assert {content["version"] for _, content in FILES} == {CANONICALISATION_VERSION}
    assert len(ACCEPTED) + len(REFUSED) == len(ALL) > 350


@pytest.mark.parametrize(("name", "case"), ACCEPTED)
def test_an_accepted_identifier_has_its_spelling(name: str, case: dict[str, Any]) -> None:
    assert canonical(case).canonical == case["canonical"].encode("ascii"), name


@pytest.mark.parametrize(("name", "case"), REFUSED)
def test_a_refused_identifier_has_its_code(name: str, case: dict[str, Any]) -> None:
    with pytest.raises(LedgerError) as caught:
        canonical(case)
    assert caught.value.code == case["error"], name


@pytest.mark.parametrize(("name", "case"), ACCEPTED)
def test_the_spelling_is_its_own_spelling(name: str, case: dict[str, Any]) -> None:
    prefix, kind, normalised = case["canonical"].split("|")
    number = normalised.rpartition("/")[2]
    assert (prefix, kind) == ("lz-blacklist/v1", case["type"])
    if "OI" in number or (number[0] == "H" and case["issuer"] == "CHN"):
        return  # what only a machine-readable line can say, typing cannot repeat
    assert canonical(case, number) == canonical(case), name


def test_the_same_digits_under_two_types_are_two_identifiers() -> None:
    spellings = {case["canonical"] for _, case in ACCEPTED}
    values = {IdentifierType(case["type"]): canonical(case) for _, case in ACCEPTED}
    assert len({value.canonical.split(b"|")[1] for value in values.values()}) == len(values)
    assert all(each.count("|") == 2 for each in spellings)
