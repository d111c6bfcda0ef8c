"""One committer: items that callers seal one by one, at the same time, share a transaction.

A transaction costs an fsync, whatever it holds; one for each caller would cap a node at what its disk
can sync. Callers prepare on their own threads, hand over, and wait; the committer takes whatever waits,
commits it, and answers each. Under no load a lone item is committed at once.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from time import sleep
from typing import Final, Self

from sqlalchemy import Connection

from ledger.errors import LedgerError, UnavailableError
from ledger.services.composing import Draft, Item
from ledger.services.intake import MAX_BATCH, Intake, Receipt
from ledger.services.recording import Outcome
from ledger.store.statements import StatementRow
from node.audit.entries import AuditEntry
from node.audit.trail import Trail

SEALED: Final = "evidence.seal"
GATHER_SECONDS: Final = 0.004
"""About what a transaction costs besides its items."""
ANSWER_SECONDS: Final = 60.0
"""Longer than the longest wait for a database's lock."""


@dataclass
class _Waiting:
    drafted: Draft | LedgerError
    actor: str
    answer: Future[Receipt | LedgerError] = field(default_factory=Future)


class Committer:
    """Seals items for many threads; a context manager that runs its own thread.

    Args:
        intake: prepares and commits.
        trail: takes an entry for each sealed item, in the same transaction.
    """

    def __init__(self, intake: Intake, trail: Trail) -> None:
        self._intake: Final = intake
        self._trail: Final = trail
        self._queue: Final[SimpleQueue[_Waiting | None]] = SimpleQueue()
        self._thread: Final = Thread(target=self._run, name="committer", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._queue.put(None)
        self._thread.join()

    def seal(self, item: Item, actor: str) -> Receipt:
        """Seal one item together with whatever else waits.

        Args:
            item: what is sealed.
            actor: who seals, as the audit trail knows it.

        Raises:
            LedgerError: the item was not sealed.
        """
        (drafted,) = self._intake.prepare([item])
        waiting = _Waiting(drafted, actor)
        self._queue.put(waiting)
        try:
            outcome = waiting.answer.result(ANSWER_SECONDS)
        except TimeoutError as error:
            if waiting.answer.cancel():
                raise UnavailableError(
                    "database-unavailable", detail="no answer in time"
                ) from error
            # Its transaction runs: whatever comes of it is the answer.
            outcome = waiting.answer.result()
        if isinstance(outcome, LedgerError):
            raise outcome
        return outcome

    def _run(self) -> None:
        batch: list[_Waiting] = []
        while (first := self._queue.get()) is not None:
            if len(batch) > 1:
                # There was company the last time: what comes within this time shares a transaction.
                sleep(GATHER_SECONDS)
            batch = [first]
            stop = self._take_more(batch)
            self._commit(batch)
            if stop:
                return

    def _take_more(self, batch: list[_Waiting]) -> bool:
        """Add what waits already; tell whether the end was among it."""
        while len(batch) < MAX_BATCH:
            try:
                following = self._queue.get_nowait()
            except Empty:
                return False
            if following is None:
                return True
            batch.append(following)
        return False

    def _commit(self, waiting: list[_Waiting]) -> None:
        batch = [each for each in waiting if each.answer.set_running_or_notify_cancel()]
        # Whoever stopped waiting was told that nothing is sealed, and nothing is.
        self._intake.discard([each.drafted for each in waiting if each.answer.cancelled()])
        if not batch:
            return

        def record(connection: Connection, outcomes: Sequence[Outcome]) -> None:
            entries = [
                AuditEntry(asked.actor, SEALED, row.leaf_hash.hex(), {"kind": row.kind})
                for asked, row in zip(batch, outcomes, strict=True)
                if isinstance(row, StatementRow)
            ]
            self._trail.record_in(connection, *entries)

        try:
            outcomes = self._intake.commit([each.drafted for each in batch], also=record)
        except Exception as error:  # noqa: BLE001 - each caller raises it on its own thread
            for each in batch:
                each.answer.set_exception(error)
            return
        for each, outcome in zip(batch, outcomes, strict=True):
            each.answer.set_result(outcome)
