"""Works on screenings while the worker leads, on a thread of its own: one at a time, the oldest first.

* What stops a job (too few holders, a budget that is used up) pauses it with its code, and it is tried
  again: after minutes when something did not answer, after an hour when a rule forbids it, never when the
  table itself cannot be read. Others go on meanwhile.
* Between batches it leaves a job that was cancelled, and everything when this process stops or no longer
  leads. A job is taken up where its last batch ended, as at the shell.
* A job's table is forgotten when it is over, and after ``MAX_AGE`` in any case.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Final

import structlog

from blacklist.services.screening import OpenJob, Screening
from blacklist.store import screenings, stored_tables
from blacklist.store.stored_tables import StoredTable
from ledger.errors import (
    IntegrityError,
    LedgerError,
    MalformedError,
    RefusedError,
    UnavailableError,
)
from ledger.evidence.instants import format_instant
from node.blacklist.entries import Entries, make_entries
from node.blacklist.round_thread import RoundThread
from node.blacklist.screening import work_in
from node.blacklist.screening_jobs import NODE, record_cancelled, source_of
from node.blacklist.table_keeping import forget, form_of
from node.wiring import Node

MAX_AGE: Final = timedelta(days=30)
"""Of a job that does not finish."""
NOT_STARTED: Final = timedelta(days=1)
"""For which a table waits for its columns to be named."""
SOON: Final = timedelta(minutes=5)
LATER: Final = timedelta(hours=1)
_log = structlog.get_logger("lianzheng.blacklist")


class _LeftError(Exception):
    """Raised between batches: nobody is to go on with the job here."""


class ScreeningRounds:
    """A thread for screenings.

    Args:
        node: this member's.
        leads: tells whether this process still leads.
        entries: the services about entries, where they are put together already.
    """

    def __init__(
        self,
        node: Node,
        leads: Callable[[], bool] = lambda: True,
        entries: Entries | None = None,
    ) -> None:
        self._node: Final = node
        self._leads: Final = leads
        self._made: Final = entries
        self._thread: Final = RoundThread("screening", self._run)

    @cached_property
    def _entries(self) -> Entries:
        """Kept from round to round: what it has read of the chain is not read again."""
        return self._made or make_entries(self._node)

    def nudge(self) -> None:
        """Let a round begin unless one is under way, or this node takes no part."""
        if self._node.settings.blacklist is not None:
            self._thread.nudge()

    def stop(self) -> None:
        """Begin no more, and wait a moment for the batch under way; what it does not end is asked again."""
        self._thread.stop()

    def round(self) -> None:
        """Forget what is over, and work on every job that can be worked on.

        Raises:
            LedgerError: the database or the vault does not answer.
        """
        self._tidy()
        while self._goes_on() and (table := self._next()) is not None:
            self._work_on(table)

    def _run(self) -> None:
        try:
            self.round()
        except LedgerError as error:
            _log.warning("screening", code=error.code)
        except Exception:  # noqa: BLE001 - a defect must not end rounds for ever
            _log.exception("defect", where="screening")

    def _goes_on(self) -> bool:
        return self._leads() and not self._thread.is_stopping

    def _next(self) -> StoredTable | None:
        with self._node.database.read() as connection:
            return stored_tables.next_due(connection, format_instant(self._node.clock.now()))

    def _tidy(self) -> None:
        node, now = self._node, self._node.clock.now()
        with node.database.read() as connection:
            old = stored_tables.unfinished(connection, format_instant(now - MAX_AGE))
        for job in old:
            with suppress(RefusedError):
                record_cancelled(node, job, NODE)
        with node.database.read() as connection:
            before = format_instant(now - NOT_STARTED)
            over = [
                *stored_tables.ended(connection),
                *stored_tables.never_started(connection, before),
            ]
        for table in over:
            forget(node, table)

    def _work_on(self, table: StoredTable) -> None:
        try:
            self._worked(table)
        except _LeftError:
            return
        except LedgerError as error:
            self._hold_up(table, error)
            return
        except Exception:  # noqa: BLE001 - a defect in one job must not hold up the others
            _log.exception("defect", where="screening")
            self._hold_up(table, IntegrityError("defect"))
            return
        forget(self._node, table)

    def _worked(self, table: StoredTable) -> None:
        """Work on a job to its end; raises what stops it."""
        entries = self._entries
        entries.follower.refresh()
        opened = Screening(entries.querying).open(table.job)
        source = source_of(self._node, table, form_of(self._node, table))
        Path(opened.folder).mkdir(mode=0o700, exist_ok=True)
        work_in(entries, opened, source, opened.job.started_by, self._between(opened))

    def _between(self, opened: OpenJob) -> Callable[[int], None]:
        """Return what is done between batches."""

        def look(rows: int) -> None:
            if not self._goes_on() or self._cancelled(opened.job.job):
                raise _LeftError
            with suppress(UnavailableError):
                # Shares may be dealt anew while a long job runs.
                self._entries.follower.refresh()
            if rows > opened.job.progress.rows:
                self._record(opened.job.job, None, None)

        return look

    def _cancelled(self, job: bytes) -> bool:
        with self._node.database.read() as connection:
            found = screenings.find(connection, job)
        return found is None or found.cancelled_at is not None

    def _hold_up(self, table: StoredTable, error: LedgerError) -> None:
        """Pause a job until it can be tried again; one that was cancelled is left."""
        if self._cancelled(table.job):
            return
        _log.warning("screening paused", job=table.job.hex(), code=error.code)
        params = {name: _plain(value) for name, value in error.params.items()}
        pause = json.dumps({"code": error.code, "params": params}, ensure_ascii=False)
        self._record(table.job, pause, self._try_at(error))

    def _record(self, job: bytes, pause: str | None, try_at: str | None) -> None:
        with self._node.database.write() as connection:
            stored_tables.hold_up(connection, job, pause, try_at)

    def _try_at(self, error: LedgerError) -> str | None:
        if isinstance(error, MalformedError | IntegrityError):
            return None
        return format_instant(self._node.clock.now() + (SOON if error.retry else LATER))


def _plain(value: object) -> str | int:
    return value if isinstance(value, int) else str(value)
