"""Elements of the group ristretto255 as their 32 canonical bytes (RFC 9496).

Points are public and are ``bytes``; the one that only its client may know, the unblinded element, is a
``Secret``. The identity is a valid element of the group and never a valid input of the protocol,
so ``checked_point`` refuses it (libsodium's own check does not).
"""

from collections.abc import Sequence
from ctypes import create_string_buffer
from typing import Final

from blacklist.curve.library import sodium
from blacklist.curve.scalars import SCALAR_BYTES, WIDE_BYTES, Scalar
from blacklist.curve.secret import Secret
from ledger.errors import MalformedError

POINT_BYTES: Final = 32
IDENTITY: Final = bytes(POINT_BYTES)
BASE: Final = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
"""The generator G (RFC 9496, section 4)."""


def checked_point(encoded: bytes, field: str) -> bytes:
    """Return ``encoded`` if it is the canonical encoding of an element other than the identity.

    Args:
        encoded: from outside.
        field: how to name it in the error.

    Raises:
        MalformedError: it is not.
    """
    if encoded == IDENTITY or not is_point(encoded):
        raise MalformedError("point-malformed", field=field)
    return encoded


def is_point(encoded: bytes) -> bool:
    """Tell whether ``encoded`` is canonical; the identity is."""
    return (
        len(encoded) == POINT_BYTES
        and sodium().crypto_core_ristretto255_is_valid_point(encoded) == 1
    )


def from_uniform(wide: bytes) -> bytes:
    """Map 64 uniform bytes to a point whose logarithm nobody knows (RFC 9496, section 4.3.4)."""
    if len(wide) != WIDE_BYTES:
        raise ValueError("a point is made from 64 bytes")
    made = create_string_buffer(POINT_BYTES)
    sodium().crypto_core_ristretto255_from_hash(made, wide)
    return made.raw


def multiply(scalar: Scalar | bytes, point: bytes) -> bytes:
    """Return scalar · point; bytes are a public scalar, below 2^255.

    Raises:
        MalformedError: ``point`` is none.
    """
    made = create_string_buffer(POINT_BYTES)
    _multiply(made, scalar, point)
    return made.raw


def multiply_secretly(scalar: Scalar, point: bytes) -> Secret:
    """Return scalar · point, as a secret.

    Raises:
        MalformedError: ``point`` is none.
    """
    made = Secret(POINT_BYTES)
    _multiply(made.address, scalar, point)
    return made


def multiply_base(scalar: Scalar) -> bytes:
    """Return scalar · G."""
    made = create_string_buffer(POINT_BYTES)
    # Fails for 0 only, and leaves the identity then.
    sodium().crypto_scalarmult_ristretto255_base(made, scalar.address)
    return made.raw


def add(left: bytes, right: bytes) -> bytes:
    """Return left + right.

    Raises:
        MalformedError: one of them is no point.
    """
    _sized(left, right)
    made = create_string_buffer(POINT_BYTES)
    if sodium().crypto_core_ristretto255_add(made, left, right) != 0:
        raise MalformedError("point-malformed", field="point")
    return made.raw


def sum_of(points: Sequence[bytes]) -> bytes:
    """Add all up; of none it is the identity.

    Raises:
        MalformedError: one of them is no point.
    """
    total = IDENTITY
    for place, point in enumerate(points):
        total = add(total, point) if place else point
    return total


def weighted_sum(weights: Sequence[Scalar | bytes], points: Sequence[bytes]) -> bytes:
    """Return Σ weight · point; both as long.

    Raises:
        MalformedError: one of the points is none.
    """
    pairs = zip(weights, points, strict=True)
    return sum_of([multiply(weight, point) for weight, point in pairs])


def _multiply(target: object, scalar: Scalar | bytes, point: bytes) -> None:
    _sized(point)
    source = scalar if isinstance(scalar, bytes) else scalar.address
    if isinstance(scalar, bytes) and len(scalar) != SCALAR_BYTES:
        raise ValueError("a scalar has 32 bytes")
    # The library fails for what is no point and for a product that is the identity.
    if sodium().crypto_scalarmult_ristretto255(target, source, point) != 0 and not is_point(point):
        raise MalformedError("point-malformed", field="point")


def _sized(*points: bytes) -> None:
    """Keep the library from reading past the end of short bytes."""
    if any(len(point) != POINT_BYTES for point in points):
        raise MalformedError("point-malformed", field="point")
