"""Retention periods: their form, and that nothing is ever due early."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import MalformedError
from ledger.evidence.retention import RetentionPeriod, read_period

moments = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@pytest.mark.parametrize(
    ("text", "period"),
    [("5y", RetentionPeriod(5, 0)), ("180d", RetentionPeriod(0, 180)), ("200y", RetentionPeriod(200, 0))],
)  # fmt: skip
def test_a_period_is_years_or_days(text: str, period: RetentionPeriod) -> None:
    assert read_period(text) == period


@pytest.mark.parametrize(
    "text", ["", "5", "y", "0y", "-5y", "5 y", "5Y", "05y", "1.5y", "201y", "73001d", "９y", "5y\n"]
)
def test_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="retention-period"):
        read_period(text)


@given(now=moments, years=st.integers(1, 200))
def test_what_is_due_by_years_was_sealed_at_least_that_many_calendar_years_ago(
    now: datetime, years: int
) -> None:
    sealed = RetentionPeriod(years, 0).before(now)
    try:
        anniversary = sealed.replace(year=sealed.year + years)
    except ValueError:
        anniversary = sealed.replace(year=sealed.year + years, month=3, day=1)
    assert timedelta(0) <= now - anniversary <= timedelta(days=1)


@pytest.mark.parametrize(
    ("sealed", "now", "due"),
    [
        ("2024-02-29T10:00", "2025-02-28T23:59", False),
        ("2024-02-29T10:00", "2025-03-01T10:00", True),
        ("2023-02-28T10:00", "2024-02-28T09:59", False),
        ("2023-02-28T10:00", "2024-02-29T10:00", True),
        ("2023-03-01T10:00", "2024-02-29T23:59", False),
    ],
)
def test_leap_days_are_never_early(sealed: str, now: str, due: bool) -> None:
    moment, item = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (now, sealed))
    assert (item <= RetentionPeriod(1, 0).before(moment)) is due
