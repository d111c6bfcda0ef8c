"""Bulk sealing: NDJSON in, one answer a line, in order; a bad line does not hold up the others.

One batch is prepared (read, salted, encrypted) while the one before is committed.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import chain, islice
from pathlib import Path

from ledger.errors import LedgerError
from ledger.services.intake import MAX_BATCH, Intake, Receipt
from node.preparing import Here, Preparer, apart
from node.wiring import Node


def seal_batch(
    node: Node, lines: Iterable[bytes], folder: Path
) -> Iterator[tuple[int, Receipt | LedgerError]]:
    """Seal each line and yield its number (from 1) with a receipt or an error.

    Args:
        node: whose ledger takes them in.
        lines: JSON objects; empty lines are skipped.
        folder: what relative file names are relative to.
    """
    left = iter(lines)
    # A process of its own takes a second to start, which is worth it from the second batch on.
    first = list(islice(left, MAX_BATCH + 1))
    here: AbstractContextManager[Preparer] = nullcontext(Here(node.intake, node.lookups, folder))
    large = len(first) > MAX_BATCH
    with apart(node.settings.home, folder) if large else here as preparer:
        yield from seal_lines(chain(first, left), node.intake, preparer)


def seal_lines(
    lines: Iterable[bytes], intake: Intake, preparer: Preparer, *, size: int = MAX_BATCH
) -> Iterator[tuple[int, Receipt | LedgerError]]:
    """Seal each line with a preparer that is running already, ``size`` to a transaction."""
    numbered = ((at, line) for at, line in enumerate(lines, start=1) if line.strip())
    batch = _next_batch(numbered, preparer, size)
    while batch:
        prepared = preparer.finish()
        following = _next_batch(numbered, preparer, size)
        # One commit at a time, in order: the next batch of a case numbers on from this one.
        yield from zip(batch, intake.commit(prepared), strict=True)
        batch = following


def _next_batch(numbered: Iterator[tuple[int, bytes]], preparer: Preparer, size: int) -> list[int]:
    """Begin the next batch and return the numbers of its lines; none at the end."""
    batch = list(islice(numbered, size))
    if batch:
        preparer.begin([line for _, line in batch])
    return [at for at, _ in batch]
