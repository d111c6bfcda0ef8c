"""Entries as the chain has them: written as final blocks are read, and never otherwise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, Row, Select, false, func, insert, or_, select, update

from blacklist.domain.chronicle.entry_events import (
    DisputeDecided,
    DisputeDecision,
    EntryCorrected,
    EntryCorroborated,
    EntryDisputed,
    EntryEvent,
    EntryListed,
    EntryRenewed,
    EntryWithdrawn,
)
from blacklist.domain.chronicle.events import BlockTime
from blacklist.domain.entries.standing import ListedEntry
from blacklist.store import hits
from blacklist.store.entry_tables import (
    entry,
    entry_change,
    entry_corroboration,
    entry_dispute,
    entry_row,
    own_entry,
)
from blacklist.store.own_entries import OwnState
from ledger.evidence.instants import format_instant

_AT_ONCE: Final = 500
"""Values of one query; databases have limits from 999."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute about an entry, open or decided.

    Attributes:
        entry: 32-byte id.
        disputed_at: block time.
        received_by: member whose desk took it.
        statement: digest of what the person said.
        decide_by: end of the twenty days.
        decision: ``None`` while it is open.
        reasons: digest of the written answer.
        decided_at: block time.
        in_time: whether it was decided within the twenty days.
    """

    entry: bytes
    disputed_at: datetime
    received_by: bytes
    statement: bytes
    decide_by: datetime
    decision: DisputeDecision | None
    reasons: bytes | None
    decided_at: datetime | None
    in_time: bool | None


@dataclass(frozen=True, slots=True)
class StandingChange:
    """A status change, counted from 1."""

    number: int
    block: int
    entry: bytes
    change: str
    at: datetime


def apply(connection: Connection, events: Iterable[EntryEvent]) -> None:
    """Write what happened, in its order."""
    for event in events:
        match event:
            case EntryListed():
                _list(connection, event)
            case EntryRenewed():
                _renew(connection, event)
            case EntryCorroborated():
                values = (event.entry, event.corroborator, _seconds(event.date))
                connection.execute(insert(entry_corroboration).values(values))
            case EntryDisputed():
                _dispute(connection, event)
                _note(connection, event.entry, event.where, "disputed")
            case DisputeDecided():
                _decide(connection, event)
                _note(connection, event.entry, event.where, "decided")
            case EntryCorrected():
                expires = _seconds(event.expires_at)
                _set(connection, event.entry, facts=event.facts, expires_at=expires, corrected=True)
                _note(connection, event.entry, event.where, "corrected")
            case EntryWithdrawn():
                _set(connection, event.entry, withdrawn=True)
                _note(connection, event.entry, event.where, "withdrawn")


def find(connection: Connection, entry_id: bytes) -> ListedEntry | None:
    """Return an entry."""
    row = connection.execute(select(entry).where(entry.c.entry == entry_id)).one_or_none()
    return None if row is None else _read(row)


def latest(connection: Connection, entry_id: bytes) -> ListedEntry | None:
    """Return an entry, or the one that it goes on in now."""
    found = find(connection, entry_id)
    while found is not None and found.moved_to is not None:
        found = find(connection, found.moved_to)
    return found


def family(connection: Connection, entry_id: bytes) -> Sequence[bytes]:
    """Return an entry and all that went on in it, and all that it went on in."""
    newest = latest(connection, entry_id)
    ids = [entry_id if newest is None else newest.entry]
    for each in ids:
        ids.extend(connection.scalars(select(entry.c.entry).where(entry.c.moved_to == each)))
    return ids


def by_reporter(connection: Connection, reporter: bytes) -> Sequence[ListedEntry]:
    """Return a reporter's entries, newest first."""
    query = select(entry).where(entry.c.reporter == reporter)
    return [_read(row) for row in connection.execute(query.order_by(entry.c.block.desc()))]


def ended_unforgotten(
    connection: Connection, reporter: bytes, now: datetime
) -> Sequence[ListedEntry]:
    """Return a reporter's own entries that have ended and whose plan is still kept."""
    over = entry.c.withdrawn | (entry.c.expires_at <= _seconds(now))
    query = select(entry).join(own_entry, own_entry.c.entry == entry.c.entry)
    query = query.where(entry.c.reporter == reporter, over, own_entry.c.call.is_not(None))
    return [_read(row) for row in connection.execute(query)]


