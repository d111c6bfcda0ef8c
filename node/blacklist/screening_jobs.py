"""Screenings that the node works on: a table handed over, looked at, started, cancelled.

A table becomes a screening under its own id. What is wrong with columns, sheet or encoding is refused before
there is a job. ``screening_rounds`` works on them.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from blacklist.domain.screening.mapping import ColumnMapping
from blacklist.domain.screening.monitoring import MonitoringPurpose
from blacklist.domain.screening.table_form import TableForm, TableKind
from blacklist.services.screening import Screening
from blacklist.store import screenings, stored_tables
from blacklist.store.screenings import ScreeningJob
from blacklist.store.stored_tables import StoredTable
from ledger.errors import LedgerError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.ports.vault import ByteSource
from node.audit.entries import AuditEntry, Detail
from node.blacklist.entries import Entries
from node.blacklist.table_keeping import forget, keep, opened, seal_form
from node.identity.permissions import Permission, Principal
from node.wiring import Node

if TYPE_CHECKING:
    from node.blacklist.table_reading import TableFile

RESULTS: Final = "screenings"
"""Folder of the home."""
NODE: Final = "node"
"""Who cancels what is too old."""


@dataclass(frozen=True, slots=True)
class ScreeningOrder:
    """How a table is to be screened.

    Attributes:
        form: how it is read; its kind is the stored table's.
        mapping: of columns.
        watch: what the customers are watched for afterwards, if they are.
    """

    form: TableForm
    mapping: ColumnMapping
    watch: MonitoringPurpose | None = None


@dataclass(frozen=True, slots=True)
class TableLook:
    """A stored table as far as it may be shown: no row of it.

    Attributes:
        table: as stored.
        sheets: of a workbook.
        titles: of its columns; empty when they cannot be read yet.
        error: why not.
    """

    table: StoredTable
    sheets: Sequence[str]
    titles: Sequence[str]
    error: LedgerError | None = None


def source_of(node: Node, table: StoredTable, form: TableForm) -> "TableFile":
    """Return a stored table as rows."""
    # pandas, which takes most of a second.
    from node.blacklist.table_reading import TableFile  # noqa: PLC0415

    read_as = replace(form, kind=TableKind(table.kind))
    return TableFile(table.job.hex(), lambda: opened(node, table), read_as)


def take(entries: Entries, source: ByteSource, kind: TableKind, by: Principal) -> StoredTable:
    """Store a table, encrypted as it arrives.

    Raises:
        NotPermittedError: the person may not.
        LedgerError: see ``table_keeping.keep``.
    """
    by.require(Permission.BLACKLIST_QUERY)
    node = entries.node
    table = keep(node, source, kind, by.actor)
    details: dict[str, Detail] = {"bytes": table.size, "kind": table.kind}
    with node.database.write() as connection:
        stored_tables.put(connection, table)
        entry = AuditEntry(by.actor, "blacklist.store-table", table.job.hex(), details)
        node.trail.record_in(connection, entry)
    return table


def look(entries: Entries, job: bytes, form: TableForm, by: Principal) -> TableLook:
    """Return the titles of a stored table that nobody started yet.

    Raises:
        NotPermittedError: the person may not.
        RefusedError: ``screening-table-unknown``: there is none of this person's.
    """
    by.require(Permission.BLACKLIST_QUERY)
    table = _waiting(entries.node, job, by)
    source = source_of(entries.node, table, form)
    sheets: Sequence[str] = ()
    try:
        form.check()
        sheets = source.sheets()
        return TableLook(table, sheets, source.titles())
    except LedgerError as error:
        return TableLook(table, sheets, (), error)


def start(entries: Entries, job: bytes, order: ScreeningOrder, by: Principal) -> ScreeningJob:
    """Start the screening of a stored table.

    Raises:
        NotPermittedError: the person may not.
        RefusedError: there is no such table; it cannot be read so; columns are missing, or do not fit.
        MalformedError: it is no text in the encoding that was named.
        ConflictError: it was started at the same time.
    """
    by.require(Permission.BLACKLIST_QUERY)
    node, screening = entries.node, Screening(entries.querying)
    table = _waiting(node, job, by)
    order.form.check()
    screening.check(order.mapping, order.watch)
    source = source_of(node, table, order.form)
    source.check(order.mapping)
    folder = str((node.settings.home / RESULTS).resolve())
    prepared = screening.prepare(order.mapping, folder, source.digest, by.actor, order.watch)
    started, form = replace(prepared.job, job=job), seal_form(node, table, source.form)
    with node.database.write() as connection:
        screenings.put(connection, started)
        stored_tables.set_form(connection, job, form)
        node.trail.record_in(connection, AuditEntry(by.actor, "blacklist.screen", job.hex(), {}))
    return started


def begin(
    entries: Entries, source: ByteSource, order: ScreeningOrder, by: Principal
) -> ScreeningJob:
    """Store a table and start its screening; what is refused is not kept.

    Raises:
        LedgerError: see ``take`` and ``start``.
    """
    order.form.check()
    Screening(entries.querying).check(order.mapping, order.watch)
    table = take(entries, source, order.form.kind, by)
    try:
        return start(entries, table.job, order, by)
    except BaseException:
        forget(entries.node, table)
        raise


def cancel(node: Node, job: bytes, by: Principal) -> None:
    """End a screening, or drop a table that was not started: its key is destroyed. Hits and files stay.

    Raises:
        NotPermittedError: the person may not.
        RefusedError: ``screening-unknown``, ``screening-over``.
    """
    by.require(Permission.BLACKLIST_QUERY)
    with node.database.read() as connection:
        table, found = stored_tables.find(connection, job), screenings.find(connection, job)
    if found is None and (table is None or table.stored_by != by.actor):
        raise RefusedError("screening-unknown")
    record_cancelled(node, job, by.actor, started=found is not None)
    if table is not None:
        with suppress(LedgerError):
            # What cannot be removed now is removed by the next round.
            forget(node, table)


def record_cancelled(node: Node, job: bytes, actor: str, *, started: bool = True) -> None:
    """Record that a screening ends before its last row.

    Raises:
        RefusedError: ``screening-over``.
    """
    at = format_instant(node.clock.now())
    with node.database.write() as connection:
        went_on = screenings.cancel(connection, job, at)
        if started and not went_on:
            raise RefusedError("screening-over")
        entry = AuditEntry(actor, "blacklist.cancel-screening", job.hex(), {})
        node.trail.record_in(connection, entry)


def _waiting(node: Node, job: bytes, by: Principal) -> StoredTable:
    """Return a stored table of this person's that was not started."""
    with node.database.read() as connection:
        table, found = stored_tables.find(connection, job), screenings.find(connection, job)
    if table is None or found is not None or table.stored_by != by.actor:
        raise RefusedError("screening-table-unknown")
    return table
