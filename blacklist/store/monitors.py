"""Customers who are monitored, and which rows of the index were compared with their tags."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from blacklist.store.entry_tables import entry, entry_row
from blacklist.store.screening_tables import monitor_looked, monitored
from ledger.store.bulk import upsert_rows

_AT_ONCE: Final = 500
"""Values of one query; databases have limits from 999."""


@dataclass(frozen=True, slots=True)
class MonitoredItem:
    """One monitored identifier.

    Attributes:
        item: 16 random bytes.
        identifiers: number of the type.
        key_epoch: of its tag.
        fresh: whether its tag was never compared with the index.
        purpose: as declared.
        key_id: of the record key.
        sealed: ``WatchedPerson`` and tag.
        since: instant.
        started_by: operator.
        relationship: blind index of the customer's number; ``None`` in items from before it was kept.
    """

    item: bytes
    identifiers: int
    key_epoch: int
    fresh: bool
    purpose: str
    key_id: bytes
    sealed: bytes
    since: str
    started_by: str
    relationship: bytes | None


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row of the index that was not compared yet."""

    entry: bytes
    facts: bytes
    tag: bytes


def put(connection: Connection, items: Sequence[MonitoredItem]) -> None:
    """Record items."""
    names = MonitoredItem.__slots__
    rows = [{name: getattr(each, name) for name in names} for each in items]
    if rows:
        connection.execute(insert(monitored), rows)


def page(connection: Connection, after: bytes, limit: int) -> Sequence[MonitoredItem]:
    """Return items in the order of their ids, after one of them."""
    query = select(monitored).where(monitored.c.item > after)
    return [_read(row) for row in connection.execute(query.order_by(monitored.c.item).limit(limit))]


def newest(
    connection: Connection, before: tuple[str, bytes] | None, limit: int
) -> Sequence[MonitoredItem]:
    """Return items, newest first.

    Args:
        connection: in a transaction.
        before: ``since`` and id of the last item of the page before; ``None`` for the first page.
        limit: how many at most.
    """
    table = monitored.c
    query = select(monitored).order_by(table.since.desc(), table.item.desc()).limit(limit)
    if before is not None:
        since, item = before
        query = query.where((table.since < since) | ((table.since == since) & (table.item < item)))
    return [_read(row) for row in connection.execute(query)]


def of_relationship(connection: Connection, relationship: bytes) -> Sequence[MonitoredItem]:
    """Return the items of a customer by the blind index."""
    query = select(monitored).where(monitored.c.relationship == relationship)
    return [_read(row) for row in connection.execute(query)]


def without_relationship(connection: Connection, limit: int) -> Sequence[MonitoredItem]:
    """Return items from before the blind index was kept."""
    query = select(monitored).where(monitored.c.relationship.is_(None)).limit(limit)
    return [_read(row) for row in connection.execute(query)]


def set_relationship(connection: Connection, item: bytes, relationship: bytes) -> None:
    """Record the blind index of an item's customer."""
    own = monitored.c.item == item
    connection.execute(update(monitored).where(own).values(relationship=relationship))


def of_type(
    connection: Connection, identifiers: int, after: bytes, limit: int
) -> Sequence[MonitoredItem]:
    """Return items of a type in the order of their ids, after one of them."""
    own = (monitored.c.identifiers == identifiers) & (monitored.c.item > after)
    query = select(monitored).where(own).order_by(monitored.c.item).limit(limit)
    return [_read(row) for row in connection.execute(query)]


def fresh(connection: Connection, identifiers: int, limit: int) -> Sequence[MonitoredItem]:
    """Return items of a type that were never compared with the index, in the order of their ids."""
    own = (monitored.c.identifiers == identifiers) & monitored.c.fresh.is_(True)
    query = select(monitored).where(own).order_by(monitored.c.item).limit(limit)
    return [_read(row) for row in connection.execute(query)]


def of_older_keys(
    connection: Connection, identifiers: int, key_epoch: int, limit: int
) -> Sequence[MonitoredItem]:
    """Return items of a type whose tag is of an older key epoch, in the order of their ids."""
    own = (monitored.c.identifiers == identifiers) & (monitored.c.key_epoch < key_epoch)
    query = select(monitored).where(own).order_by(monitored.c.item).limit(limit)
    return [_read(row) for row in connection.execute(query)]


def find(connection: Connection, item: bytes) -> MonitoredItem | None:
    """Return an item."""
    row = connection.execute(select(monitored).where(monitored.c.item == item)).one_or_none()
    return None if row is None else _read(row)


def change(connection: Connection, item: MonitoredItem) -> None:
    """Record an item's tag, freshness and what it knows; one that ended meanwhile stays ended."""
    values = {"key_epoch": item.key_epoch, "fresh": item.fresh, "sealed": item.sealed}
    connection.execute(update(monitored).where(monitored.c.item == item.item).values(values))


def compared(connection: Connection, items: Sequence[bytes]) -> None:
    """Record that items are fresh no longer."""
    for start in range(0, len(items), _AT_ONCE):
        own = monitored.c.item.in_(items[start : start + _AT_ONCE])
        connection.execute(update(monitored).where(own).values(fresh=False))


def forget(connection: Connection, item: bytes) -> None:
    """Delete an item."""
    connection.execute(delete(monitored).where(monitored.c.item == item))


def new_rows(connection: Connection, identifiers: int, limit: int) -> Sequence[NewRow]:
    """Return rows about a type that were not compared yet, as they are now, by the ids of their entries."""
    looked = monitor_looked.c
    query = (
        select(entry_row.c.entry, entry_row.c.facts, entry_row.c.tag)
        .join(entry, entry.c.entry == entry_row.c.entry)
        .outerjoin(monitor_looked, looked.entry == entry_row.c.entry)
        .where(entry.c.identifiers == identifiers)
        .where(looked.entry.is_(None) | (looked.facts != entry_row.c.facts))
        .order_by(entry_row.c.entry)
        .limit(limit)
    )
    return [NewRow(row.entry, row.facts, row.tag) for row in connection.execute(query)]


def looked(connection: Connection, rows: Sequence[NewRow]) -> None:
    """Record that rows were compared with every tag; what the index lost is forgotten too."""
    values = [(each.entry, each.facts) for each in rows]
    upsert_rows(connection, monitor_looked, ("entry", "facts"), values, updated=("facts",))
    gone = monitor_looked.c.entry.not_in(select(entry_row.c.entry))
    connection.execute(delete(monitor_looked).where(gone))


def _read(row: Row[tuple[object, ...]]) -> MonitoredItem:
    return MonitoredItem(**{name: getattr(row, name) for name in MonitoredItem.__slots__})
