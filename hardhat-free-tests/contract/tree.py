"""RFC 6962 trees, written from the recursive definitions of section 2.1 and from nothing else.

A tree is a default leaf everywhere, and other leaves at a few places: ranges without such places have one
hash per size, which makes trees of 2^40 leaves and more as cheap as small ones.
"""

import hashlib
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

DEFAULT_LEAF = hashlib.sha256(b"\x00").digest()


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def vertex_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """Return the largest power of two smaller than size."""
    return 1 << ((size - 1).bit_length() - 1)


@cache
def uniform_root(size: int) -> bytes:
    """Return the root over ``size`` default leaves."""
    if size == 1:
        return DEFAULT_LEAF
    left = split(size)
    return vertex_hash(uniform_root(left), uniform_root(size - left))


@dataclass(frozen=True)
class Tree:
    """Leaf hashes by index, ascending; every other leaf is ``DEFAULT_LEAF``."""

    leaves: tuple[tuple[int, bytes], ...] = ()

    def leaf(self, index: int) -> bytes:
        return dict(self.leaves).get(index, DEFAULT_LEAF)

    def root(self, size: int) -> bytes:
        return self._range_root(0, size)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """PATH(m, D[n]) of RFC 6962 §2.1.1."""
        return self._path(index, 0, size)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """PROOF(m, D[n]) of RFC 6962 §2.1.2."""
        return self._subproof(old, 0, new, complete=True)

    def _range_root(self, start: int, size: int) -> bytes:
        first = bisect_left(self.leaves, (start, b""))
        if first == len(self.leaves) or self.leaves[first][0] >= start + size:
            return uniform_root(size)
        if size == 1:
            return self.leaves[first][1]
        left = split(size)
        return vertex_hash(
            self._range_root(start, left), self._range_root(start + left, size - left)
        )

    def _path(self, index: int, start: int, size: int) -> list[bytes]:
        if size == 1:
            return []
        left = split(size)
        if index < left:
            return [*self._path(index, start, left), self._range_root(start + left, size - left)]
        return [*self._path(index - left, start + left, size - left), self._range_root(start, left)]

    def _subproof(self, old: int, start: int, size: int, *, complete: bool) -> list[bytes]:
        if old == size:
            return [] if complete else [self._range_root(start, size)]
        left = split(size)
        if old <= left:
            return [
                *self._subproof(old, start, left, complete=complete),
                self._range_root(start + left, size - left),
            ]
        return [
            *self._subproof(old - left, start + left, size - left, complete=False),
            self._range_root(start, left),
        ]


def numbered_tree(size: int) -> Tree:
    """Return a tree whose first ``size`` leaves all differ."""
    return Tree(tuple((index, leaf_hash(index.to_bytes(8, "big"))) for index in range(size)))
