"""What persons said about entries: taken at this member's desk, or handed over by another member's.

The text lies sealed in the evidence log. The digest is the leaf hash at the desk that took it; for a dispute
it stands on chain.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, func, insert, select, update

from blacklist.store.desk_tables import person_statement
from blacklist.store.entries import family


@dataclass(frozen=True, slots=True)
class PersonStatement:
    """One of them.

    Attributes:
        digest: leaf hash at the desk that took it.
        entry: 32-byte id.
        desk: member whose desk took it.
        disputes: whether it disputes the entry, or stands beside it.
        leaf_hash: of what is sealed in this member's log.
        received_at: instant.
        received_by: operator, or the member that handed it over.
        recorded_at: instant at which the dispute was on chain; ``None`` before, and without a dispute.
        refused: code of why the chain takes no dispute; it is not tried again.
        handed_at: instant at which the reporter has it.
        next_at: instant before which nothing is tried again.
    """

    digest: bytes
    entry: bytes
    desk: bytes
    disputes: bool
    leaf_hash: bytes
    received_at: str
    received_by: str
    recorded_at: str | None = None
    refused: str | None = None
    handed_at: str | None = None
    next_at: str | None = None


def put(connection: Connection, said: PersonStatement) -> None:
    """Record a statement.

    Raises:
        ConflictError: it is here already.
    """
    values = {each.name: getattr(said, each.name) for each in person_statement.c}
    connection.execute(insert(person_statement).values(values))


def find(connection: Connection, digest: bytes) -> PersonStatement | None:
    """Return a statement by its digest."""
    query = select(person_statement).where(person_statement.c.digest == digest)
    row = connection.execute(query).one_or_none()
    return None if row is None else _read(row)


def about(connection: Connection, entry: bytes) -> Sequence[PersonStatement]:
    """Return what was said about an entry, oldest first; also about what went on in it, or it in."""
    query = select(person_statement).where(person_statement.c.entry.in_(family(connection, entry)))
    return [
        _read(row) for row in connection.execute(query.order_by(person_statement.c.received_at))
    ]


def is_one(connection: Connection, leaf_hash: bytes) -> bool:
    """Tell whether an item of this member's log is what a person said."""
    query = select(person_statement.c.digest).where(person_statement.c.leaf_hash == leaf_hash)
    return connection.execute(query).first() is not None


def count(connection: Connection, entry: bytes, desk: bytes) -> int:
    """Return how many statements about an entry a desk has taken."""
    own = (person_statement.c.entry == entry) & (person_statement.c.desk == desk)
    return connection.scalar(select(func.count()).select_from(person_statement).where(own)) or 0


def unfinished(connection: Connection, desk: bytes, now: str) -> Sequence[PersonStatement]:
    """Return what a desk took and the chain, or the reporter, does not have yet; what is due now."""
    table = person_statement.c
    is_due = table.next_at.is_(None) | (table.next_at <= now)
    is_open = table.handed_at.is_(None) | (table.disputes & table.recorded_at.is_(None))
    own = (table.desk == desk) & table.refused.is_(None)
    query = select(person_statement).where(own & is_open & is_due)
    return [_read(row) for row in connection.execute(query.order_by(table.received_at))]


def change(connection: Connection, digest: bytes, **values: str | None) -> None:
    """Change some of a statement's members."""
    own = person_statement.c.digest == digest
    connection.execute(update(person_statement).where(own).values(**values))


def _read(row: Row[tuple[object, ...]]) -> PersonStatement:
    return PersonStatement(**{each.name: getattr(row, each.name) for each in person_statement.c})
