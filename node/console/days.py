"""Days as people mean them: of China Standard Time, from midnight to midnight (pure)."""

from datetime import UTC, datetime, timedelta
from typing import Final

from ledger.errors import MalformedError

CHINA: Final = timedelta(hours=8)
"""People read China Standard Time, which has no summer time; proofs and machines keep UTC."""


def start_of(text: str) -> datetime:
    """Return when a day (``2026-11-24``) begins, in UTC.

    Raises:
        MalformedError: it is no day.
    """
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise MalformedError("request-invalid", where="date", why=text[:20]) from error
    return day - CHINA


def days_left(until: datetime, now: datetime) -> int:
    """Return how many days are left, a begun one counted whole; 0 or fewer when none are."""
    return -((now - until) // timedelta(days=1))


def end_of(text: str) -> datetime:
    """Return when a day ends."""
    return start_of(text) + timedelta(days=1)
