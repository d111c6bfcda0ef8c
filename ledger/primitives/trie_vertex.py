"""Vertices of a Merkle-Patricia trie: their kinds, paths and strict reading.

* A vertex is a branch (16 children and a value), an extension (a shared path and one child) or a
  leaf (the rest of the key and the value).
* A child is nothing, the Keccak-256 of the child's RLP, or the child itself when its RLP is shorter
  than 32 bytes. Any other shape is refused, so that one trie has one set of vertices.

Source: Yellow Paper, appendix D.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from ledger.errors import MalformedError
from ledger.primitives.rlp import RlpItem, encode

HASH_BYTES: Final = 32
BRANCH_ITEMS: Final = 17
PATH_ITEMS: Final = 2

_ODD: Final = 1
_LEAF: Final = 2

Nibbles: TypeAlias = bytes
"""A path: one byte per half-byte of the key, each 0 to 15."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Sixteen children, and the value of the key that ends here (empty: none)."""

    children: tuple[RlpItem, ...]
    value: bytes


@dataclass(frozen=True, slots=True)
class ExtensionVertex:
    """A path, not empty, that all keys below share."""

    path: Nibbles
    child: RlpItem


@dataclass(frozen=True, slots=True)
class Leaf:
    """The rest of one key, and its value."""

    path: Nibbles
    value: bytes


Vertex: TypeAlias = Branch | ExtensionVertex | Leaf


def to_nibbles(key: bytes) -> Nibbles:
    """Return the half-bytes of a key."""
    return bytes(half for byte in key for half in (byte >> 4, byte & 15))


def pack_path(path: Nibbles, *, leaf: bool) -> bytes:
    """Return the hex-prefix encoding of a path (appendix C)."""
    flags = (_LEAF if leaf else 0) | len(path) & 1
    halves = bytes([flags]) + path if flags & _ODD else bytes([flags, 0]) + path
    return bytes(high << 4 | low for high, low in zip(halves[::2], halves[1::2], strict=True))


def unpack_path(packed: bytes) -> tuple[Nibbles, bool]:
    """Return a path and whether it belongs to a leaf.

    Raises:
        MalformedError: ``trie-path``.
    """
    halves = to_nibbles(packed)
    if not halves or halves[0] > _ODD | _LEAF:
        raise MalformedError("trie-path")
    if halves[0] & _ODD:
        return halves[1:], bool(halves[0] & _LEAF)
    if halves[1]:
        raise MalformedError("trie-path")
    return halves[2:], bool(halves[0] & _LEAF)


def parse_vertex(item: RlpItem) -> Vertex:
    """Read a decoded vertex.

    Raises:
        MalformedError: ``trie-vertex`` or ``trie-path``.
    """
    if not isinstance(item, list):
        raise MalformedError("trie-vertex")
    if len(item) == BRANCH_ITEMS:
        *children, value = item
        for child in children:
            _check_child(child, may_be_empty=True)
        return Branch(tuple(children), _bytes_of(value))
    if len(item) != PATH_ITEMS:
        raise MalformedError("trie-vertex")
    path, is_leaf = unpack_path(_bytes_of(item[0]))
    if is_leaf:
        value = _bytes_of(item[1])
        if not value:
            raise MalformedError("trie-vertex")
        return Leaf(path, value)
    if not path:
        raise MalformedError("trie-path")
    _check_child(item[1], may_be_empty=False)
    return ExtensionVertex(path, item[1])


def _check_child(child: RlpItem, *, may_be_empty: bool) -> None:
    if isinstance(child, list):
        # A longer child must be named by its hash; accepting it inline would give it two forms.
        if len(encode(child)) >= HASH_BYTES:
            raise MalformedError("trie-vertex")
    elif len(child) != HASH_BYTES and (child or not may_be_empty):
        raise MalformedError("trie-vertex")


def _bytes_of(item: RlpItem) -> bytes:
    if isinstance(item, list):
        raise MalformedError("trie-vertex")
    return item
