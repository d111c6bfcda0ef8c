"""How much may be asked, and how long it would take to ask about everybody.

A budget is what one caller may have evaluated at one server, for one purpose and identifier type, in one
period. Servers count before they answer; a request that is repeated costs once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.protocol.purposes import Purpose
from ledger.errors import RefusedError

PERIODS_A_YEAR: Final = 12
"""A period is a calendar month in UTC."""
DEFAULT_LIMITS: Final[Mapping[Purpose, int]] = {
    Purpose.QUERY: 20_000,
    Purpose.SCREENING: 1_000_000,
    Purpose.MONITORING: 100_000,
    Purpose.LISTING: 5_000,
    Purpose.CORROBORATION: 5_000,
    Purpose.ROTATION: 100_000,
    Purpose.PERSON: 1_000,
    Purpose.PROBE: 1_000,
}
"""Of one caller and identifier type in one period, where a server's operator set nothing else: a middle-sized
bank's work, and far from everybody."""
_SPACES: Final = {
    # 34 provinces and their counties, 110 years, 1,000 sequence numbers: about 2^36.9.
    IdentifierType.NATIONAL_ID: 128_000_000_000,
    IdentifierType.PHONE: 4_500_000_000,
    IdentifierType.CREDIT_CODE: 180_000_000,
    IdentifierType.TRAVEL_DOCUMENT: 100_000_000_000,
    IdentifierType.DEVICE: 10_000_000_000,
    IdentifierType.ADDRESS: 1_000_000_000,
}
"""Valid identifiers of a type, in round numbers (BLACKLIST_SPEC, first paragraph)."""
POPULATION: Final = 1_400_000_000
"""Persons that there really are: who has a list of them need not try the rest."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a caller used of one budget in a period.

    Attributes:
        used: evaluations counted so far.
        limit: how many there may be.
    """

    used: int
    limit: int

    def after(self, count: int) -> "Usage":
        """Return the usage with ``count`` more.

        Raises:
            RefusedError: ``evaluation-budget``: that would be over the limit; nothing of it is allowed.
        """
        if self.used + count > self.limit:
            raise RefusedError(
                "evaluation-budget", left=max(0, self.limit - self.used), asked=count
            )
        return Usage(self.used + count, self.limit)


def period_of(now: datetime) -> str:
    """Return the period that a moment lies in, as ``2026-11``."""
    return now.astimezone(UTC).strftime("%Y-%m")


def evaluations_a_year(colluding: int, members: int, threshold: int, budget: int) -> int:
    """Return how many identifiers ``colluding`` members can have evaluated in a year at most.

    They answer each other as often as they like, and need ``threshold - colluding`` more servers for each
    identifier; each of the others gives each of them its budget (BLACKLIST_SPEC, "Bounds").

    Args:
        colluding: members that work together, fewer than ``threshold``; those at the threshold need nobody.
        members: that hold a share.
        threshold: that evaluate together.
        budget: of one caller at one server in one period, summed over purposes.
    """
    if not 0 < colluding < threshold <= members:
        raise ValueError("the bound is for fewer than the threshold")
    others = members - colluding
    return PERIODS_A_YEAR * colluding * others * budget // (threshold - colluding)


def years_to_enumerate(identifiers: IdentifierType, evaluations: int) -> float:
    """Return in how many years everybody would have been asked about, at so many evaluations a year."""
    everybody = min(_SPACES[identifiers], POPULATION)
    return everybody / evaluations if evaluations else float("inf")
