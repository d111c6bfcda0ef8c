"""The key store: wrapped record keys in a database of their own, with short backups of its own.

* Keys are wrapped with AES-256-GCM under the master key, their random name as associated data. Destroying
  a row is erasure; ``secure_delete`` (SQLite) clears the page, and what backups still hold is what the
  erasure report waits for.
* One row says which master key new keys go under. A process that does not have that key (it runs since before
  the master key was changed) looks for it once more and then refuses, instead of wrapping under a key that
  is about to be destroyed.
"""

import os
from collections.abc import Callable, Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    func,
    select,
)

from ledger.errors import ConfigurationError, IntegrityError
from ledger.ports.master_key import MasterKeys, master_key_id
from ledger.ports.record_keys import RecordKey
from ledger.store.bulk import insert_rows, upsert_rows
from ledger.store.transactions import Begin

NONCE_BYTES: Final = 12
PLACE: Final = 1
"""The only row of ``master_key_in_use``."""

metadata: Final = MetaData()
wrapped_key = Table(
    "wrapped_key",
    metadata,
    Column("key_id", LargeBinary, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("master_id", LargeBinary),
)
master_key_in_use = Table(
    "master_key_in_use",
    metadata,
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("master_id", LargeBinary, nullable=False),
)


class SqlRecordKeys:
    """Implements the record key port on a database.

    Args:
        begin: opens a write transaction of the key store's database.
        keys: the master key, or both while it is being changed.
        reload: reads them again; ``None`` when they can only be what they are.
    """

    def __init__(
        self, begin: Begin, keys: MasterKeys, reload: Callable[[], MasterKeys] | None = None
    ) -> None:
        self._begin: Final = begin
        self._keys = keys
        self._reload: Final = reload

    def create(self, count: int) -> Sequence[RecordKey]:
        """See ``ports.record_keys``.

        Raises:
            ConfigurationError: new keys go under a master key that this process does not have.
        """
        random = os.urandom(count * 60)
        try:
            return self._create(random)
        except ConfigurationError:
            self._look_again()
            return self._create(random)

    def _create(self, random: bytes) -> Sequence[RecordKey]:
        with self._begin() as connection:
            return _insert(connection, random, self._named(in_use_id(connection, self._keys)))

    def open(self, key_id: bytes) -> RecordKey | None:
        """See ``ports.record_keys``.

        Raises:
            ConfigurationError: it is under a master key that this process does not have.
        """
        query = select(wrapped_key).where(wrapped_key.c.key_id == key_id)
        with self._begin() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        if row.master_id is not None and self._keys.named(row.master_id) is None:
            self._look_again()
            self._named(row.master_id)
        return RecordKey(key_id, unwrap(key_id, row.wrapped, row.master_id, self._keys))

    def destroy(self, key_id: bytes) -> None:
        """See ``ports.record_keys``."""
        with self._begin() as connection:
            connection.execute(wrapped_key.delete().where(wrapped_key.c.key_id == key_id))

    def count(self) -> int:
        """Return how many keys are held."""
        with self._begin() as connection:
            return connection.scalar(select(func.count()).select_from(wrapped_key)) or 0

    def _look_again(self) -> MasterKeys:
        if self._reload is not None:
            self._keys = self._reload()
        return self._keys

    def _named(self, master_id: bytes) -> bytes:
        master = self._keys.named(master_id)
        if master is None:
            raise ConfigurationError("master-key-other", key=master_id.hex())
        return master


def in_use_id(connection: Connection, keys: MasterKeys) -> bytes:
    """Return the id of the master key that new keys go under; nobody changes it until the commit.

    The first use of a store decides it.
    """
    query = select(master_key_in_use.c.master_id).where(master_key_in_use.c.place == PLACE)
    found = connection.scalar(query.with_for_update(read=True))
    if found is None:
        row = (PLACE, master_key_id(keys.newest))
        # Where another process was faster, its row stays.
        columns = ("place", "master_id")
        upsert_rows(connection, master_key_in_use, columns, [row], updated=("place",))
        found = connection.scalar(query.with_for_update(read=True))
    return bytes(found or b"")


def wrap(key: RecordKey, master: bytes, nonce: bytes) -> bytes:
    """Return a key under a master key, with a fresh ``nonce``."""
    return nonce + AESGCM(master).encrypt(nonce, key.key, key.key_id)


def unwrap(key_id: bytes, wrapped: bytes, master_id: bytes | None, keys: MasterKeys) -> bytes:
    """Return the key in a row.

    Raises:
        IntegrityError: it does not unwrap.
    """
    named = None if master_id is None else keys.named(master_id)
    for master in keys.all if named is None else (named,):
        try:
            return AESGCM(master).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], key_id)
        except (InvalidTag, ValueError):
            # ValueError: cut so short that not even the nonce is whole.
            continue
    raise IntegrityError("record-key-changed", key=key_id.hex()) from None


def _insert(connection: Connection, random: bytes, master: bytes) -> Sequence[RecordKey]:
    """Insert keys made from ``random``, 60 bytes each: name, key, nonce."""
    cipher, master_id = AESGCM(master), master_key_id(master)
    keys, rows = [], []
    for at in range(0, len(random), 60):
        key = RecordKey(random[at : at + 16], random[at + 16 : at + 48])
        nonce = random[at + 48 : at + 60]
        keys.append(key)
        rows.append((key.key_id, nonce + cipher.encrypt(nonce, key.key, key.key_id), master_id))
    insert_rows(connection, wrapped_key, ("key_id", "wrapped", "master_id"), rows)
    return keys