def without_successor(
    connection: Connection, reporter: bytes, epochs: Mapping[int, int], now: datetime, limit: int
) -> Sequence[ListedEntry]:
    """Return own entries of older keys that stand undisputed and have no successor; drawn anew each time.

    Args:
        connection: in a transaction.
        reporter: 32-byte id of this member.
        epochs: key epoch in force by identifier type.
        now: aware.
        limit: how many at most.
    """
    older = or_(
        false(),
        *(
            (entry.c.identifiers == number) & (entry.c.key_epoch < epoch)
            for number, epoch in epochs.items()
        ),
    )
    has_one = (own_entry.c.replaces == entry.c.entry) & (own_entry.c.state != OwnState.GIVEN_UP)
    query = _standing(now).where(entry.c.reporter == reporter, entry.c.disputed_at.is_(None), older)
    query = query.where(~select(own_entry.c.entry).where(has_one).exists())
    return [_read(row) for row in connection.execute(query.order_by(func.random()).limit(limit))]


def without_row(
    connection: Connection, now: datetime, oldest: Mapping[int, int], limit: int
) -> Sequence[ListedEntry]:
    """Return entries that stand and whose row is missing, or older than a correction; drawn anew each time.

    Drawn, so that rows which nobody hands out never keep others from being asked for.

    Args:
        connection: in a transaction.
        now: aware.
        oldest: key epoch by identifier type; entries of older ones need no row any more.
        limit: how many at most.
    """
    missing = (entry_row.c.entry.is_(None)) | (entry_row.c.facts != entry.c.facts)
    readable = or_(
        false(),
        *(
            (entry.c.identifiers == number) & (entry.c.key_epoch >= epoch)
            for number, epoch in oldest.items()
        ),
    )
    query = _standing(now).outerjoin(entry_row, entry_row.c.entry == entry.c.entry)
    query = query.where(missing, readable)
    return [_read(row) for row in connection.execute(query.order_by(func.random()).limit(limit))]


def with_tags(connection: Connection, tags: Sequence[bytes]) -> Sequence[tuple[bytes, ListedEntry]]:
    """Return tag and entry where a row has one of the tags, those that ended included."""
    query = select(entry, entry_row.c.tag).join(entry_row, entry_row.c.entry == entry.c.entry)
    found: list[tuple[bytes, ListedEntry]] = []
    for start in range(0, len(tags), _AT_ONCE):
        some = entry_row.c.tag.in_(tags[start : start + _AT_ONCE])
        rows = connection.execute(query.where(some).order_by(entry.c.block))
        found.extend((row.tag, _read(row)) for row in rows)
    return found


def ended_rows(connection: Connection, now: datetime, limit: int) -> Sequence[ListedEntry]:
    """Return entries that were withdrawn or have expired, and whose row is still here.

    The row of one that goes on in another stays until that one's row is here, so that nobody is overlooked.
    """
    over = entry.c.withdrawn | (entry.c.expires_at <= _seconds(now))
    newer = entry_row.alias()
    replaced = (
        entry.c.moved_to.is_(None)
        | select(newer.c.entry).where(newer.c.entry == entry.c.moved_to).exists()
    )
    query = select(entry).join(entry_row, entry_row.c.entry == entry.c.entry)
    query = query.where(over, replaced)
    return [_read(row) for row in connection.execute(query.limit(limit))]


def corroborators(connection: Connection, entry_id: bytes) -> Sequence[bytes]:
    """Return who vouched for an entry."""
    table = entry_corroboration.c
    query = select(table.corroborator).where(table.entry == entry_id).order_by(table.date)
    return list(connection.scalars(query))


def disputes(connection: Connection, entry_id: bytes) -> Sequence[Dispute]:
    """Return an entry's disputes, oldest first; those about what went on in it, or it in, are its own."""
    table, ids = entry_dispute, family(connection, entry_id)
    query = select(table).where(table.c.entry.in_(ids)).order_by(table.c.disputed_at)
    return [_read_dispute(row) for row in connection.execute(query)]


def open_disputes(connection: Connection) -> Sequence[Dispute]:
    """Return all disputes that nobody decided, most urgent first."""
    table = entry_dispute
    query = select(table).where(table.c.decision.is_(None)).order_by(table.c.decide_by)
    return [_read_dispute(row) for row in connection.execute(query)]


def change_count(connection: Connection) -> int:
    """Return how many status changes there were."""
    return connection.scalar(select(func.coalesce(func.max(entry_change.c.number), 0))) or 0


def changes_after(connection: Connection, number: int) -> Sequence[StandingChange]:
    """Return the status changes after ``number``, in their order."""
    query = select(entry_change).where(entry_change.c.number > number)
    rows = connection.execute(query.order_by(entry_change.c.number))
    return [
        StandingChange(row.number, row.block, row.entry, row.change, _moment(row.at))
        for row in rows
    ]


def has_row(connection: Connection, identifiers: int, key_epoch: int, now: datetime) -> bool:
    """Tell whether an entry of a key epoch that has not expired has its row here."""
    query = select(entry).join(entry_row, entry_row.c.entry == entry.c.entry)
    query = query.where(entry.c.expires_at > _seconds(now))
    of_it = (entry.c.identifiers == identifiers) & (entry.c.key_epoch == key_epoch)
    return connection.execute(query.where(of_it).limit(1)).first() is not None


