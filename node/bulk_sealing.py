"""Bulk sealing in a service: one preparing process, started when first needed, for one caller at a time."""

from collections.abc import Sequence
from contextlib import ExitStack
from threading import Lock
from typing import Final, Self

from ledger.errors import LedgerError, UnavailableError
from ledger.services.intake import Receipt
from node.batches import recorded, seal_lines
from node.preparing import Apart, apart
from node.wiring import Node

WAIT_SECONDS: Final = 30.0
"""For the caller before: 10,000 items take a few seconds."""


class BulkSealer:
    """Seals many lines; a context manager that ends its process.

    Args:
        node: whose ledger takes them in.
    """

    def __init__(self, node: Node) -> None:
        self._node: Final = node
        self._lock: Final = Lock()
        self._running = ExitStack()
        self._preparer: Apart | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def seal(self, lines: Sequence[bytes], actor: str) -> list[tuple[int, Receipt | LedgerError]]:
        """Seal each line and answer with its number (from 1) and a receipt or an error.

        Raises:
            UnavailableError: other callers' batches take too long, or database or vault refuse from the
                beginning; later, the lines that are left are answered with it.
        """
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            raise UnavailableError("bulk-busy")
        try:
            return self._seal(lines, actor)
        finally:
            self._lock.release()

    def _seal(self, lines: Sequence[bytes], actor: str) -> list[tuple[int, Receipt | LedgerError]]:
        preparer, answers = self._started(), list[tuple[int, Receipt | LedgerError]]()
        also = recorded(self._node.trail, actor)
        sealing = seal_lines(lines, self._node.intake, preparer, caller=actor, also=also)
        try:
            for answer in sealing:
                answers.append(answer)
        except UnavailableError as error:
            # Perhaps the process has died: the next caller gets a fresh one.
            self._stop()
            if not answers:
                raise
            # What is sealed has its receipts; the lines after it are answered with what stopped them.
            done = answers[-1][0]
            answers += [
                (at, error) for at, line in enumerate(lines, 1) if at > done and line.strip()
            ]
        return answers

    def _started(self) -> Apart:
        if self._preparer is None:
            self._preparer = self._running.enter_context(apart(self._node.settings.home, None))
        return self._preparer

    def _stop(self) -> None:
        self._preparer = None
        self._running.close()
