"""A value that is read again only when the last reading is older than a moment, for probes."""

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Final, Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Reads a value at most once in ``seconds``; safe for threads.

    Args:
        read: returns the value; what it raises reaches the caller and is not remembered.
        seconds: how old a value may be.
    """

    def __init__(self, read: Callable[[], T], seconds: float) -> None:
        self._read: Final = read
        self._seconds: Final = seconds
        self._lock: Final = Lock()
        self._found: tuple[float, T] | None = None

    def value(self) -> T:
        """Return the value, at most ``seconds`` old."""
        with self._lock:
            now = monotonic()
            if self._found is None or now - self._found[0] > self._seconds:
                self._found = now, self._read()
            return self._found[1]
