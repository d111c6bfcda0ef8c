"""Which files could not be sealed, and when they are worth another try."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from node.watching.settling import State

Signature: TypeAlias = tuple[State | None, ...]
"""States of a content, its sidecar, and the manifest: what decides whether it can be sealed."""

FIRST_SECONDS: Final = 60.0
GROWTH: Final = 4
MAX_SECONDS: Final = 6 * 3600.0
"""What a person repairs elsewhere (permissions, a case on hold) is noticed within a shift."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    signature: Signature
    due: float
    pause: float


class Attempts:
    """Remembers failures; a file that changed is always due."""

    def __init__(self) -> None:
        self._failed: Final[dict[Path, _Attempt]] = {}

    def is_due(self, path: Path, signature: Signature, now: float) -> bool:
        """Tell whether a file should be tried."""
        last = self._failed.get(path)
        return last is None or last.signature != signature or now >= last.due

    def failed(self, path: Path, signature: Signature, now: float) -> None:
        """Remember a failure; each repetition waits longer."""
        last = self._failed.get(path)
        again = last is not None and last.signature == signature
        pause = min(last.pause * GROWTH, MAX_SECONDS) if last and again else FIRST_SECONDS
        self._failed[path] = _Attempt(signature, now + pause, pause)

    def forget(self, path: Path) -> None:
        """Forget a file that was sealed."""
        self._failed.pop(path, None)

    def gone(self, present: set[Path]) -> list[Path]:
        """Forget what is no longer there and return it."""
        lost = [path for path in self._failed if path not in present]
        for path in lost:
            del self._failed[path]
        return lost

    def __len__(self) -> int:
        return len(self._failed)
