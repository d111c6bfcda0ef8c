"""Random tokens, the digests that stand for them in the database, and keys that are derived for one purpose.

A token of 256 random bits needs no slow hash: nobody finds it from its SHA-256. What people choose
themselves does, and has one (``passwords.py``).
"""

import hashlib
import hmac
import secrets
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TOKEN_BYTES: Final = 32


def random_token() -> str:
    """Return 256 random bits in 43 URL-safe characters."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def random_id() -> str:
    """Return 16 random hex digits: a name, not a secret."""
    return secrets.token_hex(8)


def digest(token: str) -> bytes:
    """Return the 32 bytes under which a token is stored."""
    return hashlib.sha256(token.encode()).digest()


def derive_key(secret: bytes, purpose: str) -> bytes:
    """Return the 32-byte key for one purpose (HKDF, RFC 5869, with SHA-256)."""
    info = f"lianzheng-identity-1|{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


def blinded(key: bytes, *parts: str) -> bytes:
    """Return an HMAC that stands for parts which must not be readable in the database."""
    return hmac.digest(key, "\x1f".join(parts).encode(), "sha256")
