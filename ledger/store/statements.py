"""Statements and their outbox: written at intake, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select, text

from ledger.store.bulk import insert_rows
from ledger.store.tables import leaf, outbox, small_object, statement


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement as it is stored.

    Attributes:
        leaf_hash: 32 bytes; names the statement.
        leaf: the leaf input.
        kind: as in the statement.
        sealed_at: as in the statement.
        case_id: 16 bytes, or ``None``.
        case_number: running number in the case, or ``None``.
        content_sha256: 32 bytes, or ``None`` without content.
        content_size: bytes, or ``None`` without content.
        object_id: where the vault or ``small_object`` holds the content.
        key_id: name of the record key.
        sealed_fields: encrypted clear values and salts.
    """

    leaf_hash: bytes
    leaf: bytes
    kind: str
    sealed_at: str
    case_id: bytes | None
    case_number: int | None
    content_sha256: bytes | None
    content_size: int | None
    object_id: bytes | None
    key_id: bytes | None
    sealed_fields: bytes | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement stands in the log.

    Attributes:
        generation: of the log.
        index: leaf index from 0.
    """

    generation: int
    index: int


_COLUMNS = tuple(StatementRow.__dataclass_fields__)


def insert(
    connection: Connection, rows: Sequence[StatementRow], inline: Sequence[tuple[bytes, bytes]]
) -> Sequence[int]:
    """Insert statements with their outbox rows and small objects, in the caller's transaction.

    Returns:
        The number (seq) of each.

    Args:
        connection: inside a write transaction.
        rows: in intake order.
        inline: object id and ciphertext of small objects.
    """
    numbers = _allocate(connection, len(rows))
    cells = [
        (number, *(getattr(row, name) for name in _COLUMNS))
        for number, row in zip(numbers, rows, strict=True)
    ]
    insert_rows(connection, statement, ("seq", *_COLUMNS), cells)
    insert_rows(connection, outbox, ("seq",), [(number,) for number in numbers])
    insert_rows(connection, small_object, ("object_id", "ciphertext"), list(inline))
    return numbers


def _allocate(connection: Connection, count: int) -> Sequence[int]:
    """Return ``count`` fresh numbers; gaps are harmless, so PostgreSQL's sequence may leave some."""
    if connection.dialect.name == "postgresql":
        sql = text("SELECT nextval('statement_seq_seq') FROM generate_series(1, :count)")
        return list(connection.scalars(sql, {"count": count}))
    last = connection.scalar(select(func.coalesce(func.max(statement.c.seq), 0))) or 0
    return range(last + 1, last + count + 1)


def waiting(connection: Connection, limit: int) -> list[tuple[int, bytes]]:
    """Return (seq, leaf hash) of statements that wait for a place, in intake order."""
    query = (
        select(outbox.c.seq, statement.c.leaf_hash)
        .join(statement, statement.c.seq == outbox.c.seq)
        .order_by(outbox.c.seq)
        .limit(limit)
    )
    return [(row.seq, row.leaf_hash) for row in connection.execute(query)]


def oldest_waiting(connection: Connection) -> str | None:
    """Return the instant at which the oldest statement that waits was sealed; ``None`` when none waits."""
    query = select(statement.c.sealed_at).join(outbox, outbox.c.seq == statement.c.seq)
    return connection.scalar(query.order_by(statement.c.seq).limit(1))


def count_waiting(connection: Connection) -> int:
    """Return how many statements wait for a place."""
    return connection.scalar(select(func.count()).select_from(outbox)) or 0


def count_unplaced(connection: Connection) -> int:
    """Return how many statements neither wait for a place nor have one; anything but 0 is a loss."""
    query = (
        select(func.count())
        .select_from(statement)
        .join(outbox, outbox.c.seq == statement.c.seq, isouter=True)
        .join(leaf, leaf.c.seq == statement.c.seq, isouter=True)
        .where(outbox.c.seq.is_(None), leaf.c.seq.is_(None))
    )
    return connection.scalar(query) or 0


def place(connection: Connection, generation: int, first_index: int, seqs: Sequence[int]) -> None:
    """Give ``seqs`` consecutive places from ``first_index`` and take them out of the outbox."""
    rows = [(generation, first_index + offset, seq) for offset, seq in enumerate(seqs)]
    insert_rows(connection, leaf, ("generation", "leaf_index", "seq"), rows)
    # Deleting by range is one statement; the inner list keeps rows that arrived in between.
    placed = select(leaf.c.seq).where(
        leaf.c.generation == generation, leaf.c.leaf_index >= first_index
    )
    connection.execute(outbox.delete().where(outbox.c.seq.in_(placed)))


def by_leaf_hash(connection: Connection, leaf_hash: bytes) -> StatementRow | None:
    """Return the statement named ``leaf_hash``; ``None`` when there is none."""
    row = connection.execute(select(statement).where(statement.c.leaf_hash == leaf_hash)).first()
    return None if row is None else from_row(row)


def lock(connection: Connection, leaf_hash: bytes) -> None:
    """Lock the statement named ``leaf_hash`` until the transaction ends; SQLite's are exclusive anyway."""
    query = select(statement.c.seq).where(statement.c.leaf_hash == leaf_hash)
    connection.execute(query.with_for_update())


