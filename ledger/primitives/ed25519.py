"""Ed25519 verification (RFC 8032 §5.1.7), without cofactor, as OpenSSL does it.

* The equation is R = s·B - k·A, compared as encoded bytes. RFC 8032 also allows the equation
  multiplied by 8; the two differ only for signatures that no honest signer makes, and one had to
  be chosen.
* s must be below the group order, else every signature would have a second form.
* The public key must be canonically encoded and must not be of small order: such a key "signs"
  every message. OpenSSL lets both pass; nobody has such a key by accident.
* Variable time, for public values only.

Signing is done with libraries.
"""

from functools import cache
from hashlib import sha512
from typing import Final, TypeAlias

from ledger.primitives.scalars import signed_digits

PUBLIC_KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64

_P: Final = 2**255 - 19
_L: Final = 2**252 + 27742317777372353535851937790883648493
_D: Final = -121665 * pow(121666, -1, _P) % _P
_ROOT_OF_MINUS_ONE: Final = pow(2, (_P - 1) // 4, _P)

_Extended: TypeAlias = tuple[int, int, int, int, int]
"""X, Y, Z, E, H with x = X/Z, y = Y/Z, xy = E·H/Z: only an addition needs the product E·H."""
_Prepared: TypeAlias = tuple[int, int, int]
"""y + x, y - x, 2dxy of an affine point, ready to be added."""

_NEUTRAL: Final[_Extended] = (0, 1, 1, 0, 1)
_BASE_WIDTH: Final = 8
"""64 odd multiples of the base point, made once per process."""
_KEY_WIDTH: Final = 5


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether a signature is valid; any malformed key or signature is not.

    Args:
        public_key: 32 bytes.
        message: what was signed.
        signature: 64 bytes, R ‖ s.
    """
    if len(public_key) != PUBLIC_KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    s = int.from_bytes(signature[32:], "little")
    key = _decode(public_key)
    if s >= _L or key is None or _has_small_order(key):
        return False
    challenge = sha512(signature[:32] + public_key + message).digest()
    k = int.from_bytes(challenge, "little") % _L
    return _encode(_combine(s, k, key)) == signature[:32]


def is_valid_public_key(public_key: bytes) -> bool:
    """Say whether 32 bytes are a canonically encoded point that is not of small order."""
    key = _decode(public_key) if len(public_key) == PUBLIC_KEY_BYTES else None
    return key is not None and not _has_small_order(key)


def _decode(encoded: bytes) -> _Extended | None:
    """Read a point (RFC 8032 §5.1.3), canonical only."""
    number = int.from_bytes(encoded, "little")
    odd, y = number >> 255, number & (1 << 255) - 1
    if y >= _P:
        return None
    y2 = y * y % _P
    u, v = y2 - 1, _D * y2 + 1
    v3 = v * v * v % _P
    x = u * v3 * pow(u * v3 * v3 * v, (_P - 5) // 8, _P) % _P
    square = v * x * x % _P
    if square == -u % _P:
        x = x * _ROOT_OF_MINUS_ONE % _P
    elif square != u % _P:
        return None
    if x == 0 and odd:
        return None
    if x & 1 != odd:
        x = _P - x
    return x, y, 1, x, y


def _encode(point: _Extended) -> bytes:
    x, y, z, _, _ = point
    inverse = pow(z, -1, _P)
    x, y = x * inverse % _P, y * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _has_small_order(point: _Extended) -> bool:
    for _ in range(3):
        point = _double(point)
    x, y, z, _, _ = point
    return x == 0 and y == z


def _combine(s: int, k: int, key: _Extended) -> _Extended:
    """Return s·B - k·A by interleaved signed digits."""
    plan: dict[int, list[_Prepared]] = {}
    for position, digit in signed_digits(s, _BASE_WIDTH):
        entry = _base_multiples()[abs(digit) >> 1]
        plan.setdefault(position, []).append(_negate(entry) if digit < 0 else entry)
    multiples = _odd_multiples(key, 1 << _KEY_WIDTH - 2)
    for position, digit in signed_digits(k, _KEY_WIDTH):
        entry = multiples[abs(digit) >> 1]
        plan.setdefault(position, []).append(entry if digit < 0 else _negate(entry))
    total = _NEUTRAL
    for position in range(max(plan, default=-1), -1, -1):
        total = _double(total)
        for entry in plan.get(position, ()):
            total = _add(total, entry)
    return total


def _double(point: _Extended) -> _Extended:
    """Double a point (``dbl-2008-hwcd`` with a = -1)."""
    x, y, z, _, _ = point
    a = x * x % _P
    b = y * y % _P
    # Reduced although the formula need not: the four products below cost less than the reductions.
    e = -2 * x * y % _P
    g = a - b
    f = (2 * z * z + g) % _P
    h = a + b
    return e * f % _P, g * h % _P, f * g % _P, e, h


def _add(point: _Extended, prepared: _Prepared) -> _Extended:
    """Add an affine point (``madd-2008-hwcd-3``): complete, since -1 is a square and d is not."""
    x, y, z, e, h = point
    plus, minus, product = prepared
    a = (y - x) * minus % _P
    b = (y + x) * plus % _P
    c = e * h % _P * product % _P
    d = 2 * z
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e, h


def _negate(prepared: _Prepared) -> _Prepared:
    plus, minus, product = prepared
    return minus, plus, -product


def _odd_multiples(point: _Extended, count: int) -> list[_Prepared]:
    """Return 1P, 3P, 5P, … ready to be added, with two inversions in all."""
    (twice,) = _prepare([_double(point)])
    multiples = [point]
    for _ in range(count - 1):
        multiples.append(_add(multiples[-1], twice))
    return _prepare(multiples)


def _prepare(points: list[_Extended]) -> list[_Prepared]:
    # One inversion for all (Montgomery): products forward, then peeled off from the back.
    products = [1]
    for _, _, z, _, _ in points:
        products.append(products[-1] * z % _P)
    inverse = pow(products.pop(), -1, _P)
    prepared: list[_Prepared] = []
    for x, y, z, _, _ in reversed(points):
        own = inverse * products.pop() % _P
        inverse = inverse * z % _P
        affine_x, affine_y = x * own % _P, y * own % _P
        prepared.append(
            (
                (affine_y + affine_x) % _P,
                (affine_y - affine_x) % _P,
                2 * _D * affine_x * affine_y % _P,
            )
        )
    return prepared[::-1]


@cache
def _base_multiples() -> list[_Prepared]:
    y = 4 * pow(5, -1, _P) % _P
    base = _decode(y.to_bytes(32, "little"))
    if base is None:  # pragma: no cover - constant
        raise AssertionError("base point")
    return _odd_multiples(base, 1 << _BASE_WIDTH - 2)
