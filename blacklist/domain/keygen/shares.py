"""What a dealer gives to one receiver, and how the receiver checks it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from blacklist.curve import points
from blacklist.curve.scalars import SCALAR_BYTES, Scalar
from blacklist.domain.keygen.polynomials import committed_at, hide
from ledger.errors import MalformedError

SHARE_BYTES: Final = 2 * SCALAR_BYTES


@dataclass(frozen=True, slots=True)
class DealtShare:
    """A value of the dealer's polynomial and of the one that hides it.

    Attributes:
        value: s.
        blinding: s'; 0 in a resharing, whose commitments are open from the start.
    """

    value: Scalar
    blinding: Scalar

    @classmethod
    def decode(cls, encoded: bytes | memoryview) -> Self:
        """Read 64 bytes.

        Raises:
            MalformedError: another length, or not two scalars below q.
        """
        if len(encoded) != SHARE_BYTES:
            raise MalformedError("scalar-malformed")
        return cls(Scalar.decode(encoded[:SCALAR_BYTES]), Scalar.decode(encoded[SCALAR_BYTES:]))

    def reveal(self) -> bytes:
        """Return both as 64 bytes that nobody will wipe."""
        return self.value.reveal() + self.blinding.reveal()

    def fits_hidden(self, commitments: Sequence[bytes], receiver: int) -> bool:
        """Tell whether it is what the hidden commitments promise to ``receiver``."""
        return hide(self.value, self.blinding) == committed_at(commitments, receiver)

    def fits_open(self, commitments: Sequence[bytes], receiver: int) -> bool:
        """Tell whether it is what the open commitments promise to ``receiver``."""
        return points.multiply_base(self.value) == committed_at(commitments, receiver)

    def wipe(self) -> None:
        """Forget both."""
        self.value.wipe()
        self.blinding.wipe()