def matching(connection: Connection, prefix: bytes, limit: int) -> list[bytes]:
    """Return up to ``limit`` leaf hashes that begin with ``prefix``."""
    query = select(statement.c.leaf_hash).where(statement.c.leaf_hash >= prefix)
    upper = _after(prefix)
    if upper:
        query = query.where(statement.c.leaf_hash < upper)
    return list(connection.scalars(query.order_by(statement.c.leaf_hash).limit(limit)))


def _after(prefix: bytes) -> bytes | None:
    """Return the smallest byte string above all that begin with ``prefix``; ``None`` for none."""
    trimmed = prefix.rstrip(b"\xff")
    return trimmed[:-1] + bytes([trimmed[-1] + 1]) if trimmed else None


def with_content(connection: Connection, content_sha256: bytes) -> bytes | None:
    """Return the first statement over the same content; ``None`` when there is none."""
    query = (
        select(statement.c.leaf_hash)
        .where(statement.c.content_sha256 == content_sha256)
        .order_by(statement.c.seq)
        .limit(1)
    )
    return connection.scalar(query)


def lock_contents(connection: Connection, digests: Sequence[bytes]) -> None:
    """Let nobody else seal these contents until the commit, so that a duplicate is noticed.

    Locks are taken in order, so that two intakes never wait for each other. SQLite's write transactions are
    exclusive anyway.
    """
    if connection.dialect.name != "postgresql":
        return
    for digest in sorted(set(digests)):
        number = int.from_bytes(digest[:8], "big", signed=True)
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def of_case(connection: Connection, case_id: bytes, up_to: int) -> list[StatementRow]:
    """Return the statements of a case in order, numbers 1 to ``up_to``."""
    query = (
        select(statement)
        .where(statement.c.case_id == case_id, statement.c.case_number <= up_to)
        .order_by(statement.c.case_number)
    )
    return [from_row(row) for row in connection.execute(query)]


def leaf_of_case(connection: Connection, case_id: bytes, number: int) -> bytes | None:
    """Return the leaf hash of a case's number; ``None`` when there is none."""
    query = select(statement.c.leaf_hash).where(
        statement.c.case_id == case_id, statement.c.case_number == number
    )
    return connection.scalar(query)


def last_sealed_at(connection: Connection) -> str | None:
    """Return the instant of the newest statement; ``None`` before the first."""
    return connection.scalar(
        select(statement.c.sealed_at).order_by(statement.c.seq.desc()).limit(1)
    )


def newest(
    connection: Connection, *, limit: int, case_id: bytes | None = None, kind: str | None = None
) -> list[StatementRow]:
    """Return the newest statements first, optionally of one case or kind."""
    query = select(statement).order_by(statement.c.seq.desc()).limit(limit)
    if case_id is not None:
        query = query.where(statement.c.case_id == case_id)
    if kind is not None:
        query = query.where(statement.c.kind == kind)
    return [from_row(row) for row in connection.execute(query)]


def place_of(connection: Connection, leaf_hash: bytes) -> Place | None:
    """Return the place of a statement that counts; ``None`` while it waits."""
    query = (
        select(leaf.c.generation, leaf.c.leaf_index)
        .join(statement, statement.c.seq == leaf.c.seq)
        .where(statement.c.leaf_hash == leaf_hash)
    )
    row = connection.execute(query).first()
    return None if row is None else Place(row.generation, row.leaf_index)


def at_places(
    connection: Connection, generation: int, first: int, count: int
) -> list[tuple[int, StatementRow]]:
    """Return (leaf index, statement) for those of ``count`` places from ``first`` that have one, in order."""
    query = (
        select(leaf.c.leaf_index, statement)
        .join(statement, statement.c.seq == leaf.c.seq)
        .where(
            leaf.c.generation == generation,
            leaf.c.leaf_index >= first,
            leaf.c.leaf_index < first + count,
        )
        .order_by(leaf.c.leaf_index)
    )
    return [(row.leaf_index, from_row(row)) for row in connection.execute(query)]


def inline_content(connection: Connection, object_id: bytes) -> bytes | None:
    """Return the ciphertext of a small object; ``None`` when the vault holds it."""
    query = select(small_object.c.ciphertext).where(small_object.c.object_id == object_id)
    return connection.scalar(query)


def drop_inline(connection: Connection, object_id: bytes) -> None:
    """Delete the ciphertext of a small object."""
    connection.execute(small_object.delete().where(small_object.c.object_id == object_id))


def forget(connection: Connection, leaf_hash: bytes) -> None:
    """Clear the encrypted fields, and the digest by which a content could be found or guessed."""
    connection.execute(
        statement.update()
        .where(statement.c.leaf_hash == leaf_hash)
        .values(sealed_fields=None, content_sha256=None)
    )


def names_object(connection: Connection, object_id: bytes) -> bool:
    """Tell whether a statement names the object."""
    query = select(statement.c.seq).where(statement.c.object_id == object_id).limit(1)
    return connection.scalar(query) is not None


def from_row(row: Row[Any]) -> StatementRow:
    """Return the statement in a row that holds its columns."""
    mapping = row._mapping  # noqa: SLF001 - SQLAlchemy's documented accessor
    return StatementRow(**{name: mapping[name] for name in _COLUMNS})
