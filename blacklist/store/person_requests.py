"""Requests of persons for access, correction or deletion, with due date and outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Row, insert, select, update

from blacklist.store.desk_tables import person_request


class RequestKind(StrEnum):
    """What a person asks for (个人信息保护法 45, 46, 47)."""

    ACCESS = "access"
    CORRECTION = "correction"
    DELETION = "deletion"


class RequestOutcome(StrEnum):
    """How it ended."""

    GRANTED = "granted"
    REFUSED = "refused"
    PASSED_ON = "passed-on"
    """To the reporter of the entry, who alone can change it."""


@dataclass(frozen=True, slots=True)
class PersonRequest:
    """A request.

    Attributes:
        request: 16 random bytes.
        kind: what is asked for.
        subject: blind index of the person's identifier.
        entry: that it is about; ``None`` for everything here.
        leaf_hash: of the sealed letter.
        received_at: instant.
        received_by: operator.
        due_at: instant until which it is answered.
        outcome: ``None`` while it is open.
        answer: leaf hash of the sealed answer.
        settled_at: instant.
        settled_by: operator.
    """

    request: bytes
    kind: RequestKind
    subject: bytes
    entry: bytes | None
    leaf_hash: bytes
    received_at: str
    received_by: str
    due_at: str
    outcome: RequestOutcome | None = None
    answer: bytes | None = None
    settled_at: str | None = None
    settled_by: str | None = None


def put(connection: Connection, asked: PersonRequest) -> None:
    """Record a request."""
    values = {each.name: getattr(asked, each.name) for each in person_request.c}
    connection.execute(insert(person_request).values(values))


def is_one(connection: Connection, leaf_hash: bytes) -> bool:
    """Tell whether an item of this member's log is what a person asked for."""
    query = select(person_request.c.request).where(person_request.c.leaf_hash == leaf_hash)
    return connection.execute(query).first() is not None


def find(connection: Connection, request: bytes) -> PersonRequest | None:
    """Return a request."""
    query = select(person_request).where(person_request.c.request == request)
    row = connection.execute(query).one_or_none()
    return None if row is None else _read(row)


def read_all(connection: Connection, *, unsettled: bool) -> Sequence[PersonRequest]:
    """Return requests, most urgent first; only open ones, if asked."""
    query = select(person_request).order_by(person_request.c.due_at)
    if unsettled:
        query = query.where(person_request.c.outcome.is_(None))
    return [_read(row) for row in connection.execute(query)]


def settle(
    connection: Connection,
    request: bytes,
    outcome: RequestOutcome,
    *,
    answer: bytes,
    at: str,
    by: str,
) -> None:
    """Record how a request ended."""
    values = {"outcome": outcome, "answer": answer, "settled_at": at, "settled_by": by}
    own = person_request.c.request == request
    connection.execute(update(person_request).where(own).values(values))


def _read(row: Row[tuple[object, ...]]) -> PersonRequest:
    values = {each.name: getattr(row, each.name) for each in person_request.c}
    outcome = None if row.outcome is None else RequestOutcome(row.outcome)
    return PersonRequest(**{**values, "kind": RequestKind(row.kind), "outcome": outcome})
