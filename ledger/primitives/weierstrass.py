"""Points of the curves y² = x³ + ax + b with prime order: secp256k1, P-256, P-384.

* Points go in and out as affine pairs, ``None`` being the point at infinity; inside they are
  Jacobian (x = X/Z², y = Y/Z³), so that a product needs few inversions.
* One function matters: u·G + v·Q, by interleaved signed digits. Where the curve has an endomorphism
  (secp256k1), both scalars are halved and so is the work (Gallant, Lambert, Vanstone, CRYPTO 2001).
* Variable time, for public values only.

Formulas: Explicit-Formulas Database, ``dbl-2009-l``, ``dbl-2001-b``, ``madd``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from ledger.primitives.scalars import signed_digits

Point: TypeAlias = tuple[int, int]
_Jacobian: TypeAlias = tuple[int, int, int]
_Plan: TypeAlias = dict[int, list[Point]]
"""Points to add, by bit position."""

_FIXED_WIDTH: Final = 8
"""For the generator: 64 odd multiples, made once per process (0.3 ms)."""
_WIDTH: Final = 5
"""For any other point: 8 odd multiples are the fewest operations at 128 to 384 bits."""


@dataclass(frozen=True, slots=True)
class Endomorphism:
    """(x, y) → (beta·x, y) multiplies by a known scalar; a short lattice basis goes with it."""

    beta: int
    first: tuple[int, int]
    second: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve of prime order with cofactor 1.

    Attributes:
        name: as standards call it.
        prime: of the field; 3 modulo 4, so that roots are one power.
        a: 0 or -3.
        b: the other coefficient.
        order: of the group.
        generator: affine.
        endomorphism: if the curve has a useful one.
    """

    name: str
    prime: int
    a: int
    b: int
    order: int
    generator: Point
    endomorphism: Endomorphism | None = None

    @property
    def field_bytes(self) -> int:
        """Length of a coordinate."""
        return (self.prime.bit_length() + 7) // 8


def contains(curve: Curve, point: Point) -> bool:
    """Say whether an affine point with reduced coordinates lies on the curve."""
    x, y = point
    in_field = 0 <= x < curve.prime and 0 <= y < curve.prime
    return in_field and (y * y - _right_side(curve, x)) % curve.prime == 0


def lift_x(curve: Curve, x: int, *, odd: bool) -> Point | None:
    """Return the point with this x and this parity of y, or ``None`` when there is none."""
    if not 0 <= x < curve.prime:
        return None
    square = _right_side(curve, x)
    y = pow(square, (curve.prime + 1) >> 2, curve.prime)
    if y * y % curve.prime != square:
        return None
    # No point of these curves has y = 0: the order is an odd prime.
    return x, y if y & 1 == odd else curve.prime - y


def combine(curve: Curve, u: int, v: int, point: Point) -> Point | None:
    """Return u·G + v·Q, ``None`` for infinity.

    Args:
        curve: the curve.
        u: scalar of the generator, not negative.
        v: scalar of the point, not negative.
        point: Q, on the curve.
    """
    plan: _Plan = {}
    table = _odd_multiples(curve, point, 1 << _WIDTH - 2)
    _schedule(curve, plan, u, _FIXED_WIDTH, _generator_multiples(curve))
    _schedule(curve, plan, v, _WIDTH, table)
    return _to_affine(curve, _run(curve, plan))


def _right_side(curve: Curve, x: int) -> int:
    return (x * x * x + curve.a * x + curve.b) % curve.prime


def _schedule(curve: Curve, plan: _Plan, scalar: int, width: int, table: list[Point]) -> None:
    """Enter scalar · point into the plan, halving the scalar if the curve allows it."""
    if curve.endomorphism is None:
        _enter(curve, plan, scalar, width, table)
        return
    beta = curve.endomorphism.beta
    low, high = _halve(curve, curve.endomorphism, scalar)
    _enter(curve, plan, low, width, table)
    _enter(curve, plan, high, width, [(x * beta % curve.prime, y) for x, y in table])


def _enter(curve: Curve, plan: _Plan, scalar: int, width: int, table: list[Point]) -> None:
    negative = scalar < 0
    for position, digit in signed_digits(abs(scalar), width):
        x, y = table[abs(digit) >> 1]
        point = (x, curve.prime - y) if (digit < 0) != negative else (x, y)
        plan.setdefault(position, []).append(point)


