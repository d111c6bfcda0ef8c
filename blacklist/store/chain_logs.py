"""The contract's events in the database, up to the block that was read last."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from blacklist.ports.contract import RawLog
from blacklist.store.tables import blacklist_cursor, blacklist_log

_TOPIC = 32


def read_to(connection: Connection, contract: bytes) -> int | None:
    """Return the last block that was read; ``None`` before the first."""
    query = select(blacklist_cursor.c.block).where(blacklist_cursor.c.contract == contract)
    return connection.scalar(query)


def newest(connection: Connection) -> int:
    """Return the last block that was read; 0 before the first."""
    return connection.scalar(select(func.max(blacklist_cursor.c.block))) or 0


def advance(connection: Connection, contract: bytes, read: int | None, last: int) -> bool:
    """Move the block that was read last from ``read`` to ``last``; ``False`` when it is no longer there.

    Raises:
        ConflictError: another process read the first blocks at the same moment.
    """
    if read is None:
        if read_to(connection, contract) is not None:
            return False
        connection.execute(blacklist_cursor.insert().values(contract=contract, block=last))
        return True
    own = (blacklist_cursor.c.contract == contract) & (blacklist_cursor.c.block == read)
    moved = connection.execute(blacklist_cursor.update().where(own).values(block=last))
    return moved.rowcount == 1


def add(connection: Connection, logs: Sequence[RawLog]) -> None:
    """Add events, in the transaction that moves the block that was read last."""
    rows = [
        {
            "block": each.block,
            "place": each.place,
            "timestamp": each.timestamp,
            "topics": b"".join(each.topics),
            "data": each.data,
        }
        for each in logs
    ]
    if rows:
        connection.execute(blacklist_log.insert(), rows)


def after(connection: Connection, block: int) -> list[RawLog]:
    """Return the events of the blocks after ``block``, in their order."""
    query = select(blacklist_log).where(blacklist_log.c.block > block)
    rows = connection.execute(query.order_by(blacklist_log.c.block, blacklist_log.c.place))
    return [
        RawLog(row.block, row.place, row.timestamp, _topics(row.topics), row.data) for row in rows
    ]


def _topics(joined: bytes) -> tuple[bytes, ...]:
    return tuple(joined[start : start + _TOPIC] for start in range(0, len(joined), _TOPIC))
