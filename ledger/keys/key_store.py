"""The key store: wrapped record keys in a database of their own, with short backups of its own.

Keys are wrapped with AES-256-GCM under the master key, their random name as associated data. Destroying
a row is erasure; ``secure_delete`` (SQLite) clears the page, and what backups still hold is what the
erasure report waits for.
"""

import os
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, LargeBinary, MetaData, Table, func, select

from ledger.errors import IntegrityError
from ledger.ports.record_keys import RecordKey
from ledger.store.bulk import insert_rows
from ledger.store.transactions import Begin

NONCE_BYTES: Final = 12

metadata: Final = MetaData()
wrapped_key = Table(
    "wrapped_key",
    metadata,
    Column("key_id", LargeBinary, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)


class SqlRecordKeys:
    """Implements the record key port on a database.

    Args:
        begin: opens a write transaction of the key store's database.
        master_key: 32 bytes.
    """

    def __init__(self, begin: Begin, master_key: bytes) -> None:
        self._begin: Final = begin
        self._cipher: Final = AESGCM(master_key)

    def create(self, count: int) -> Sequence[RecordKey]:
        """See ``ports.record_keys``."""
        random = os.urandom(count * 60)
        keys, rows = [], []
        for at in range(0, count * 60, 60):
            key = RecordKey(random[at : at + 16], random[at + 16 : at + 48])
            nonce = random[at + 48 : at + 60]
            keys.append(key)
            rows.append((key.key_id, nonce + self._cipher.encrypt(nonce, key.key, key.key_id)))
        with self._begin() as connection:
            insert_rows(connection, wrapped_key, ("key_id", "wrapped"), rows)
        return keys

    def open(self, key_id: bytes) -> RecordKey | None:
        """See ``ports.record_keys``."""
        query = select(wrapped_key.c.wrapped).where(wrapped_key.c.key_id == key_id)
        with self._begin() as connection:
            wrapped = connection.scalar(query)
        if wrapped is None:
            return None
        nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        try:
            return RecordKey(key_id, self._cipher.decrypt(nonce, sealed, key_id))
        except (InvalidTag, ValueError):
            # ValueError: cut so short that not even the nonce is whole.
            raise IntegrityError("record-key-changed", key=key_id.hex()) from None

    def destroy(self, key_id: bytes) -> None:
        """See ``ports.record_keys``."""
        with self._begin() as connection:
            connection.execute(wrapped_key.delete().where(wrapped_key.c.key_id == key_id))

    def count(self) -> int:
        """Return how many keys are held."""
        with self._begin() as connection:
            return connection.scalar(select(func.count()).select_from(wrapped_key)) or 0
