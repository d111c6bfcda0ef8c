"""Authenticated encryption under a secret key (libsodium, XChaCha20-Poly1305): nonces may be random."""

from ctypes import create_string_buffer
from typing import Final

from blacklist.curve.library import sodium
from blacklist.curve.secret import Secret

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 24
TAG_BYTES: Final = 16


def encrypt(key: Secret, nonce: bytes, content: bytes, associated: bytes) -> bytes:
    """Encrypt ``content``; 16 bytes longer. ``associated`` is authenticated with it."""
    _check(key, nonce)
    made = create_string_buffer(len(content) + TAG_BYTES)
    sodium().crypto_aead_xchacha20poly1305_ietf_encrypt(
        made, None, content, len(content), associated, len(associated), None, nonce, key.address
    )
    return made.raw


def decrypt(key: Secret, nonce: bytes, sealed: bytes, associated: bytes) -> bytes | None:
    """Decrypt; ``None`` when key, nonce, content or ``associated`` are others."""
    _check(key, nonce)
    if len(sealed) < TAG_BYTES:
        return None
    content = create_string_buffer(max(1, len(sealed) - TAG_BYTES))
    opened = sodium().crypto_aead_xchacha20poly1305_ietf_decrypt(
        content, None, None, sealed, len(sealed), associated, len(associated), nonce, key.address
    )
    return content.raw[: len(sealed) - TAG_BYTES] if opened == 0 else None


def _check(key: Secret, nonce: bytes) -> None:
    if key.size != KEY_BYTES or len(nonce) != NONCE_BYTES:
        raise ValueError("a key of 32 bytes and a nonce of 24")
