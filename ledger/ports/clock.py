"""The clock port: everything that needs the time is handed one of these."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time of this machine.

    The time is a claim, never a proof: it may step back, and callers record that instead of refusing.
    """

    def now(self) -> datetime:
        """Return the present time, aware, in UTC."""
        ...
