"""Retention: lists what is due for erasure, page by page. It never erases: a person decides, item by item.

A kind without a period is never due. What is under legal hold, erased, or being erased is not listed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.errors import LimitError
from ledger.evidence.instants import format_instant
from ledger.evidence.retention import RetentionPeriod
from ledger.ports.clock import Clock
from ledger.store import retention
from ledger.store.retention import DueRow
from ledger.store.transactions import Begin

MAX_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class DuePage:
    """A page of items that are due.

    Attributes:
        items: in the order in which they were sealed.
        following: cursor of the next page; ``None`` on the last.
    """

    items: Sequence[DueRow]
    following: int | None


@dataclass(frozen=True, slots=True)
class Retention:
    """Says what is due.

    Attributes:
        begin: opens a transaction for reading.
        clock: this machine's time.
        periods: by kind.
    """

    begin: Begin
    clock: Clock
    periods: Mapping[str, RetentionPeriod]

    def due(self, *, after: int = 0, limit: int = 100) -> DuePage:
        """Return the page that follows the cursor ``after``.

        Raises:
            LimitError: ``limit`` is not between 1 and ``MAX_PAGE``.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise LimitError("retention-page", limit=MAX_PAGE)
        now = self.clock.now()
        latest = {kind: format_instant(period.before(now)) for kind, period in self.periods.items()}
        with self.begin() as connection:
            found = retention.due(connection, latest, after=after, limit=limit + 1)
        more = len(found) > limit
        page = found[:limit]
        return DuePage(page, page[-1].seq if more else None)
