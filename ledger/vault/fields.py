"""Encryption of a record's clear values and salts under its record key."""

from typing import Final

from ledger.errors import IntegrityError
from ledger.evidence.fields import Field, fields_from_json, fields_to_json
from ledger.ports.record_keys import RecordKey
from ledger.primitives.canonical import decode, encode
from ledger.vault.private import open_private, seal_private

MAX_BYTES: Final = 1024 * 1024
"""64 fields of 4 KiB with names and salts stay below."""
_LABEL: Final = b"lianzheng/fields"


def seal_fields(fields: tuple[Field, ...], key: RecordKey) -> bytes:
    """Return nonce and ciphertext of the fields."""
    return seal_private(encode(fields_to_json(fields)), key, _LABEL)


def open_fields(sealed: bytes, key: RecordKey) -> tuple[Field, ...]:
    """Return the fields.

    Raises:
        IntegrityError: changed, or under another key.
    """
    clear = open_private(sealed, key, _LABEL)
    if clear is None:
        raise IntegrityError("fields-changed", key=key.key_id.hex())
    return fields_from_json(decode(clear, max_bytes=MAX_BYTES))
