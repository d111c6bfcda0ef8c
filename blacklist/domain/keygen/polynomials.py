"""Polynomials over the scalars, and what their dealer publishes about them.

A dealer commits to its polynomial twice: first hidden under a second one (Pedersen), so that nobody can
choose its own by what others chose, then openly (Feldman), which gives the public keys.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import Fill

SECOND_BASE: Final = points.from_uniform(hashlib.sha512(b"lz-blacklist/v1/pedersen-H").digest())
"""H: its logarithm to G is unknown to everybody, because it is a hash."""


@dataclass(frozen=True, slots=True)
class Polynomial:
    """Coefficients from the constant one upwards; as many as members are needed to know it.

    Attributes:
        coefficients: secret, at least one.
    """

    coefficients: tuple[Scalar, ...]

    @classmethod
    def random(cls, threshold: int, fill: Fill) -> Self:
        """Draw one that ``threshold`` of its values determine."""
        return cls(tuple(Scalar.random(fill) for _ in range(threshold)))

    @classmethod
    def through(cls, constant: Scalar, threshold: int, fill: Fill) -> Self:
        """Draw one whose value at 0 is ``constant``."""
        others = tuple(Scalar.random(fill) for _ in range(threshold - 1))
        return cls((constant, *others))

    def at(self, index: int) -> Scalar:
        """Return the value at a member's index."""
        with Scalar.of(index) as place:
            value = self.coefficients[-1]
            for coefficient in reversed(self.coefficients[:-1]):
                value = value * place + coefficient
            return value

    def commit(self) -> tuple[bytes, ...]:
        """Return each coefficient times G."""
        return tuple(points.multiply_base(each) for each in self.coefficients)

    def commit_hidden(self, hiding: "Polynomial") -> tuple[bytes, ...]:
        """Return each coefficient times G plus that of ``hiding`` times H."""
        pairs = zip(self.coefficients, hiding.coefficients, strict=True)
        return tuple(hide(value, blinding) for value, blinding in pairs)

    def wipe(self) -> None:
        """Forget the coefficients."""
        for coefficient in self.coefficients:
            coefficient.wipe()


def hide(value: Scalar, blinding: Scalar) -> bytes:
    """Return value · G + blinding · H."""
    return points.add(points.multiply_base(value), points.multiply(blinding, SECOND_BASE))


def committed_at(commitments: Sequence[bytes], index: int) -> bytes:
    """Return what the commitments promise for a member's index: Σ index^l · commitment_l.

    Raises:
        MalformedError: one of the commitments is no point.
    """
    with Scalar.of(index) as place:
        value = commitments[-1]
        for commitment in reversed(commitments[:-1]):
            value = points.add(points.multiply(place, value), commitment)
        return value
