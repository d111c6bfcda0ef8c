"""Bars of a few days as SVG: classes instead of styles, for the policy forbids inline ones (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 560
HEIGHT: Final = 150
_TOP: Final = 20
_GROUND: Final = 126


@dataclass(frozen=True, slots=True)
class Bar:
    """One day.

    Attributes:
        label: below the bar.
        count: above it.
        x: left edge.
        middle: of the bar.
        y: upper edge.
        width: of the bar.
        height: of the bar.
    """

    label: str
    count: int
    x: int
    middle: int
    y: int
    width: int
    height: int


def bars(days: Sequence[tuple[str, int]]) -> Sequence[Bar]:
    """Return the bars of (label, count), the first on the left."""
    step = WIDTH // max(1, len(days))
    width, highest = min(48, step - 12), max((count for _, count in days), default=0)
    found = []
    for at, (label, count) in enumerate(days):
        # What is not nothing shows: at least two pixels.
        height = 0 if not count else max(2, round(count / highest * (_GROUND - _TOP)))
        middle = at * step + step // 2
        bar = Bar(label, count, middle - width // 2, middle, _GROUND - height, width, height)
        found.append(bar)
    return found
