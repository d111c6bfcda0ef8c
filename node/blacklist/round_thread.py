"""A thread that does a round when it is nudged: who nudges never waits; a round under way is left at it."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Final

JOIN_SECONDS: Final = 3.0
"""A posting under way may wait for its block longer; it is found in the events when the node is back."""


class RoundThread:
    """One at most at any moment.

    Args:
        name: for the log.
        run: does a round, and raises nothing.
    """

    def __init__(self, name: str, run: Callable[[], None]) -> None:
        self._name: Final = name
        self._run: Final = run
        self._stop: Final = Event()
        self._thread: Thread | None = None

    @property
    def is_stopping(self) -> bool:
        """Tell whether no round is to begin any more, and one under way is to end soon."""
        return self._stop.is_set()

    def nudge(self) -> None:
        """Let a round begin unless one is under way."""
        running = self._thread is not None and self._thread.is_alive()
        if running or self._stop.is_set():
            return
        self._thread = Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Begin no more, and wait a moment for what is under way."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(JOIN_SECONDS)
