"""Digests that carry their algorithm, and the two hash functions of the ledger.

* A digest is never bare bytes where the algorithm could be in doubt: ``sha256:<hex>`` or
  ``sm3:<hex>``.
* SHA-256 comes from ``hashlib``. SM3 (GB/T 32905) comes from ``hashlib`` where OpenSSL offers it,
  and otherwise from the pure implementation beside this file, which is slow: callers bound its
  input.

Hashing of streams while they are taken in is done elsewhere.
"""

import hashlib
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from ledger.errors import MalformedError
from ledger.primitives.sm3 import Sm3

Algorithm: TypeAlias = Literal["sha256", "sm3"]

DIGEST_BYTES: Final = 32
"""Both algorithms give 256 bits."""
MAX_PURE_SM3_BYTES: Final = 8 * 1024 * 1024
"""Pure code needs up to 20 s for this much; above it the answer is "not provable"."""

_HEX: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Digest:
    """A 256-bit digest with its algorithm.

    Attributes:
        algorithm: which function made it.
        value: 32 bytes.

    Raises:
        MalformedError: the value is not 32 bytes.
    """

    algorithm: Algorithm
    value: bytes

    def __post_init__(self) -> None:
        if len(self.value) != DIGEST_BYTES:
            raise MalformedError("digest-length", length=len(self.value))

    @classmethod
    def parse(cls, text: str) -> "Digest":
        """Read ``sha256:<hex>`` or ``sm3:<hex>``, lower-case only: one digest has one spelling.

        Raises:
            MalformedError: another algorithm, or not 64 lower-case hexadecimal digits.
        """
        name, _, digits = text.partition(":")
        if len(digits) != 2 * DIGEST_BYTES or not _HEX.issuperset(digits):
            raise MalformedError("digest-form", text=text[:80])
        value = bytes.fromhex(digits)
        if name == "sha256":
            return cls("sha256", value)
        if name == "sm3":
            return cls("sm3", value)
        raise MalformedError("digest-algorithm", algorithm=name[:16])

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.value.hex()}"


def sha256(data: bytes) -> bytes:
    """Return the 32-byte SHA-256 of the data."""
    return hashlib.sha256(data).digest()


def sm3_available() -> bool:
    """Say whether this Python's OpenSSL has SM3; if not, only pure code is left."""
    return _SM3_IN_OPENSSL


def sm3(data: bytes) -> bytes:
    """Return the 32-byte SM3 of the data, at about half a MiB/s where OpenSSL lacks it."""
    if _SM3_IN_OPENSSL:
        return hashlib.new("sm3", data).digest()
    pure = Sm3()
    pure.update(data)
    return pure.digest()


def _probe_sm3() -> bool:
    # ``algorithms_available`` lists names that a FIPS provider then refuses, so it is tried once.
    try:
        hashlib.new("sm3")
    except ValueError:
        return False
    return True


_SM3_IN_OPENSSL: Final = _probe_sm3()
