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


def due(
    connection: Connection, identifiers: int, now: str, limit: int, *, anew: bool
) -> Sequence[OwnEntry]:
    """Return entries of a type whose batch is due, oldest first.

    Args:
        connection: in a transaction.
        identifiers: number of the type.
        now: instant.
        limit: how many at most.
        anew: those that stand for one of an older key epoch, or the others.
    """
    queued = (own_entry.c.state == OwnState.QUEUED) & (own_entry.c.due_at <= now)
    replacing = own_entry.c.replaces.is_not(None) if anew else own_entry.c.replaces.is_(None)
    query = select(own_entry).where(queued, replacing, own_entry.c.identifiers == identifiers)
    ordered = query.order_by(own_entry.c.due_at, own_entry.c.created_at).limit(limit)
    return [_read(row) for row in connection.execute(ordered)]


def prepared(connection: Connection, limit: int) -> Sequence[OwnEntry]:
    """Return the oldest entries that are prepared and not in a final block."""
    query = select(own_entry).where(own_entry.c.state == OwnState.PREPARED)
    ordered = query.order_by(own_entry.c.due_at, own_entry.c.created_at).limit(limit)
    return [_read(row) for row in connection.execute(ordered)]


def asked(connection: Connection) -> Sequence[OwnEntry]:
    """Return requests that wait for a second person."""
    query = select(own_entry).where(own_entry.c.state == OwnState.ASKED)
    return [_read(row) for row in connection.execute(query)]


def extend(connection: Connection, own: OwnEntry, sealed: bytes, call: str) -> bool:
    """Record a further version; ``False`` when the entry is not as it was read in ``own`` any more."""
    same = (own_entry.c.entry == own.entry) & (own_entry.c.sealed == own.sealed)
    values = {"sealed": sealed, "call": call}
    return connection.execute(update(own_entry).where(same).values(values)).rowcount == 1


def settle(connection: Connection) -> None:
    """Note which prepared entries are in final blocks now."""
    final = own_entry.c.entry.in_(select(entry.c.entry))
    prepared = (own_entry.c.state == OwnState.PREPARED) & final
    connection.execute(update(own_entry).where(prepared).values(state=OwnState.LISTED))


def every(connection: Connection) -> Sequence[OwnEntry]:
    """Return all of them, newest first."""
    query = select(own_entry).order_by(own_entry.c.created_at.desc())
    return [_read(row) for row in connection.execute(query)]


def given_up_since(connection: Connection, instant: str) -> Sequence[bytes]:
    """Return those that were asked for since an instant and never went on chain."""
    gone = (own_entry.c.state == OwnState.GIVEN_UP) & (own_entry.c.created_at >= instant)
    return [bytes(each) for each in connection.scalars(select(own_entry.c.entry).where(gone))]


def given_up_on_chain(connection: Connection) -> Sequence[OwnEntry]:
    """Return entries that were given up and stand on chain nevertheless, by a call that was thought lost."""
    query = select(own_entry).join(entry, entry.c.entry == own_entry.c.entry)
    query = query.where(own_entry.c.state == OwnState.GIVEN_UP, entry.c.withdrawn.is_(False))
    return [_read(row) for row in connection.execute(query)]


def _read(row: Row[tuple[object, ...]]) -> OwnEntry:
    values = {each.name: getattr(row, each.name) for each in own_entry.c}
    return OwnEntry(**{**values, "state": OwnState(row.state)})
