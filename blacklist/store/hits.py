"""Hits, and what people found when they reviewed them. A hit stays with the member that found it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from blacklist.store.entry_tables import hit


class ReviewOutcome(StrEnum):
    """What a person found. None of them is a decision about the customer's application."""

    SAME_PERSON = "same-person"
    """The entry is about this person, and says what matters here."""
    NOT_RELEVANT = "not-relevant"
    """It is about this person, and does not matter here."""
    OTHER_PERSON = "other-person"
    """The entry is about somebody else: its reporter is told by a dispute."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One hit.

    Attributes:
        hit: 16 random bytes.
        entry: 32-byte id.
        purpose: why the person was looked up.
        found_at: instant.
        key_id: of the record key.
        sealed: customer number, authorisation, and what the entry said.
        changed_at: instant of the newest change of the entry's standing after it was found.
        reviewed_at: instant.
        reviewed_by: operator.
        outcome: what the review found.
        leaf_hash: of the sealed record of the review.
    """

    hit: bytes
    entry: bytes
    purpose: str
    found_at: str
    key_id: bytes
    sealed: bytes
    changed_at: str | None = None
    reviewed_at: str | None = None
    reviewed_by: str | None = None
    outcome: ReviewOutcome | None = None
    leaf_hash: bytes | None = None


def put(connection: Connection, found: Hit) -> None:
    """Record a hit."""
    values = {each.name: getattr(found, each.name) for each in hit.c}
    connection.execute(insert(hit).values(values))


def find(connection: Connection, hit_id: bytes) -> Hit | None:
    """Return a hit."""
    row = connection.execute(select(hit).where(hit.c.hit == hit_id)).one_or_none()
    return None if row is None else _read(row)


def newest(
    connection: Connection,
    *,
    unreviewed: bool,
    limit: int,
    before: tuple[str, bytes] | None = None,
) -> Sequence[Hit]:
    """Return the newest hits.

    Args:
        connection: in a transaction.
        unreviewed: only those that wait for a person.
        limit: how many at most.
        before: ``found_at`` and id of the last hit of the page before; ``None`` for the first page.
    """
    query = select(hit).order_by(hit.c.found_at.desc(), hit.c.hit.desc()).limit(limit)
    if unreviewed:
        query = query.where(hit.c.reviewed_at.is_(None))
    if before is not None:
        at, last = before
        query = query.where((hit.c.found_at < at) | ((hit.c.found_at == at) & (hit.c.hit < last)))
    return [_read(row) for row in connection.execute(query)]


def waiting(connection: Connection) -> int:
    """Return how many hits wait for a person."""
    query = select(func.count()).select_from(hit).where(hit.c.reviewed_at.is_(None))
    return connection.scalar(query) or 0


def review(
    connection: Connection,
    hit_id: bytes,
    *,
    at: str,
    by: str,
    outcome: ReviewOutcome,
    leaf_hash: bytes,
    seen: str | None,
) -> bool:
    """Record what a person found; ``False`` when the entry's standing changed after ``seen``.

    Args:
        connection: in a transaction.
        hit_id: 16 bytes.
        at: instant.
        by: operator.
        outcome: what was found.
        leaf_hash: of the sealed record.
        seen: ``changed_at`` of the hit as the person saw it.
    """
    values = {"reviewed_at": at, "reviewed_by": by, "outcome": outcome, "leaf_hash": leaf_hash}
    same = (hit.c.hit == hit_id) & hit.c.changed_at.is_not_distinct_from(seen)
    return connection.execute(update(hit).where(same).values(values)).rowcount == 1


def found_before(connection: Connection, before: str, limit: int) -> Sequence[Hit]:
    """Return the oldest hits from before an instant."""
    query = select(hit).where(hit.c.found_at < before).order_by(hit.c.found_at).limit(limit)
    return [_read(row) for row in connection.execute(query)]


def forget(connection: Connection, hit_id: bytes) -> None:
    """Delete a hit; its review stays sealed."""
    connection.execute(delete(hit).where(hit.c.hit == hit_id))


def move(connection: Connection, entry: bytes, successor: bytes) -> None:
    """Let all hits on an entry be hits on the one that it goes on in; what was reviewed stays reviewed."""
    connection.execute(update(hit).where(hit.c.entry == entry).values(entry=successor))


def reopen(connection: Connection, entry: bytes, at: str) -> int:
    """Let all hits on an entry be reviewed again, since its standing changed; return how many."""
    values = {"changed_at": at, "reviewed_at": None, "reviewed_by": None, "outcome": None}
    changed = connection.execute(update(hit).where(hit.c.entry == entry).values(values))
    return changed.rowcount


def _read(row: Row[tuple[object, ...]]) -> Hit:
    values = {each.name: getattr(row, each.name) for each in hit.c}
    outcome = None if row.outcome is None else ReviewOutcome(row.outcome)
    return Hit(**{**values, "outcome": outcome})
