"""This member's own log of what it asked: written before anything is sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from blacklist.store.desk_tables import inquiry_subject
from blacklist.store.tables import inquiry


@dataclass(frozen=True, slots=True)
class InquiryRow:
    """A request of this member's.

    Attributes:
        request_id: 16 bytes, the same to all servers.
        identifiers: wire name of the type.
        key_epoch: of the key.
        share_epoch: of its sharing.
        purpose: as it travels.
        count: how many elements.
        elements: 32-byte root over the blinded elements.
        authorisation: 32-byte root over the authorisation references.
        key_id: name of the record key.
        sealed: ``InquiryContent`` under it; ``None`` when the key was destroyed.
        asked_by: who asked.
        asked_at: instant.
        leaf_hash: of the statement that covers it; ``None`` before.
    """

    request_id: bytes
    identifiers: str
    key_epoch: int
    share_epoch: int
    purpose: str
    count: int
    elements: bytes
    authorisation: bytes
    key_id: bytes
    sealed: bytes | None
    asked_by: str
    asked_at: str
    leaf_hash: bytes | None = None


def put(connection: Connection, row: InquiryRow, subjects: Sequence[bytes]) -> None:
    """Record a request.

    Args:
        connection: of a write transaction.
        row: the request.
        subjects: blind indices of whom it is about, in its order.

    Raises:
        ConflictError: its id is taken.
    """
    values = {column.name: getattr(row, column.name) for column in inquiry.c}
    connection.execute(insert(inquiry).values(**values))
    places = [
        {"request_id": row.request_id, "place": place, "subject": subject}
        for place, subject in enumerate(subjects)
    ]
    connection.execute(insert(inquiry_subject), places)


def find(connection: Connection, request_id: bytes) -> InquiryRow | None:
    """Return a request by its id."""
    row = connection.execute(select(inquiry).where(inquiry.c.request_id == request_id)).first()
    return None if row is None else InquiryRow(*row)


def newest(connection: Connection, limit: int) -> list[InquiryRow]:
    """Return requests, newest first."""
    query = select(inquiry).order_by(inquiry.c.asked_at.desc(), inquiry.c.request_id).limit(limit)
    return [InquiryRow(*row) for row in connection.execute(query)]


def about(connection: Connection, subject: bytes) -> list[tuple[InquiryRow, int]]:
    """Return the requests about a person, each with the person's place in it; newest first."""
    joined = inquiry.join(inquiry_subject, inquiry_subject.c.request_id == inquiry.c.request_id)
    query = select(*inquiry.c, inquiry_subject.c.place).select_from(joined)
    query = query.where(inquiry_subject.c.subject == subject).order_by(inquiry.c.asked_at.desc())
    return [(InquiryRow(*row[:-1]), row.place) for row in connection.execute(query)]


def to_forget(connection: Connection, before: str, limit: int) -> list[InquiryRow]:
    """Return the oldest requests from before an instant that can still be opened."""
    over = (inquiry.c.asked_at < before) & inquiry.c.sealed.is_not(None)
    query = select(inquiry).where(over).order_by(inquiry.c.asked_at).limit(limit)
    return [InquiryRow(*row) for row in connection.execute(query)]


def forget(connection: Connection, request_id: bytes) -> None:
    """Delete whom a request was about; that there was one stays."""
    connection.execute(delete(inquiry_subject).where(inquiry_subject.c.request_id == request_id))
    own = inquiry.c.request_id == request_id
    connection.execute(update(inquiry).where(own).values(sealed=None))


def unsealed(connection: Connection, limit: int) -> list[InquiryRow]:
    """Return the oldest requests that no statement of the evidence log covers yet."""
    query = select(inquiry).where(inquiry.c.leaf_hash.is_(None))
    query = query.order_by(inquiry.c.asked_at, inquiry.c.request_id).limit(limit)
    return [InquiryRow(*row) for row in connection.execute(query)]


def set_sealed(connection: Connection, request_id: bytes, leaf_hash: bytes) -> None:
    """Record the statement that covers a request."""
    own = inquiry.c.request_id == request_id
    connection.execute(update(inquiry).where(own).values(leaf_hash=leaf_hash))


def count_between(connection: Connection, after: str, until: str) -> int:
    """Return how many requests were made after one instant, until another."""
    query = select(func.count()).select_from(inquiry).where(_between(after, until))
    return connection.scalar(query) or 0


def between(
    connection: Connection, after: str, until: str, *, first: int, limit: int
) -> list[InquiryRow]:
    """Return such requests in their order, from number ``first`` on."""
    query = select(inquiry).where(_between(after, until))
    query = query.order_by(inquiry.c.asked_at, inquiry.c.request_id).offset(first).limit(limit)
    return [InquiryRow(*row) for row in connection.execute(query)]


def _between(after: str, until: str) -> ColumnElement[bool]:
    return (inquiry.c.asked_at > after) & (inquiry.c.asked_at <= until)
