"""Clear values that name persons, encrypted each under a record key of its own: destroying it erases them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.errors import IntegrityError
from ledger.ports.record_keys import RecordKeys
from ledger.primitives.canonical import JsonValue, decode, encode
from ledger.vault.private import open_private, seal_private

MAX_BYTES: Final = 1024 * 1024
_LABEL: Final = b"lianzheng/blacklist-record"


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """What is stored: the record key's name, and the ciphertext."""

    key_id: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class SealedRecords:
    """Seals and opens values.

    Attributes:
        keys: the key store.
    """

    keys: RecordKeys

    def seal(self, value: JsonValue) -> SealedRecord:
        """Encrypt under a new key, which is durable before this returns."""
        (record,) = self.seal_many([value])
        return record

    def seal_many(self, values: Sequence[JsonValue]) -> Sequence[SealedRecord]:
        """Encrypt each under a new key of its own; all are durable before this returns."""
        keys = self.keys.create(len(values))
        return [
            SealedRecord(key.key_id, seal_private(encode(value), key, _LABEL))
            for key, value in zip(keys, values, strict=True)
        ]

    def reseal(self, key_id: bytes, value: JsonValue) -> bytes:
        """Encrypt what takes the place of an older value, under its key.

        Raises:
            IntegrityError: ``record-erased``: its key was destroyed.
        """
        key = self.keys.open(key_id)
        if key is None:
            raise IntegrityError("record-erased")
        return seal_private(encode(value), key, _LABEL)

    def open(self, record: SealedRecord) -> "JsonValue | None":
        """Decrypt; ``None`` when the key was destroyed.

        Raises:
            IntegrityError: changed, or under another key.
        """
        key = self.keys.open(record.key_id)
        if key is None:
            return None
        clear = open_private(record.sealed, key, _LABEL)
        if clear is None:
            raise IntegrityError("record-changed")
        return decode(clear, max_bytes=MAX_BYTES)

    def destroy(self, key_id: bytes) -> None:
        """Erase what a key protects."""
        self.keys.destroy(key_id)
