"""How often something may be asked by one address or operator: a token bucket each, in this process.

Several replicas count each for itself, so that the limit of a whole installation is that many times as high.
"""

from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Final

from node.errors import TooManyRequestsError

MAX_BUCKETS: Final = 10_000
"""Addresses that are remembered; a flood from more of them forgets the oldest, never the memory's bound."""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``burst`` at once, and ``per_minute`` in the long run."""

    burst: int
    per_minute: float


RATES: Final = {
    "operator": Rate(10_000, 120_000),
    "verify": Rate(10, 20),
    "sign-in": Rate(20, 20),
    "consortium": Rate(30, 60),
    "application": Rate(10, 10),
}


class Limiter:
    """Counts requests; safe for threads."""

    def __init__(self) -> None:
        self._buckets: Final[dict[tuple[str, str], tuple[float, float]]] = {}
        self._lock: Final = Lock()

    def count(self, what: str, who: str) -> None:
        """Count one request of ``who``.

        Raises:
            TooManyRequestsError: too many; ``seconds`` says how long to wait.
        """
        rate, now = RATES[what], monotonic()
        with self._lock:
            left, at = self._buckets.pop((what, who), (float(rate.burst), now))
            left = min(float(rate.burst), left + (now - at) * rate.per_minute / 60)
            allowed = left >= 1
            self._buckets[(what, who)] = (left - 1 if allowed else left, now)
            while len(self._buckets) > MAX_BUCKETS:
                del self._buckets[next(iter(self._buckets))]
        if not allowed:
            raise TooManyRequestsError(
                "too-many-requests", seconds=int((1 - left) * 60 / rate.per_minute) + 1
            )
