"""Budgets and their meter; opening samples to an auditor."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import Secret, fill_random
from blacklist.domain.auditing.blinds import blind_of
from blacklist.domain.auditing.opening import (
    Opening,
    Sample,
    SampleFinding,
    examine,
    reference_leaf,
)
from blacklist.domain.budgets import (
    Usage,
    evaluations_a_year,
    period_of,
    years_to_enumerate,
)
from blacklist.domain.identifiers.canonicalise import canonicalise
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.oprf.blinding import blind
from blacklist.domain.protocol.elements import membership_path, merkle_root
from blacklist.domain.protocol.purposes import Purpose
from ledger.errors import RefusedError

TODAY = date(2026, 11, 24)
REQUEST = b"\x05" * 16


def test_a_budget_is_spent_to_its_last_and_not_over() -> None:
    assert Usage(90, 100).after(10) == Usage(100, 100)
    with pytest.raises(RefusedError, match="evaluation-budget") as caught:
        Usage(90, 100).after(11)
    assert caught.value.params == {"left": 10, "asked": 11}
    assert Usage(100, 100).after(0) == Usage(100, 100)


def test_a_budget_that_was_lowered_below_its_use_leaves_nothing() -> None:
    with pytest.raises(RefusedError) as caught:
        Usage(90, 50).after(1)
    assert caught.value.params["left"] == 0


def test_a_period_is_a_month_in_utc() -> None:
    assert period_of(datetime(2026, 11, 30, 23, 59, tzinfo=UTC)) == "2026-11"
    assert period_of(datetime(2026, 12, 1, tzinfo=UTC)) == "2026-12"


@pytest.mark.parametrize(
    ("colluding", "members", "threshold", "budget", "expected"),
    [(1, 5, 3, 1000, 12 * 1 * 4 * 1000 // 2), (2, 5, 3, 1000, 12 * 2 * 3 * 1000)],
)
def test_the_bound_is_that_of_the_specification(
    colluding: int, members: int, threshold: int, budget: int, expected: int
) -> None:
    assert evaluations_a_year(colluding, members, threshold, budget) == expected


def test_members_at_the_threshold_have_no_bound() -> None:
    for colluding in (0, 3):
        with pytest.raises(ValueError, match="fewer than the threshold"):
            evaluations_a_year(colluding, 5, 3, 1000)


def test_the_meter_divides_the_smaller_of_space_and_population() -> None:
    assert years_to_enumerate(IdentifierType.NATIONAL_ID, 1_400_000) == 1000
    assert years_to_enumerate(IdentifierType.PHONE, 1_400_000) == 1000
    assert years_to_enumerate(IdentifierType.CREDIT_CODE, 1_800_000) == 100
    assert math.isinf(years_to_enumerate(IdentifierType.PHONE, 0))


@pytest.fixture(scope="module")
def opened() -> tuple[Sample, Opening]:
    """Element 2 of a request of five, and its honest opening."""
    key = Secret(32)
    fill_random(key)
    phones = [f"1380013800{n}" for n in range(5)]
    identifiers = [
        canonicalise(IdentifierType.PHONE, each, today=TODAY).canonical for each in phones
    ]
    blinds = [blind_of(key, REQUEST, place) for place in range(5)]
    elements = [blind(x, r) for x, r in zip(identifiers, blinds, strict=True)]
    references = [reference_leaf(f"contract {n}", b"\x09" * 16) for n in range(5)]
    sample = Sample(
        IdentifierType.PHONE,
        Purpose.QUERY,
        merkle_root(elements),
        merkle_root(references),
        5,
        2,
        elements[2],
    )
    opening = Opening(
        identifiers[2],
        blind_of(key, REQUEST, 2).reveal(),
        membership_path(elements, 2),
        references[2],
        membership_path(references, 2),
    )
    return sample, opening


def test_an_honest_opening_is_in_order(opened: tuple[Sample, Opening]) -> None:
    assert examine(*opened, today=TODAY) is SampleFinding.IN_ORDER


def test_what_does_not_come_is_a_finding(opened: tuple[Sample, Opening]) -> None:
    assert examine(opened[0], None, today=TODAY) is SampleFinding.NOT_OPENED


def test_another_person_or_blind_does_not_open_the_element(
    opened: tuple[Sample, Opening],
) -> None:
    sample, opening = opened
    other = canonicalise(IdentifierType.PHONE, "13900139000", today=TODAY).canonical
    for wrong in (
        replace(opening, identifier=other),
        replace(opening, blinding=b"\x01" + opening.blinding[1:]),
        replace(opening, blinding=b"\xff" * 32),
    ):
        assert examine(sample, wrong, today=TODAY) is SampleFinding.OTHER_IDENTIFIER


def test_an_element_or_reference_outside_the_request_is_found(
    opened: tuple[Sample, Opening],
) -> None:
    sample, opening = opened
    for wrong in (
        replace(opening, path=opening.path[1:]),
        replace(opening, reference=reference_leaf("contract 2", b"\x08" * 16)),
        replace(opening, reference_path=()),
    ):
        assert examine(sample, wrong, today=TODAY) is SampleFinding.NOT_IN_REQUEST


@pytest.mark.parametrize(
    "identifier",
    [
        b"lz-blacklist/v1|phone|13800138002",
        b"lz-blacklist/v1|id|11010519491231002X",
        b"lz-blacklist/v1|phone|",
        b"anything else",
        b"\xff",
    ],
)
def test_an_element_that_hides_no_identifier_of_the_type_is_a_violation(
    opened: tuple[Sample, Opening], identifier: bytes
) -> None:
    sample, opening = opened
    blinding = opening.blinding

    element = blind(identifier, Scalar.decode(blinding))
    sample = replace(sample, elements=merkle_root([element]), element=element, count=1, place=0)
    sample = replace(sample, authorisation=merkle_root([opening.reference]))
    opening = replace(opening, identifier=identifier, path=(), reference_path=())
    assert examine(sample, opening, today=TODAY) is SampleFinding.NOT_CANONICAL


def test_blinds_of_two_requests_or_places_are_different() -> None:
    key = Secret(32)
    fill_random(key)
    found = {
        blind_of(key, request, place).reveal()
        for request in (REQUEST, b"\x06" * 16)
        for place in range(3)
    }
    assert len(found) == 6
