"""When a file is finished: nothing about it has changed for a while.

Who writes into the folder may be slow, or resume after a pause; the modification time alone does not tell,
because copies can keep that of the original. So each look compares with the one before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

State: TypeAlias = tuple[int, int, int]
"""Size, modification time in nanoseconds, inode."""


@dataclass(frozen=True, slots=True)
class _Since:
    state: State
    seconds: float


class Settling:
    """Remembers since when each file has been as it is.

    Args:
        seconds: for which a finished file has not changed.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds: Final = seconds
        self._seen: dict[Path, _Since] = {}

    def see(self, states: Mapping[Path, State], now: float) -> None:
        """Take in one look at the folder; what is gone is forgotten.

        Args:
            states: of all files.
            now: seconds of a clock that never steps back.
        """
        before = self._seen
        self._seen = {
            path: earlier
            if (earlier := before.get(path)) is not None and earlier.state == state
            else _Since(state, now)
            for path, state in states.items()
        }

    def age(self, path: Path, now: float) -> float:
        """Return the seconds for which a file has been as it is."""
        return now - self._seen[path].seconds

    def is_finished(self, path: Path, now: float) -> bool:
        """Tell whether a file that was seen is finished."""
        return self.age(path, now) >= self._seconds
