"""Encryption of a few bytes under a record key: what is kept in a row and is gone with the key.

AES-256-GCM with a random nonce under a key derived for one use; the associated data is the record key's name,
so that a row's ciphertext cannot be moved to another row.
"""

import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.ports.record_keys import RecordKey

NONCE_BYTES: Final = 12


def seal_private(content: bytes, key: RecordKey, label: bytes) -> bytes:
    """Return nonce and ciphertext; ``label`` names the use, so that no two uses share a key."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(key, label).encrypt(nonce, content, key.key_id)


def open_private(sealed: bytes, key: RecordKey, label: bytes) -> bytes | None:
    """Return the content; ``None`` when it was changed, or sealed under another key or label."""
    try:
        return _cipher(key, label).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], key.key_id)
    except (InvalidTag, ValueError):
        # ValueError: cut so short that not even the nonce is whole.
        return None


def _cipher(key: RecordKey, label: bytes) -> AESGCM:
    return AESGCM(hmac.digest(key.key, label, "sha256"))
