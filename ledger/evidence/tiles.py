"""A log's vertices as 256-wide tiles (C2SP tlog-tiles, hash tiles).

Tile (level L, number N) holds up to 256 hashes: the roots of complete subtrees of 256^L leaves, from
subtree 256·N on. What lies between is computed when it is read: at most 255 hashes a tile, and a proof from
ten million leaves opens at most five tiles. A full tile never changes.

The store is passed in as ``read``; this file touches no disk.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, TypeAlias

from ledger.primitives.merkle_proofs import Coordinate, VertexReader

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
HASH_BYTES: Final = 32


@dataclass(frozen=True, slots=True, order=True)
class TileName:
    """A tile by level (0 holds leaf hashes) and running number."""

    level: int
    number: int


TileReader: TypeAlias = Callable[[TileName], bytes]
"""Returns a tile's hashes, 32 bytes each; raises when the tile is missing."""


def edge(size: int) -> tuple[TileName, ...]:
    """Return the unfinished tiles of a log of ``size`` leaves, the ones that an append changes."""
    names = []
    level, count = 0, size
    while count:
        if count % WIDTH:
            names.append(TileName(level, count // WIDTH))
        count //= WIDTH
        level += 1
    return tuple(names)


def append(
    size: int, leaf_hashes: Sequence[bytes], edge_tiles: Mapping[TileName, bytes]
) -> dict[TileName, bytes]:
    """Return the tiles that are new or changed after ``leaf_hashes`` follow the first ``size`` leaves.

    Args:
        size: leaves before.
        leaf_hashes: 32 bytes each.
        edge_tiles: the tiles that ``edge(size)`` names.
    """
    changed: dict[TileName, bytes] = {}
    level, incoming = 0, b"".join(leaf_hashes)
    while incoming:
        number, filled = divmod(size, WIDTH)
        data = (edge_tiles[TileName(level, number)] if filled else b"") + incoming
        full: list[bytes] = []
        for start in range(0, len(data), WIDTH * HASH_BYTES):
            hashes = data[start : start + WIDTH * HASH_BYTES]
            changed[TileName(level, number)] = hashes
            number += 1
            if len(hashes) == WIDTH * HASH_BYTES:
                full.append(_subtree_root(hashes))
        level, size, incoming = level + 1, size // WIDTH, b"".join(full)
    return changed


def tiles_of(coordinates: Iterable[Coordinate]) -> list[TileName]:
    """Return the tiles that hold the given vertices, each once, so that a store can read them together."""
    names = {
        TileName(level // HEIGHT, (index << level % HEIGHT) // WIDTH): None
        for level, index in coordinates
    }
    return list(names)


def vertices(read: TileReader) -> VertexReader:
    """Return a reader of single vertices over tiles; each tile is read and expanded once.

    The reader lives for one proof: it remembers what it has read.
    """
    expanded: dict[TileName, list[list[bytes]]] = {}

    def vertex(level: int, index: int) -> bytes:
        row = level % HEIGHT
        position = index << row
        name = TileName(level // HEIGHT, position // WIDTH)
        if name not in expanded:
            expanded[name] = [_split(read(name))]
        rows = expanded[name]
        while len(rows) <= row:
            rows.append(_parents(rows[-1]))
        return rows[row][(position % WIDTH) >> row]

    return vertex


def _split(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


def _parents(row: list[bytes]) -> list[bytes]:
    """Hash neighbours; an odd one at the right edge has no complete parent and is left out.

    Inlines ``merkle.vertex_hash``: a proof hashes about 600 vertices, and calls would double its time.
    """
    pairs = iter(row)
    return [
        sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)
    ]


def _subtree_root(hashes: bytes) -> bytes:
    row = _split(hashes)
    while len(row) > 1:
        row = _parents(row)
    return row[0]
