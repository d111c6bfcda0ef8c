"""The index: rows as reporters signed them, tombstones and receipts of deletions, acknowledgements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from blacklist.domain.entries.rows import ACKNOWLEDGEMENT, RECEIPT, ROW, TOMBSTONE, IndexRow
from blacklist.domain.protocol.documents import SignedDocument
from blacklist.store.entry_tables import (
    entry,
    entry_acknowledgement,
    entry_change,
    entry_receipt,
    entry_row,
    entry_tombstone,
)


@dataclass(frozen=True, slots=True)
class KeptAcknowledgement:
    """A member's newest acknowledgement."""

    member: bytes
    block: int
    changes: int
    document: SignedDocument


def put(connection: Connection, row: IndexRow, document: SignedDocument) -> None:
    """Keep a row, in place of the one that a correction replaced."""
    connection.execute(delete(entry_row).where(entry_row.c.entry == row.entry))
    values = {
        "entry": row.entry,
        "tag": row.tag,
        "facts": row.facts,
        "content": document.content,
        "signature": document.signature,
    }
    connection.execute(insert(entry_row).values(values))


def rows(connection: Connection, entries: Sequence[bytes]) -> Sequence[SignedDocument]:
    """Return the rows of some entries, as they were signed."""
    query = select(entry_row).where(entry_row.c.entry.in_(entries))
    found = connection.execute(query)
    return [SignedDocument(ROW, row.content, row.signature) for row in found]


def row(connection: Connection, entry: bytes) -> SignedDocument | None:
    """Return the row of an entry."""
    return next(iter(rows(connection, [entry])), None)


def forget(connection: Connection, entry: bytes) -> bool:
    """Delete a row; tell whether there was one."""
    deleted = connection.execute(delete(entry_row).where(entry_row.c.entry == entry))
    return deleted.rowcount > 0


def put_tombstone(connection: Connection, entry: bytes, document: SignedDocument) -> None:
    """Keep a reporter's tombstone."""
    values = (entry, document.content, document.signature)
    make = _insert(connection)(entry_tombstone).values(values)
    connection.execute(make.on_conflict_do_nothing())


def tombstones(connection: Connection, entries: Sequence[bytes]) -> Sequence[SignedDocument]:
    """Return the tombstones of some entries."""
    query = select(entry_tombstone).where(entry_tombstone.c.entry.in_(entries))
    found = connection.execute(query)
    return [SignedDocument(TOMBSTONE, each.content, each.signature) for each in found]


def put_receipt(
    connection: Connection, entry: bytes, member: bytes, document: SignedDocument
) -> None:
    """Keep a member's receipt."""
    values = (entry, member, document.content, document.signature)
    make = _insert(connection)(entry_receipt).values(values)
    connection.execute(make.on_conflict_do_nothing())


def receipts(
    connection: Connection, entries: Sequence[bytes], member: bytes
) -> Sequence[SignedDocument]:
    """Return the receipts that a member gave for some entries."""
    own = (entry_receipt.c.entry.in_(entries)) & (entry_receipt.c.member == member)
    found = connection.execute(select(entry_receipt).where(own))
    return [SignedDocument(RECEIPT, each.content, each.signature) for each in found]


def without_receipt(connection: Connection, member: bytes, limit: int) -> Sequence[bytes]:
    """Return own entries with a tombstone for which a member gave no receipt; drawn anew each time.

    Drawn, so that receipts which nobody gives never keep others from being asked for.
    """
    given = (entry_receipt.c.entry == entry_tombstone.c.entry) & (entry_receipt.c.member == member)
    query = select(entry_tombstone.c.entry).outerjoin(entry_receipt, given)
    query = query.where(entry_receipt.c.entry.is_(None)).order_by(func.random()).limit(limit)
    return list(connection.scalars(query))


def never_held(
    connection: Connection,
    wanted: Sequence[bytes],
    member: bytes,
    now: datetime,
    oldest: Mapping[int, int],
) -> Sequence[bytes]:
    """Return those entries that are over, and of which there is neither a row here nor a member's receipt.

    Args:
        connection: in a transaction.
        wanted: which entries, few enough for one query.
        member: whose receipts.
        now: aware.
        oldest: key epoch by identifier type; entries of older ones are over too.
    """
    over = or_(
        entry.c.withdrawn,
        entry.c.expires_at <= int(now.timestamp()),
        *(
            (entry.c.identifiers == number) & (entry.c.key_epoch < epoch)
            for number, epoch in oldest.items()
        ),
    )
    given = (entry_receipt.c.entry == entry.c.entry) & (entry_receipt.c.member == member)
    query = select(entry.c.entry).outerjoin(entry_row, entry_row.c.entry == entry.c.entry)
    query = query.outerjoin(entry_receipt, given).where(entry.c.entry.in_(wanted), over)
    query = query.where(entry_row.c.entry.is_(None), entry_receipt.c.entry.is_(None))
    return list(connection.scalars(query))


def receipt_givers(connection: Connection, entry: bytes) -> Sequence[bytes]:
    """Return the members whose receipts for an entry are here."""
    query = select(entry_receipt.c.member).where(entry_receipt.c.entry == entry)
    return list(connection.scalars(query))


def put_acknowledgement(connection: Connection, kept: KeptAcknowledgement) -> None:
    """Keep a member's newest acknowledgement; an older one than is here changes nothing."""
    values = {
        "member": kept.member,
        "block": kept.block,
        "changes": kept.changes,
        "content": kept.document.content,
        "signature": kept.document.signature,
    }
    make = _insert(connection)(entry_acknowledgement).values(values)
    newer = entry_acknowledgement.c.block < kept.block
    connection.execute(
        make.on_conflict_do_update(index_elements=["member"], set_=values, where=newer)
    )


def acknowledgements(connection: Connection) -> Sequence[KeptAcknowledgement]:
    """Return each member's newest acknowledgement."""
    return [
        KeptAcknowledgement(
            each.member,
            each.block,
            each.changes,
            SignedDocument(ACKNOWLEDGEMENT, each.content, each.signature),
        )
        for each in connection.execute(select(entry_acknowledgement))
    ]


def acknowledged_by(connection: Connection, entry: bytes) -> Sequence[bytes]:
    """Return who acknowledged the newest change of an entry's standing; nobody where there was none."""
    query = select(func.max(entry_change.c.block)).where(entry_change.c.entry == entry)
    changed = connection.scalar(query)
    if changed is None:
        return []
    table = entry_acknowledgement.c
    return list(connection.scalars(select(table.member).where(table.block >= changed)))


def _insert(connection: Connection) -> "type[sqlite.Insert | postgresql.Insert]":
    return sqlite.Insert if connection.dialect.name == "sqlite" else postgresql.Insert
