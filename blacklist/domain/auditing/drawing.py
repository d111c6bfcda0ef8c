"""What is drawn for an audit: a value that nobody chose, and the samples that follow from it.

Members commit to values and then show them. Whoever committed and does not show its value spoils the draw: it
would have been able to choose between two outcomes. Which requests are drawn follows from the value and from
how many the caller lists, so that the caller itself knows what it has to open, and opens nothing else.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from blacklist.domain.chronicle.oversight import DrawRecord, OversightState
from blacklist.domain.oprf.framing import named
from ledger.primitives.keccak import keccak256

VALUE_BYTES: Final = 32
LEAST_VALUES: Final = 2
"""A single member that shows a value would have chosen it."""
SETTLED_AFTER: Final = 24
"""The part of a phase after the time to show values: until then a block with one may still become final."""
EXPECTED_SAMPLES: Final = 20
"""Requests of one caller that a draw takes on average; all, where it has no more."""
LISTED_BEFORE: Final = timedelta(days=3)
LISTED_AFTER: Final = timedelta(hours=1)
"""A caller lists what it asked so long before and after the window: a server may count a request days later,
when it is challenged about it, and clocks differ."""
_BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AuditWindow:
    """The time whose requests a draw is about, as servers counted them.

    Attributes:
        after: not included.
        until: included.
    """

    after: datetime
    until: datetime

    def of_caller(self) -> "AuditWindow":
        """Return the wider window of what the caller lists."""
        return AuditWindow(self.after - LISTED_BEFORE, self.until + LISTED_AFTER)


def commitment_of(draw: int, member: bytes, value: bytes) -> bytes:
    """Return a member's commitment as the contract checks it (``drawCommitment``)."""
    return keccak256(draw.to_bytes(32, "big") + member + value)


def is_settled(record: DrawRecord, now: datetime) -> bool:
    """Tell whether a draw is over, and what was shown in time is known to all."""
    phase = record.opened.reveal_by - record.opened.commit_by
    return now >= record.opened.reveal_by + phase / SETTLED_AFTER


def drawn_value(record: DrawRecord, now: datetime) -> bytes | None:
    """Return the value of a draw; ``None`` while it runs, and for ever when it was spoiled."""
    if not is_settled(record, now) or record.spoiled_by() or len(record.revealed) < LEAST_VALUES:
        return None
    parts = [index.to_bytes(2, "big") + value for index, value in sorted(record.revealed.items())]
    number = record.opened.draw.to_bytes(8, "big")
    return hashlib.sha256(named("draw", number, *parts)).digest()


def window_of(oversight: OversightState, draw: int, now: datetime) -> AuditWindow:
    """Return the window of a draw: from the opening of the last one that gave a value to its own."""
    earlier = [
        record.opened.where.at
        for number, record in oversight.draws.items()
        if number < draw and drawn_value(record, now) is not None
    ]
    return AuditWindow(max(earlier, default=_BEGINNING), oversight.draws[draw].opened.where.at)


def is_drawn(value: bytes, caller: bytes, request_id: bytes, *, listed: int) -> bool:
    """Tell whether a draw takes a request of a caller that lists so many."""
    rank = int.from_bytes(
        hashlib.sha256(named("sample", value, caller, request_id)).digest(), "big"
    )
    return rank * listed < EXPECTED_SAMPLES << 256


def place_of(value: bytes, request_id: bytes, count: int) -> int:
    """Return which of the ``count`` elements of a request is drawn."""
    drawn = hashlib.sha256(named("place", value, request_id)).digest()
    return int.from_bytes(drawn, "big") % count
