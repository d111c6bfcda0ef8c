"""Which corrections take a second person: every one that is not in the person's favour."""

from datetime import date

import pytest
from harness.entry_members import facts

from blacklist.domain.entries.corrections import takes_two
from blacklist.domain.entries.facts import Basis, Facts
from blacklist.domain.entries.grounds import Ground, Severity

OTHER = b"\x22" * 32
LISTED = facts(date(2026, 11, 24)).corrected(
    valid_from=date(2024, 1, 1), valid_until=date(2025, 1, 1)
)


@pytest.mark.parametrize(
    "after",
    [
        LISTED,
        LISTED.corrected(severity=Severity.NOTABLE),
        LISTED.corrected(conduct_ended=date(2020, 1, 1)),
        LISTED.corrected(valid_from=date(2024, 2, 1)),
        LISTED.corrected(valid_until=date(2024, 12, 1)),
    ],
    ids=["same", "lighter", "ends sooner", "begins later", "covers less"],
)
def test_what_is_in_the_persons_favour_takes_one(after: Facts) -> None:
    assert not takes_two(LISTED, after)


@pytest.mark.parametrize(
    "after",
    [
        LISTED.corrected(severity=Severity.GRAVE),
        LISTED.corrected(conduct_ended=date(2026, 11, 1)),
        LISTED.corrected(ground=Ground.FABRICATED_IDENTITY),
        LISTED.corrected(basis=Basis.PUBLIC_BY_LAW),
        LISTED.corrected(evidence=OTHER),
        LISTED.corrected(basis_evidence=OTHER),
        LISTED.corrected(notice=OTHER),
        LISTED.corrected(notice=None, notified_on=None),
        LISTED.corrected(proofs=()),
        LISTED.corrected(valid_from=date(2023, 1, 1)),
        LISTED.corrected(valid_until=None),
        LISTED.corrected(valid_from=None),
        LISTED.corrected(severity=Severity.NOTABLE, conduct_ended=date(2026, 11, 1)),
    ],
    ids=lambda after: str([n for n in Facts.__slots__ if getattr(after, n) != getattr(LISTED, n)]),
)
def test_everything_else_takes_two(after: Facts) -> None:
    assert takes_two(LISTED, after)


def test_an_interval_that_never_ended_may_end_by_one_person() -> None:
    open_ended = LISTED.corrected(valid_until=None)
    assert not takes_two(open_ended, LISTED)
    lasting = LISTED.corrected(valid_from=None, valid_until=None)
    assert not takes_two(lasting, lasting)
