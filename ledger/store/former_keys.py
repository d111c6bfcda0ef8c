"""The member's own public keys that were replaced: what they signed still counts."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from ledger.store.tables import former_key


def add(connection: Connection, key: bytes, *, purpose: str, ended_at: str) -> None:
    """Remember a key that was replaced; known ones stay as they are."""
    known = connection.scalar(select(former_key.c.key).where(former_key.c.key == key))
    if known is None:
        connection.execute(former_key.insert().values(key=key, purpose=purpose, ended_at=ended_at))


def of_purpose(connection: Connection, purpose: str) -> Sequence[bytes]:
    """Return the former keys of a purpose."""
    query = select(former_key.c.key).where(former_key.c.purpose == purpose)
    return list(connection.scalars(query.order_by(former_key.c.ended_at)))
