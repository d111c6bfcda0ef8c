"""A short memory of who was authenticated, so that a request costs no query, and how it is made to forget.

* What is remembered is at most ``SECONDS`` old: a revocation in another process is felt after that time.
* In this process every change forgets everything at once. An answer that was read before the change and
  comes to be stored after it is not: it carries the epoch in which it was read.
"""

import threading
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

SECONDS: Final = 5
MAX_ENTRIES: Final = 10_000
"""About 10 MB; more sessions at once than a member has operators and programs."""

T = TypeVar("T")


class Freshness:
    """Counts changes: what was read in an earlier epoch may be stale."""

    def __init__(self) -> None:
        self._lock: Final = threading.Lock()
        self._epoch = 0

    @property
    def epoch(self) -> int:
        """The present epoch."""
        return self._epoch

    def forget(self) -> None:
        """Begin a new epoch; call it after the commit of every change to who may do what."""
        with self._lock:
            self._epoch += 1


class Memory(Generic[T]):
    """Remembers values by a 32-byte key for a few seconds of one epoch.

    Args:
        freshness: whose epochs count.
    """

    def __init__(self, freshness: Freshness) -> None:
        self._freshness: Final = freshness
        self._found: dict[bytes, tuple[int, datetime, T]] = {}

    def get(self, key: bytes, now: datetime) -> T | None:
        """Return what is remembered and still fresh; ``None`` otherwise."""
        held = self._found.get(key)
        if held is None:
            return None
        epoch, at, value = held
        # A clock that stepped back must not prolong anything.
        fresh = timedelta(0) <= now - at < timedelta(seconds=SECONDS)
        return value if fresh and epoch == self._freshness.epoch else None

    def put(self, key: bytes, value: T, *, now: datetime, epoch: int) -> None:
        """Remember ``value``, which was read in ``epoch``."""
        if len(self._found) >= MAX_ENTRIES:
            self._found = {}
        self._found[key] = (epoch, now, value)
