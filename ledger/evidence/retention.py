"""Retention periods: how long a kind of item is kept before it is due for erasure.

A period is whole years of the calendar (``5y``) or days (``180d``). It runs from the instant of sealing, the
only one that a statement proves. An item is never due early: 29 February counts as 1 March in other
years.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ledger.errors import MalformedError

MAX_YEARS: Final = 200
MAX_DAYS: Final = 73_000
"""Both far above any statute; below them no date before year 1 can arise."""
_FORM: Final = re.compile(r"([1-9][0-9]{0,5})([yd])", re.ASCII)


@dataclass(frozen=True, slots=True)
class RetentionPeriod:
    """How long something is kept; exactly one of the two is above 0.

    Attributes:
        years: of the calendar.
        days: of 24 hours.
    """

    years: int
    days: int

    def before(self, now: datetime) -> datetime:
        """Return the latest instant of sealing whose period is over at ``now``."""
        if not self.years:
            return now - timedelta(days=self.days)
        year = now.year - self.years
        try:
            return now.replace(year=year)
        except ValueError:
            # 29 February of a leap year, looked back at from one that has none.
            return now.replace(year=year, month=2, day=28)


def read_period(text: str) -> RetentionPeriod:
    """Read ``5y`` or ``180d``.

    Raises:
        MalformedError: not of that form, or longer than anybody keeps anything.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise MalformedError("retention-period", period=text[:32])
    count, unit = int(match[1]), match[2]
    if count > (MAX_YEARS if unit == "y" else MAX_DAYS):
        raise MalformedError("retention-period", period=text[:32])
    return RetentionPeriod(count, 0) if unit == "y" else RetentionPeriod(0, count)
