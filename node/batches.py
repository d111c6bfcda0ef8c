"""Bulk sealing: NDJSON in, one answer a line, in order; a bad line does not hold up the others.

One batch is prepared (read, salted, encrypted) while the one before is committed.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from itertools import chain, islice
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from ledger.errors import LedgerError
from ledger.services.intake import MAX_BATCH, Also, Intake, Receipt, no_more
from ledger.services.recording import Outcome
from ledger.store.statements import StatementRow
from node.audit.entries import AuditEntry, Detail
from node.audit.trail import Trail
from node.preparing import Here, Preparer, apart
from node.wiring import Node

SEALED: Final = "evidence.seal-bulk"


def seal_batch(
    node: Node, lines: Iterable[bytes], folder: Path, *, actor: str
) -> Iterator[tuple[int, Receipt | LedgerError]]:
    """Seal each line and yield its number (from 1) with a receipt or an error.

    Args:
        node: whose ledger takes them in.
        lines: JSON objects; empty lines are skipped.
        folder: what relative file names are relative to.
        actor: who does it, for the audit trail.
    """
    left = iter(lines)
    # A process of its own takes a second to start, which is worth it from the second batch on.
    first = list(islice(left, MAX_BATCH + 1))
    here: AbstractContextManager[Preparer] = nullcontext(Here(node.intake, node.lookups, folder))
    large = len(first) > MAX_BATCH
    with apart(node.settings.home, folder) if large else here as preparer:
        also = recorded(node.trail, actor)
        yield from seal_lines(chain(first, left), node.intake, preparer, also=also)


def recorded(trail: Trail, actor: str) -> Also:
    """Return what leaves an entry of each transaction that seals anything: how many, the first, the last."""

    def record(connection: Connection, outcomes: Sequence[Outcome]) -> None:
        sealed = [row.leaf_hash for row in outcomes if isinstance(row, StatementRow)]
        if sealed:
            details: dict[str, Detail] = {"count": len(sealed), "last": sealed[-1].hex()}
            trail.record_in(connection, AuditEntry(actor, SEALED, sealed[0].hex(), details))

    return record


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
