"""The two hash functions of the ledger, whole and piece by piece.

SHA-256 comes from ``hashlib``. SM3 (GB/T 32905) comes from ``hashlib`` where OpenSSL offers it, and otherwise
from the pure implementation beside this file, which is slow: callers bound its input.
"""

import hashlib
from typing import Final, Protocol

from ledger.primitives.sm3 import Sm3

DIGEST_BYTES: Final = 32
"""Both algorithms give 256 bits."""
MAX_PURE_SM3_BYTES: Final = 8 * 1024 * 1024
"""Pure code needs up to 20 s for this much; above it the answer is "not provable"."""


class Hasher(Protocol):
    """A hash that takes bytes piece by piece."""

    def update(self, data: bytes, /) -> object:
        """Take more bytes."""
        ...

    def digest(self) -> bytes:
        """Return the digest of all bytes so far."""
        ...


def sha256(data: bytes) -> bytes:
    """Return the 32-byte SHA-256 of the data."""
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """Return the 32-byte SM3 of the data."""
    hasher = new_sm3()
    hasher.update(data)
    return hasher.digest()


def new_sm3() -> Hasher:
    """Return OpenSSL's SM3 where it has one, else our own (about half a MiB/s)."""
    return hashlib.new("sm3") if SM3_IN_OPENSSL else Sm3()


def _probe_sm3() -> bool:
    # ``algorithms_available`` lists names that a FIPS provider then refuses, so it is tried once.
    try:
        hashlib.new("sm3")
    except ValueError:
        return False
    return True


SM3_IN_OPENSSL: Final = _probe_sm3()
