"""Measuring: a value beside the limit that was measured in the same run, and their ratio."""

import gc
import json
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One line of the result.

    Attributes:
        name: what was measured.
        value: with its unit.
        limit: what it is compared with, measured in this run; empty when the mark is absolute.
        ratio: value to limit; ``None`` when there is none.
        mark: what is wanted.
    """

    name: str
    value: str
    limit: str
    ratio: float | None
    mark: str


def seconds(action: Callable[[], object], *, runs: int = 3) -> float:
    """Return the median time of an action."""
    times = []
    for _ in range(runs):
        gc.collect()
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return median(times)


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """Give a function that tells the seconds since the block began, also after it ended."""
    start = time.perf_counter()
    end: list[float] = []
    yield lambda: (end[0] if end else time.perf_counter()) - start
    end.append(time.perf_counter())


def peak_memory_mib() -> float:
    """Return this process's largest resident memory so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def print_rows(rows: list[Row], *, machine: bool) -> None:
    """Print rows as a table, or as JSON."""
    if machine:
        print(json.dumps([row.__dict__ for row in rows], ensure_ascii=False))
        return
    table = Table(title="make bench")
    for column in ("what", "value", "limit in the same run", "ratio", "mark"):
        table.add_column(column)
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        table.add_row(row.name, row.value, row.limit, ratio, row.mark)
    Console().print(table)


SIGNATURES_OF_THE_MARKS = 49_000
"""Ed25519 signatures a second of the machine on which the marks were set: what one core can do."""


def signatures_a_second() -> float:
    """Return how many statements this machine could at most sign a second, now."""
    key, message = Ed25519PrivateKey.generate(), b"x" * 1200
    return 2000 / seconds(lambda: [key.sign(message) for _ in range(2000)], runs=5)