def _halve(curve: Curve, endomorphism: Endomorphism, scalar: int) -> tuple[int, int]:
    """Return (low, high), half as long: scalar = low + high · lambda modulo the order."""
    (a1, b1), (a2, b2) = endomorphism.first, endomorphism.second
    c1 = (2 * b2 * scalar + curve.order) // (2 * curve.order)
    c2 = (-2 * b1 * scalar + curve.order) // (2 * curve.order)
    return scalar - c1 * a1 - c2 * a2, -c1 * b1 - c2 * b2


def _run(curve: Curve, plan: _Plan) -> _Jacobian:
    prime = curve.prime
    double = _double_zero if curve.a == 0 else _double_minus_three
    total: _Jacobian = (0, 1, 0)
    for position in range(max(plan, default=-1), -1, -1):
        total = double(total, prime)
        for point in plan.get(position, ()):
            total = _add(total, point, prime, double)
    return total


def _double_zero(point: _Jacobian, prime: int) -> _Jacobian:
    """Double a point where a = 0."""
    x, y, z = point
    squared = y * y % prime
    s = 4 * x * squared % prime
    m = 3 * x * x % prime
    x3 = (m * m - 2 * s) % prime
    return x3, (m * (s - x3) - 8 * squared * squared) % prime, 2 * y * z % prime


def _double_minus_three(point: _Jacobian, prime: int) -> _Jacobian:
    """Double a point where a = -3."""
    x, y, z = point
    squared = y * y % prime
    z2 = z * z % prime
    s = 4 * x * squared % prime
    m = 3 * (x - z2) * (x + z2) % prime
    x3 = (m * m - 2 * s) % prime
    return x3, (m * (s - x3) - 8 * squared * squared) % prime, 2 * y * z % prime


def _add(
    total: _Jacobian,
    point: Point,
    prime: int,
    double: Callable[[_Jacobian, int], _Jacobian],
) -> _Jacobian:
    """Add an affine point, whatever the two points are."""
    x1, y1, z1 = total
    x2, y2 = point
    if z1 == 0:
        return x2, y2, 1
    z2 = z1 * z1 % prime
    h = (x2 * z2 - x1) % prime
    r = (y2 * z2 * z1 - y1) % prime
    if h == 0:
        return double(total, prime) if r == 0 else (0, 1, 0)
    h2 = h * h % prime
    h3 = h * h2 % prime
    v = x1 * h2 % prime
    x3 = (r * r - h3 - 2 * v) % prime
    return x3, (r * (v - x3) - y1 * h3) % prime, z1 * h % prime


def _to_affine(curve: Curve, point: _Jacobian) -> Point | None:
    x, y, z = point
    if z == 0:
        return None
    inverse = pow(z, -1, curve.prime)
    square = inverse * inverse % curve.prime
    return x * square % curve.prime, y * square * inverse % curve.prime


def _odd_multiples(curve: Curve, point: Point, count: int) -> list[Point]:
    """Return 1P, 3P, 5P, … as affine points, with two inversions in all."""
    prime = curve.prime
    double = _double_zero if curve.a == 0 else _double_minus_three
    twice = _to_affine(curve, double((*point, 1), prime))
    if twice is None:
        return [point] * count
    multiples: list[_Jacobian] = [(*point, 1)]
    for _ in range(count - 1):
        multiples.append(_add(multiples[-1], twice, prime, double))
    # One inversion for all (Montgomery): products forward, then peeled off from the back.
    products = [1]
    for _, _, z in multiples:
        products.append(products[-1] * z % prime)
    inverse = pow(products.pop(), -1, prime)
    affine: list[Point] = []
    for x, y, z in reversed(multiples):
        own = inverse * products.pop() % prime
        inverse = inverse * z % prime
        square = own * own % prime
        affine.append((x * square % prime, y * square * own % prime))
    return affine[::-1]


@cache
def _generator_multiples(curve: Curve) -> list[Point]:
    return _odd_multiples(curve, curve.generator, 1 << _FIXED_WIDTH - 2)
