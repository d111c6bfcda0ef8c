"""Moving all record keys under another master key, a batch at a time; contents and fields stay as they are.

Each batch is a transaction that locks its rows, so that an erasure in between waits and then destroys the
moved key. What is under the new key already is passed over: a run that was cut short simply begins again.
"""

import os
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select

from ledger.keys.key_store import (
    NONCE_BYTES,
    PLACE,
    in_use_id,
    master_key_in_use,
    unwrap,
    wrap,
    wrapped_key,
)
from ledger.ports.master_key import MasterKeys, master_key_id
from ledger.ports.record_keys import RecordKey
from ledger.store.bulk import upsert_rows
from ledger.store.transactions import Begin

BATCH: Final = 1000
_COLUMNS: Final = ("key_id", "wrapped", "master_id")


@dataclass(frozen=True, slots=True)
class Rewrapper:
    """Moves record keys.

    Attributes:
        begin: opens a write transaction of the key store's database.
    """

    begin: Begin

    def use_newest(self, keys: MasterKeys) -> None:
        """Make new record keys go under the newest master key; waits for those that are just being made."""
        with self.begin() as connection:
            in_use_id(connection, keys)
            connection.execute(
                master_key_in_use.update()
                .where(master_key_in_use.c.place == PLACE)
                .values(master_id=master_key_id(keys.newest))
            )

    def move(self, keys: MasterKeys, after: bytes) -> bytes | None:
        """Move the next batch of keys whose name follows ``after``.

        Returns:
            The last name of the batch; ``None`` at the end.

        Raises:
            IntegrityError: a key unwraps under neither master key; nothing of its batch was moved.
        """
        newest = master_key_id(keys.newest)
        query = (
            select(wrapped_key)
            .where(wrapped_key.c.key_id > after, _not_under(newest))
            .order_by(wrapped_key.c.key_id)
            .limit(BATCH)
            .with_for_update()
        )
        with self.begin() as connection:
            rows = []
            for found in connection.execute(query):
                clear = unwrap(found.key_id, found.wrapped, found.master_id, keys)
                key = RecordKey(found.key_id, clear)
                rows.append((key.key_id, wrap(key, keys.newest, os.urandom(NONCE_BYTES)), newest))
            upsert_rows(connection, wrapped_key, _COLUMNS, rows, updated=_COLUMNS[1:])
        return rows[-1][0] if rows else None

    def left(self, keys: MasterKeys) -> int:
        """Return how many keys are not under the newest master key yet."""
        newest = master_key_id(keys.newest)
        query = select(func.count()).select_from(wrapped_key).where(_not_under(newest))
        with self.begin() as connection:
            return connection.scalar(query) or 0


def _not_under(newest: bytes) -> ColumnElement[bool]:
    return or_(wrapped_key.c.master_id.is_(None), wrapped_key.c.master_id != newest)
