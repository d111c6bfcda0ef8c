"""Integers modulo the group order q, in memory for secrets.

All arithmetic is libsodium's and takes the same time for every value; no secret becomes a Python integer.
"""

from collections.abc import Sequence
from typing import Final, Self

from blacklist.curve.library import sodium
from blacklist.curve.secret import Fill, Secret
from ledger.errors import MalformedError

SCALAR_BYTES: Final = 32
WIDE_BYTES: Final = 64
"""Twice the order's length: what is reduced from it is uniform up to 2^-260."""


class Scalar(Secret):
    """An integer from 0 to q - 1; wiped when it is let go."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(SCALAR_BYTES)

    @classmethod
    def decode(cls, encoded: bytes | memoryview) -> Self:
        """Read 32 little-endian bytes (RFC 9496, section 4.4).

        Raises:
            MalformedError: another length, or not below q.
        """
        if len(encoded) != SCALAR_BYTES:
            raise MalformedError("scalar-malformed")
        with Secret(WIDE_BYTES) as wide:
            wide.view()[:SCALAR_BYTES] = encoded
            read = cls.reduced(wide)
            same = sodium().sodium_memcmp(read.address, wide.address, SCALAR_BYTES) == 0
        if not same:
            raise MalformedError("scalar-malformed")
        return read

    @classmethod
    def reduced(cls, wide: Secret) -> Self:
        """Reduce 64 little-endian bytes modulo q."""
        if wide.size != WIDE_BYTES:
            raise ValueError("a scalar is reduced from 64 bytes")
        made = cls()
        sodium().crypto_core_ristretto255_scalar_reduce(made.address, wide.address)
        return made

    @classmethod
    def random(cls, fill: Fill) -> Self:
        """Draw one; ``fill`` gives 64 uniform bytes."""
        with Secret(WIDE_BYTES) as wide:
            fill(wide)
            return cls.reduced(wide)

    @classmethod
    def of(cls, number: int) -> Self:
        """Return a small public number, at least 0, as a scalar; never for secrets."""
        return cls.decode(number.to_bytes(SCALAR_BYTES, "little"))

    def is_zero(self) -> bool:
        """Tell whether it is 0, which no key and no blind may be."""
        with Scalar() as zero:
            return self.equals(zero)

    def inverse(self) -> "Scalar":
        """Return 1/self modulo q.

        Raises:
            ZeroDivisionError: it is 0.
        """
        made = Scalar()
        if sodium().crypto_core_ristretto255_scalar_invert(made.address, self.address) != 0:
            raise ZeroDivisionError("0 has no inverse")
        return made

    def __add__(self, other: "Scalar") -> "Scalar":
        made = Scalar()
        sodium().crypto_core_ristretto255_scalar_add(made.address, self.address, other.address)
        return made

    def __sub__(self, other: "Scalar") -> "Scalar":
        made = Scalar()
        sodium().crypto_core_ristretto255_scalar_sub(made.address, self.address, other.address)
        return made

    def __mul__(self, other: "Scalar") -> "Scalar":
        made = Scalar()
        sodium().crypto_core_ristretto255_scalar_mul(made.address, self.address, other.address)
        return made

    def __neg__(self) -> "Scalar":
        made = Scalar()
        sodium().crypto_core_ristretto255_scalar_negate(made.address, self.address)
        return made

    def __repr__(self) -> str:
        return "Scalar()"


def inverses(scalars: Sequence[Scalar]) -> list[Scalar]:
    """Invert many at the price of one inversion and three products each (Montgomery's trick).

    Raises:
        ZeroDivisionError: one of them is 0.
    """
    if not scalars:
        return []
    products = [scalars[0]]
    for scalar in scalars[1:]:
        products.append(products[-1] * scalar)
    rest = products[-1].inverse()
    found: list[Scalar] = []
    for place in range(len(scalars) - 1, 0, -1):
        found.append(rest * products[place - 1])
        rest = rest * scalars[place]
    found.append(rest)
    found.reverse()
    return found
