"""Own entries that never went on chain."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from blacklist.store.entry_tables import own_entry
from blacklist.store.own_entries import OwnState


def since(connection: Connection, instant: str) -> Sequence[bytes]:
    """Return those that were asked for since an instant."""
    gone = (own_entry.c.state == OwnState.GIVEN_UP) & (own_entry.c.created_at >= instant)
    return [bytes(each) for each in connection.scalars(select(own_entry.c.entry).where(gone))]
