"""Rows of the audit trail. Entries are only ever inserted; nothing here changes or deletes one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, select

from ledger.errors import IntegrityError
from ledger.evidence import shape
from ledger.primitives.canonical import decode
from node.audit.entries import MAX_ENTRY_BYTES, AuditEntry, Outcome, StoredEntry
from node.audit.tables import audit_entry, audit_head, audit_seal

_MEMBERS: Final = frozenset({"seq", "at", "actor", "action", "subject", "details", "outcome"})
_OUTCOMES: Final[dict[str, Outcome]] = {"done": "done", "refused": "refused"}
_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the newest entry's number and hash; 0 and zero bytes before the first."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry as it is stored: the hashed bytes, the hash, and the copies for searching."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str | None
    data: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class SealRow:
    """A sealed range of entries.

    Attributes:
        first_seq: first entry.
        last_seq: last entry.
        last_hash: hash of the last entry.
        planned_at: instant; the statement is not older.
        leaf_hash: names the statement; ``None`` while it is not known to be sealed.
    """

    first_seq: int
    last_seq: int
    last_hash: bytes
    planned_at: str
    leaf_hash: bytes | None


def locked_head(connection: Connection) -> Head:
    """Return the end of the chain, locked until the commit: two writers never follow the same entry.

    Raises:
        IntegrityError: the row is gone.
    """
    return _head(connection, select(audit_head).with_for_update())


def head(connection: Connection) -> Head:
    """Return the end of the chain.

    Raises:
        IntegrityError: the row is gone.
    """
    return _head(connection, select(audit_head))


def _head(connection: Connection, query: Select[Any]) -> Head:
    row = connection.execute(query).first()
    if row is None:
        raise IntegrityError("audit-head-missing")
    return Head(row.seq, row.hash)


def append(connection: Connection, rows: list[EntryRow]) -> None:
    """Insert entries and move the locked head to the last of them."""
    cells = [
        {
            "seq": row.seq,
            "at": row.at,
            "actor": row.actor,
            "action": row.action,
            "subject": row.subject,
            "entry": row.data,
            "hash": row.hash,
        }
        for row in rows
    ]
    connection.execute(audit_entry.insert(), cells)
    connection.execute(audit_head.update().values(seq=rows[-1].seq, hash=rows[-1].hash))


def rows(connection: Connection, query: Select[Any]) -> list[EntryRow]:
    """Return the entries that ``query`` selects from ``audit_entry``."""
    return [_from_row(row) for row in connection.execute(query)]


def walk(connection: Connection, after: int = 0) -> Iterator[EntryRow]:
    """Yield the entries after ``after`` in order, a page at a time."""
    while True:
        query = select(audit_entry).where(audit_entry.c.seq > after)
        page = rows(connection, query.order_by(audit_entry.c.seq).limit(_PAGE))
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].seq


def seals(connection: Connection) -> list[SealRow]:
    """Return the sealed ranges in order."""
    query = select(audit_seal).order_by(audit_seal.c.first_seq)
    return [
        SealRow(row.first_seq, row.last_seq, row.last_hash, row.planned_at, row.leaf_hash)
        for row in connection.execute(query)
    ]


def last_seal(connection: Connection) -> SealRow | None:
    """Return the newest range; ``None`` before the first."""
    query = select(audit_seal).order_by(audit_seal.c.first_seq.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return None
    return SealRow(row.first_seq, row.last_seq, row.last_hash, row.planned_at, row.leaf_hash)


def plan_seal(connection: Connection, row: SealRow) -> None:
    """Write down a range before its statement is sealed."""
    connection.execute(
        audit_seal.insert().values(
            first_seq=row.first_seq,
            last_seq=row.last_seq,
            last_hash=row.last_hash,
            planned_at=row.planned_at,
            leaf_hash=row.leaf_hash,
        )
    )


def record_seal(connection: Connection, first_seq: int, leaf_hash: bytes) -> None:
    """Name the statement of a planned range; one that is named already keeps its name."""
    connection.execute(
        audit_seal.update()
        .where(audit_seal.c.first_seq == first_seq, audit_seal.c.leaf_hash.is_(None))
        .values(leaf_hash=leaf_hash)
    )


def read_entry(row: EntryRow) -> StoredEntry:
    """Read the hashed bytes of a row.

    Raises:
        MalformedError: they are not an entry's.
    """
    members = shape.members(decode(row.data, max_bytes=MAX_ENTRY_BYTES), "entry", _MEMBERS)
    details = shape.mapping(members["details"], "details")
    outcome = _OUTCOMES.get(shape.text(members["outcome"], "outcome"), "refused")
    subject = members["subject"]
    entry = AuditEntry(
        actor=shape.text(members["actor"], "actor"),
        action=shape.text(members["action"], "action"),
        subject=None if subject is None else shape.text(subject, "subject"),
        details={name: value for name, value in details.items() if isinstance(value, str | int)},
        outcome=outcome,
    )
    seq = shape.integer(members["seq"], "seq", minimum=1)
    return StoredEntry(seq, shape.instant(members["at"], "at"), entry, row.hash)


def _from_row(row: Row[Any]) -> EntryRow:
    return EntryRow(row.seq, row.at, row.actor, row.action, row.subject, row.entry, row.hash)
