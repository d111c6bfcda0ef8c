"""Entries of other members that this one vouches for; whom it knows, and by what, is encrypted."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from blacklist.store.entry_tables import entry, own_corroboration


@dataclass(frozen=True, slots=True)
class OwnCorroboration:
    """One of them.

    Attributes:
        entry: 32-byte id.
        key_id: of the record key.
        sealed: ``services.vouching.KnownPerson``.
    """

    entry: bytes
    key_id: bytes
    sealed: bytes


def put(connection: Connection, own: OwnCorroboration) -> None:
    """Record one.

    Raises:
        ConflictError: there is one about the same entry.
    """
    values = {"entry": own.entry, "key_id": own.key_id, "sealed": own.sealed}
    connection.execute(insert(own_corroboration).values(values))


def find(connection: Connection, entry_id: bytes) -> OwnCorroboration | None:
    """Return the one about an entry."""
    query = select(own_corroboration).where(own_corroboration.c.entry == entry_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else OwnCorroboration(row.entry, row.key_id, row.sealed)


def of_ended(connection: Connection, now: int) -> Sequence[OwnCorroboration]:
    """Return those about entries that were withdrawn or have expired by ``now``, seconds since 1970."""
    over = entry.c.withdrawn | (entry.c.expires_at <= now)
    query = select(own_corroboration).join(entry, entry.c.entry == own_corroboration.c.entry)
    rows = connection.execute(query.where(over))
    return [OwnCorroboration(row.entry, row.key_id, row.sealed) for row in rows]


def move(connection: Connection, entry_id: bytes, successor: bytes) -> None:
    """Record that this member vouches for the entry that another one goes on in."""
    own = own_corroboration.c.entry == entry_id
    connection.execute(update(own_corroboration).where(own).values(entry=successor))


def forget(connection: Connection, entry_id: bytes) -> None:
    """Delete the one about an entry."""
    connection.execute(delete(own_corroboration).where(own_corroboration.c.entry == entry_id))
