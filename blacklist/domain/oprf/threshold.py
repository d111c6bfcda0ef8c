"""Combining the answers of t members into the answer of the key that nobody holds.

Shares are values of one polynomial at the members' indices; Lagrange's coefficients at 0 turn any t of them
into its value there, the key.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from ledger.errors import MalformedError

MAX_INDEX = 65_535
"""Indices travel in two bytes; 0 is the key itself."""
_KEPT: Final = 256
"""Sets of holders whose public numbers are not computed again."""


def coefficients(indices: Sequence[int], at: int = 0) -> dict[int, Scalar]:
    """Return Lagrange's coefficient of each index, for the value at ``at``.

    Args:
        indices: of the members in the set; public.
        at: 0 for the key, a member's index for its share.

    Raises:
        MalformedError: an index stands twice, or is not 1 to 65,535.
    """
    pairs = zip(indices, _coefficients(tuple(indices), at), strict=True)
    return {index: Scalar.decode(encoded) for index, encoded in pairs}


@lru_cache(maxsize=_KEPT)
def _coefficients(indices: tuple[int, ...], at: int) -> tuple[bytes, ...]:
    """Return them encoded, in the order of the indices: they are public, and the same sets come again."""
    if len(set(indices)) != len(indices) or not all(1 <= index <= MAX_INDEX for index in indices):
        raise MalformedError("holder-indices-malformed")
    found: list[bytes] = []
    for index in indices:
        over, under = Scalar.of(1), Scalar.of(1)
        for other in indices:
            if other != index:
                over = over * difference(other, at)
                under = under * difference(other, index)
        found.append((over * under.inverse()).reveal())
    return tuple(found)


def difference(left: int, right: int) -> Scalar:
    """Return left - right of two public numbers as a scalar."""
    return Scalar.of(left) - Scalar.of(right)


def combine(contributions: Mapping[int, bytes]) -> bytes:
    """Return Σ λ_i · D_i: what the key makes of the point that each member's share made D_i of.

    Args:
        contributions: by index, of exactly as many members as the threshold.

    Raises:
        MalformedError: an index or a point is none.
    """
    weights = _coefficients(tuple(contributions), 0)
    return points.weighted_sum(weights, list(contributions.values()))


def is_one_epoch(share_keys: Mapping[int, bytes], key: bytes) -> bool:
    """Tell whether the public keys of these shares give the consortium's key.

    With shares of two share epochs each proof is valid and the output wrong; this finds it.

    Raises:
        MalformedError: an index or a point is none.
    """
    return _is_one_epoch(tuple(share_keys.items()), key)


@lru_cache(maxsize=_KEPT)
def _is_one_epoch(share_keys: tuple[tuple[int, bytes], ...], key: bytes) -> bool:
    return combine(dict(share_keys)) == key
