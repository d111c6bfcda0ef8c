"""What this member lists, from the request until it is on chain; clear values are encrypted (``sealed``)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Row, insert, select, update

from blacklist.store.entry_tables import entry, own_entry


class OwnState(StrEnum):
    """How far an own entry is."""

    ASKED = "asked"
    """One person asked for it; another has to decide."""
    QUEUED = "queued"
    """It goes on chain with the batch at ``due_at``."""
    PREPARED = "prepared"
    """It was evaluated: tag, keys and row are made."""
    LISTED = "listed"
    """A final block has it; from here on the chain says where it stands."""
    GIVEN_UP = "given-up"
    """It never went on chain."""


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """One of them.

    Attributes:
        entry: 32-byte id.
        nonce: 32 bytes, of the id.
        identifiers: number of the identifier type.
        state: how far it is.
        key_id: of the record key.
        sealed: identifier, facts and salts, encrypted.
        due_at: instant of its batch.
        call: what goes on chain, as JSON; ``None`` before it is prepared.
        replaces: entry of an older key epoch that this one stands for.
        created_at: instant.
        created_by: operator.
    """

    entry: bytes
    nonce: bytes
    identifiers: int
    state: OwnState
    key_id: bytes
    sealed: bytes
    due_at: str | None
    call: str | None
    replaces: bytes | None
    created_at: str
    created_by: str


def put(connection: Connection, own: OwnEntry) -> None:
    """Record an entry that was asked for."""
    names = [each.name for each in own_entry.c]
    connection.execute(insert(own_entry).values({name: getattr(own, name) for name in names}))


def find(connection: Connection, entry_id: bytes) -> OwnEntry | None:
    """Return one of this member's entries."""
    row = connection.execute(select(own_entry).where(own_entry.c.entry == entry_id)).one_or_none()
    return None if row is None else _read(row)


def change(connection: Connection, entry_id: bytes, **values: object) -> None:
    """Change some of an entry's members."""
    connection.execute(update(own_entry).where(own_entry.c.entry == entry_id).values(values))


def in_state(connection: Connection, state: OwnState, limit: int) -> Sequence[OwnEntry]:
    """Return the oldest entries in a state, those that are due first."""
    query = select(own_entry).where(own_entry.c.state == state)
    ordered = query.order_by(own_entry.c.due_at, own_entry.c.created_at).limit(limit)
    return [_read(row) for row in connection.execute(ordered)]


def settle(connection: Connection) -> None:
    """Note which prepared entries are in final blocks now."""
    final = own_entry.c.entry.in_(select(entry.c.entry))
    prepared = (own_entry.c.state == OwnState.PREPARED) & final
    connection.execute(update(own_entry).where(prepared).values(state=OwnState.LISTED))


def every(connection: Connection) -> Sequence[OwnEntry]:
    """Return all of them, newest first."""
    query = select(own_entry).order_by(own_entry.c.created_at.desc())
    return [_read(row) for row in connection.execute(query)]


def successor(connection: Connection, entry_id: bytes) -> OwnEntry | None:
    """Return the entry that stands for an older one."""
    query = select(own_entry).where(own_entry.c.replaces == entry_id)
    row = connection.execute(query).first()
    return None if row is None else _read(row)


def _read(row: Row[tuple[object, ...]]) -> OwnEntry:
    values = {each.name: getattr(row, each.name) for each in own_entry.c}
    return OwnEntry(**{**values, "state": OwnState(row.state)})
