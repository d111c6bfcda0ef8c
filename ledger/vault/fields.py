"""Encryption of a record's clear values and salts under its record key.

AES-256-GCM with a random nonce; the associated data is the key's name, so that a row's ciphertext cannot
be moved to another row.
"""

import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import IntegrityError
from ledger.evidence.fields import Field, fields_from_json, fields_to_json
from ledger.ports.record_keys import RecordKey
from ledger.primitives.canonical import decode, encode

NONCE_BYTES: Final = 12
MAX_BYTES: Final = 1024 * 1024
"""64 fields of 4 KiB with names and salts stay below."""
_LABEL: Final = b"lianzheng/fields"


def seal_fields(fields: tuple[Field, ...], key: RecordKey) -> bytes:
    """Return nonce and ciphertext of the fields."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, encode(fields_to_json(fields)), key.key_id)


def open_fields(sealed: bytes, key: RecordKey) -> tuple[Field, ...]:
    """Return the fields.

    Raises:
        IntegrityError: changed, or under another key.
    """
    try:
        clear = _cipher(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], key.key_id)
    except (InvalidTag, ValueError):
        # ValueError: cut so short that not even the nonce is whole.
        raise IntegrityError("fields-changed", key=key.key_id.hex()) from None
    return fields_from_json(decode(clear, max_bytes=MAX_BYTES))


def _cipher(key: RecordKey) -> AESGCM:
    return AESGCM(hmac.digest(key.key, _LABEL, "sha256"))
