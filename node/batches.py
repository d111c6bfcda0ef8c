"""Bulk sealing: NDJSON in, one answer a line, in order; a bad line does not hold up the others.

One batch is prepared (read, salted, encrypted) while the one before is committed.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from itertools import chain, islice
from pathlib import Path

from ledger.errors import LedgerError
from ledger.services.intake import MAX_BATCH, Also, Intake, Receipt, no_more
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
    lines: Iterable[bytes],
    intake: Intake,
    preparer: Preparer,
    *,
    caller: str = "",
    also: Also = no_more,
    size: int = MAX_BATCH,
) -> Iterator[tuple[int, Receipt | LedgerError]]:
    """Seal each line with a preparer that is running already, ``size`` to a transaction.

    Args:
        lines: JSON objects; empty lines are skipped.
        intake: takes them in.
        preparer: prepares one batch while the one before is committed.
        caller: whose request keys these are.
        also: what else happens in each of the transactions.
        size: lines a transaction.
    """
    numbered = ((at, line) for at, line in enumerate(lines, start=1) if line.strip())
    batch = _next_batch(numbered, preparer, caller, size)
    try:
        while batch:
            # Taken off first: a batch that could not be prepared has no second answer.
            done, batch = batch, []
            prepared = preparer.finish()
            batch = _next_batch(numbered, preparer, caller, size)
            # One commit at a time, in order: the next batch of a case numbers on from this one.
            yield from zip(done, intake.commit(prepared, also=also), strict=True)
    finally:
        if batch:
            # Nobody waits for the rest any more.
            with suppress(LedgerError):
                intake.discard(preparer.finish())


def _next_batch(
    numbered: Iterator[tuple[int, bytes]], preparer: Preparer, caller: str, size: int
) -> list[int]:
    """Begin the next batch and return the numbers of its lines; none at the end."""
    batch = list(islice(numbered, size))
    if batch:
        preparer.begin([line for _, line in batch], caller)
    return [at for at, _ in batch]
