"""Block headers that statements name as their not-before, kept because nodes prune."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from ledger.ports.chain import BlockRef
from ledger.store.tables import header


@dataclass(frozen=True, slots=True)
class HeaderRow:
    """A stored header with the hash that its chain gives it."""

    ref: BlockRef
    rlp: bytes


def keep(connection: Connection, row: HeaderRow) -> None:
    """Store a header unless it is there already."""
    if by_hash(connection, row.ref.block_hash) is not None:
        return
    connection.execute(
        header.insert().values(
            block_hash=row.ref.block_hash,
            number=row.ref.number,
            timestamp=row.ref.timestamp,
            rlp=row.rlp,
        )
    )


def by_hash(connection: Connection, block_hash: bytes) -> HeaderRow | None:
    """Return the header of ``block_hash``; ``None`` when it was never kept."""
    return _one(connection, select(header).where(header.c.block_hash == block_hash))


def newest(connection: Connection) -> HeaderRow | None:
    """Return the header with the highest number; ``None`` before the first."""
    return _one(connection, select(header).order_by(header.c.number.desc()).limit(1))


def _one(connection: Connection, query: object) -> HeaderRow | None:
    row = connection.execute(query).first()  # type: ignore[call-overload]  # a select of one table
    if row is None:
        return None
    return HeaderRow(BlockRef(row.number, row.block_hash, row.timestamp), row.rlp)
