"""The right border of a growing RFC 6962 tree: all that is needed to append and to know the root.

* A frontier holds one complete vertex for every set bit of the size, the largest first, so at most
  63.
* Appending returns a new frontier and every vertex that became complete, leaves included, for
  storage.

It does not know where vertices are stored, and cannot make paths.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from ledger.errors import LimitError, MalformedError
from ledger.primitives.merkle import EMPTY_ROOT, HASH_BYTES, MAX_SIZE, vertex_hash
from ledger.primitives.merkle_proofs import VertexReader, root_coordinates

Vertex: TypeAlias = tuple[int, int, bytes]
"""Level, index within the level, 32-byte hash."""


@dataclass(frozen=True, slots=True)
class Frontier:
    """The complete vertices that cover a tree's leaves.

    Attributes:
        size: number of leaves.
        vertices: 32-byte hashes, one per set bit of ``size``, the largest subtree first.

    Raises:
        MalformedError: ``frontier-form`` when the hashes do not fit the size.
    """

    size: int
    vertices: tuple[bytes, ...]

    def __post_init__(self) -> None:
        fits = 0 <= self.size <= MAX_SIZE and len(self.vertices) == self.size.bit_count()
        if not fits or any(len(vertex) != HASH_BYTES for vertex in self.vertices):
            raise MalformedError("frontier-form", size=self.size, vertices=len(self.vertices))

    @classmethod
    def empty(cls) -> "Frontier":
        """Return the frontier of the tree without leaves."""
        return cls(0, ())

    @classmethod
    def load(cls, size: int, read: VertexReader) -> "Frontier":
        """Return the frontier of a stored tree."""
        return cls(size, tuple(read(level, index) for level, index in root_coordinates(size)))

    def root(self) -> bytes:
        """Return the 32-byte root; ``EMPTY_ROOT`` at size 0."""
        if not self.vertices:
            return EMPTY_ROOT
        value = self.vertices[-1]
        for vertex in reversed(self.vertices[:-1]):
            value = vertex_hash(vertex, value)
        return value

    def append(self, leaf_hashes: Iterable[bytes]) -> tuple["Frontier", list[Vertex]]:
        """Return the frontier after these leaves, and every vertex they completed.

        Args:
            leaf_hashes: 32-byte leaf hashes in order.

        Returns:
            The new frontier; and (level, index, hash) of the new leaves (level 0) and of each
            vertex that they completed, level by level, ascending within each.

        Raises:
            MalformedError: ``merkle-hash-length``.
            LimitError: the tree would outgrow ``MAX_SIZE``.
        """
        row = list(leaf_hashes)
        for leaf in row:
            if len(leaf) != HASH_BYTES:
                raise MalformedError("merkle-hash-length", length=len(leaf))
        size = self.size + len(row)
        if size > MAX_SIZE:
            raise LimitError("merkle-size", size=size)
        waiting = list(self.vertices)
        remaining: list[bytes] = []
        completed: list[Vertex] = []
        level = 0
        while row or waiting:
            before = self.size >> level
            completed += [(level, index, value) for index, value in enumerate(row, before)]
            if before & 1:
                row.insert(0, waiting.pop())
            if len(row) & 1:
                remaining.append(row.pop())
            # Iterating once pairs neighbours; hashing inline saves a call per vertex.
            pairs = iter(row)
            row = [
                sha256(b"\x01" + left + right).digest()
                for left, right in zip(pairs, pairs, strict=True)
            ]
            level += 1
        return Frontier(size, tuple(reversed(remaining))), completed