def rows_before(
    connection: Connection, identifiers: int, key_epoch: int, limit: int
) -> Sequence[ListedEntry]:
    """Return entries of older key epochs than ``key_epoch`` whose row is still here."""
    query = select(entry).join(entry_row, entry_row.c.entry == entry.c.entry)
    older = (entry.c.identifiers == identifiers) & (entry.c.key_epoch < key_epoch)
    return [_read(row) for row in connection.execute(query.where(older).limit(limit))]


def count(connection: Connection, now: datetime) -> int:
    """Return how many entries stand."""
    return connection.scalar(select(func.count()).select_from(_standing(now).subquery())) or 0


def _standing(now: datetime) -> Select[tuple[object, ...]]:
    return select(entry).where(entry.c.withdrawn.is_(False), entry.c.expires_at > _seconds(now))


def _list(connection: Connection, event: EntryListed) -> None:
    values = {
        "entry": event.entry,
        "reporter": event.reporter,
        "identifiers": event.identifiers,
        "key_epoch": event.key_epoch,
        "commitment": event.commitment,
        "facts": event.facts,
        "key": event.key,
        "listed_at": _seconds(event.where.at),
        "expires_at": _seconds(event.expires_at),
        "corrected": False,
        "withdrawn": False,
        "block": event.where.block,
    }
    connection.execute(insert(entry).values(values))


def _dispute(connection: Connection, event: EntryDisputed) -> None:
    at = _seconds(event.where.at)
    _set(connection, event.entry, disputed_at=at)
    values = {
        "entry": event.entry,
        "disputed_at": at,
        "received_by": event.received_by,
        "statement": event.statement,
        "decide_by": _seconds(event.decide_by),
    }
    connection.execute(insert(entry_dispute).values(values))


def _decide(connection: Connection, event: DisputeDecided) -> None:
    _set(connection, event.entry, disputed_at=None)
    table = entry_dispute
    own = (table.c.entry == event.entry) & table.c.decision.is_(None)
    values = {
        "decision": int(event.decision),
        "reasons": event.reasons,
        "decided_at": _seconds(event.where.at),
        "in_time": event.in_time,
    }
    connection.execute(update(table).where(own).values(values))


def _renew(connection: Connection, event: EntryRenewed) -> None:
    """Let an entry go on in another one; this member's hits on it go along, and reviews stand."""
    own = entry.c.entry == event.old
    old = connection.execute(select(entry).where(own)).mappings().one()
    values = {
        **old,
        "entry": event.entry,
        "key_epoch": event.key_epoch,
        "commitment": event.commitment,
        "key": event.key,
        "block": event.where.block,
    }
    connection.execute(insert(entry).values(values))
    _set(connection, event.old, withdrawn=True, moved_to=event.entry)
    hits.move(connection, event.old, event.entry)
    _note(connection, event.old, event.where, "renewed")


def _note(connection: Connection, entry_id: bytes, where: BlockTime, change: str) -> None:
    """Count a status change, and let this member's hits on the entry be reviewed again."""
    values = {
        "number": change_count(connection) + 1,
        "block": where.block,
        "entry": entry_id,
        "change": change,
        "at": _seconds(where.at),
    }
    connection.execute(insert(entry_change).values(values))
    hits.reopen(connection, entry_id, format_instant(where.at))


def _set(connection: Connection, entry_id: bytes, **values: object) -> None:
    connection.execute(update(entry).where(entry.c.entry == entry_id).values(values))


def _read(row: Row[tuple[object, ...]]) -> ListedEntry:
    return ListedEntry(
        entry=row.entry,
        reporter=row.reporter,
        identifiers=row.identifiers,
        key_epoch=row.key_epoch,
        commitment=row.commitment,
        facts=row.facts,
        key=row.key,
        listed_at=_moment(row.listed_at),
        expires_at=_moment(row.expires_at),
        disputed_at=None if row.disputed_at is None else _moment(row.disputed_at),
        corrected=row.corrected,
        withdrawn=row.withdrawn,
        moved_to=row.moved_to,
    )


def _read_dispute(row: Row[tuple[object, ...]]) -> Dispute:
    return Dispute(
        entry=row.entry,
        disputed_at=_moment(row.disputed_at),
        received_by=row.received_by,
        statement=row.statement,
        decide_by=_moment(row.decide_by),
        decision=None if row.decision is None else DisputeDecision(row.decision),
        reasons=row.reasons,
        decided_at=None if row.decided_at is None else _moment(row.decided_at),
        in_time=row.in_time,
    )


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
