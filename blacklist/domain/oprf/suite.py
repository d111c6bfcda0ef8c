"""The suite ristretto255-SHA512 of RFC 9497 (section 4.1): its hashes to the group and to scalars."""

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from blacklist.curve import points
from blacklist.curve.scalars import WIDE_BYTES, Scalar
from blacklist.curve.secret import hold

_PADDED: Final = hashlib.sha512(bytes(128))
"""Each expanded message begins with one zero block of the hash (RFC 9380, section 5.3.1, Z_pad)."""


class Mode(IntEnum):
    """Modes of RFC 9497 (section 3.1): the plain one is here for its test vectors only."""

    OPRF = 0
    VOPRF = 1


@dataclass(frozen=True, slots=True)
class Suite:
    """The hashes, separated by mode."""

    mode: Mode
    context: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        context = b"OPRFV1-" + bytes([self.mode]) + b"-ristretto255-SHA512"
        object.__setattr__(self, "context", context)

    def hash_to_group(self, message: bytes) -> bytes:
        """Return H1(message), a point whose logarithm nobody knows."""
        return points.from_uniform(_expand(message, b"HashToGroup-" + self.context))

    def hash_to_scalar(self, message: bytes) -> Scalar:
        """Return H2(message), for public messages."""
        with hold(_expand(message, b"HashToScalar-" + self.context)) as wide:
            return Scalar.reduced(wide)


VERIFIABLE: Final = Suite(Mode.VOPRF)
"""The one that the product uses."""


def _expand(message: bytes, tag: bytes) -> bytes:
    """Return 64 bytes of expand_message_xmd with SHA-512 (RFC 9380, section 5.3.1): one block."""
    suffix = tag + bytes([len(tag)])
    padded = _PADDED.copy()
    padded.update(message + WIDE_BYTES.to_bytes(2, "big") + b"\x00" + suffix)
    return hashlib.sha512(padded.digest() + b"\x01" + suffix).digest()
