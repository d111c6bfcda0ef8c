"""The audit trail: records entries in one chain, and reads them page by page.

* ``record_in`` puts an entry into the transaction of the change itself: there is no change without its
  entry and no entry without its change. Call it last: it locks the end of the chain until the commit.
* Concurrent writers wait for each other at that lock, so that the chain never forks.
* Nothing changes or deletes entries. What makes that noticeable stands in ``checking.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from ledger.errors import LimitError
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.store.transactions import Begin
from node.audit import store
from node.audit.entries import AuditEntry, StoredEntry, chained, entry_bytes
from node.audit.store import EntryRow
from node.audit.tables import audit_entry

MAX_PAGE: Final = 500
"""Entries a page: a screenful for people, a bounded answer for machines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailQuery:
    """Which entries to read, newest first.

    Attributes:
        actor: exactly.
        action: exactly, or a family when it ends with a dot (``evidence.``).
        subject: exactly.
        since: instant, included.
        until: instant, excluded.
        before: cursor of the page before; ``None`` for the first page.
        limit: entries a page.
    """

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: str | None = None
    until: str | None = None
    before: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Entries, newest first.

    Attributes:
        entries: at most ``limit``.
        before: cursor for the next page; ``None`` at the end.
    """

    entries: tuple[StoredEntry, ...]
    before: int | None


class Trail:
    """Records who did and saw what.

    Args:
        begin: opens a write transaction.
        clock: this machine's time.
        read: opens a transaction for reading; ``begin`` when none is given.
    """

    def __init__(self, begin: Begin, clock: Clock, read: Begin | None = None) -> None:
        self._begin: Final = begin
        self._read: Final = read or begin
        self._clock: Final = clock

    def record(self, *entries: AuditEntry) -> None:
        """Record entries in a transaction of their own, durable on return.

        Raises:
            MalformedError: an entry is not of its form, or too long.
            UnavailableError: the database refuses; nothing was recorded.
        """
        with self._begin() as connection:
            self.record_in(connection, *entries)

    def record_in(self, connection: Connection, *entries: AuditEntry) -> None:
        """Record entries in the caller's write transaction, as its last step.

        Raises:
            MalformedError: an entry is not of its form, or too long.
        """
        at = format_instant(self._clock.now())
        head = store.locked_head(connection)
        seq, previous, rows = head.seq, head.hash, []
        for entry in entries:
            seq += 1
            data = entry_bytes(entry, seq=seq, at=at)
            previous = chained(previous, data)
            rows.append(EntryRow(seq, at, entry.actor, entry.action, entry.subject, data, previous))
        if rows:
            store.append(connection, rows)

    def page(self, query: TrailQuery) -> TrailPage:
        """Return the entries that ``query`` asks for, newest first.

        Raises:
            LimitError: a page of more than ``MAX_PAGE``.
            MalformedError: a stored entry cannot be read; ``checking`` says which.
        """
        if not 1 <= query.limit <= MAX_PAGE:
            raise LimitError("page-size", limit=MAX_PAGE)
        with self._read() as connection:
            found = _select(connection, query)
        entries = tuple(store.read_entry(row) for row in found[: query.limit])
        more = len(found) > query.limit
        return TrailPage(entries, entries[-1].seq if more else None)


def _select(connection: Connection, query: TrailQuery) -> Sequence[EntryRow]:
    """Return one row more than asked for, so that the end is known."""
    column = audit_entry.c
    wanted = select(audit_entry).order_by(column.seq.desc()).limit(query.limit + 1)
    if query.actor is not None:
        wanted = wanted.where(column.actor == query.actor)
    if query.action is not None:
        family = query.action.endswith(".")
        found = column.action.startswith(query.action, autoescape=True)
        wanted = wanted.where(found if family else column.action == query.action)
    if query.subject is not None:
        wanted = wanted.where(column.subject == query.subject)
    if query.since is not None:
        wanted = wanted.where(column.at >= query.since)
    if query.until is not None:
        wanted = wanted.where(column.at < query.until)
    if query.before is not None:
        wanted = wanted.where(column.seq < query.before)
    return store.rows(connection, wanted)
