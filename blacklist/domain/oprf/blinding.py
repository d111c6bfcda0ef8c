"""The client's side: hide an identifier before it is sent, and find its secret in the answer."""

from typing import Final

from blacklist.curve import points
from blacklist.curve.hashing import hash_secretly
from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import Secret
from blacklist.domain.oprf.framing import framed
from blacklist.domain.oprf.suite import VERIFIABLE, Suite
from ledger.errors import LimitError

MAX_INPUT_BYTES: Final = 256
"""Canonical identifiers are far shorter; RFC 9497 allows 65,535."""


def blind(identifier: bytes, blinding: Scalar, suite: Suite = VERIFIABLE) -> bytes:
    """Return C = r · H1(x), which tells nobody anything about x.

    Args:
        identifier: x, canonical.
        blinding: r, random and used for this one request.
        suite: separates the hashes.

    Raises:
        LimitError: ``identifier`` is longer than ``MAX_INPUT_BYTES``.
        MalformedError: it hashes to the identity, which nobody can find.
    """
    if len(identifier) > MAX_INPUT_BYTES:
        raise LimitError("identifier-too-long", limit=MAX_INPUT_BYTES)
    element = points.checked_point(suite.hash_to_group(identifier), "identifier")
    return points.multiply(blinding, element)


def unblind(identifier: bytes, inverse: Scalar, evaluated: bytes) -> Secret:
    """Return y, the identifier's secret of 64 bytes (RFC 9497, section 3.3.1, Finalize).

    Args:
        identifier: x, as it was blinded.
        inverse: 1/r.
        evaluated: k · C, already proved to be that.

    Raises:
        MalformedError: ``evaluated`` is no point, or the identity.
    """
    with points.multiply_secretly(inverse, points.checked_point(evaluated, "evaluated")) as element:
        return hash_secretly(framed(identifier), _LENGTH, element, b"Finalize")


_LENGTH: Final = points.POINT_BYTES.to_bytes(2, "big")
