"""Merkle-Patricia tries: checking a proof, and building a trie to make one.

* A proof is the list of vertices from the root down to where the key ends, the root first; vertices
  shorter than 32 bytes stand inside their parent and are not listed.
* ``verify`` answers with the value, or with ``None`` for proven absence. A vertex that is wrong,
  missing or left over raises: nothing unproved may travel in a proof.
* Keys are used as given: state and storage tries want the Keccak-256 of the address or slot.

Source: Yellow Paper, appendix D; EIP-1186.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.errors import LimitError, MalformedError
from ledger.primitives.keccak import keccak256
from ledger.primitives.rlp import RlpItem, decode, encode
from ledger.primitives.trie_vertex import (
    HASH_BYTES,
    Branch,
    ExtensionVertex,
    Leaf,
    Nibbles,
    pack_path,
    parse_vertex,
    to_nibbles,
)

EMPTY_TRIE_ROOT: Final = keccak256(b"\x80")
"""Root of the trie without keys: the hash of the RLP of nothing."""
MAX_KEY_BYTES: Final = 32
"""Keys are hashes, or RLP of a receipt's index."""
MAX_PROOF_VERTICES: Final = 2 * MAX_KEY_BYTES + 1
"""One per half-byte of the key, and the leaf."""
MAX_PROOF_BYTES: Final = 256 * 1024
"""An anchor's receipt has under 1 KiB, and a branch 532 bytes; hashing this much takes half a second."""
_MAX_VERTEX_ITEMS: Final = 1 + 17 + 16 * 31
"""A branch, whose 16 children may stand inside it with at most 31 bytes each."""
_MAX_VERTEX_DEPTH: Final = 16


def verify(root: bytes, key: bytes, nodes: Sequence[bytes]) -> bytes | None:
    """Check a proof against a trie's root.

    Args:
        root: 32 bytes.
        key: as the trie holds it.
        nodes: RLP of the vertices from the root down; none, or ``0x80``, for the empty trie.

    Returns:
        The value, or ``None`` when the proof shows that the key is not in the trie.

    Raises:
        MalformedError: a vertex is not of the form, does not match its hash, is missing or left
        over.
        LimitError: more or larger vertices than a key can need.
    """
    if len(nodes) > MAX_PROOF_VERTICES:
        raise LimitError("trie-proof-too-long", count=len(nodes), limit=MAX_PROOF_VERTICES)
    if sum(map(len, nodes)) > MAX_PROOF_BYTES:
        raise LimitError("trie-proof-too-large", limit=MAX_PROOF_BYTES)
    if len(root) != HASH_BYTES:
        raise MalformedError("trie-root", length=len(root))
    if root == EMPTY_TRIE_ROOT and list(nodes) in ([], [b"\x80"]):
        return None
    walk = _Walk(nodes)
    child: RlpItem = root
    path = to_nibbles(key)
    while child:
        vertex = parse_vertex(walk.open(child))
        if isinstance(vertex, Branch):
            if not path:
                return walk.end(vertex.value or None)
            child, path = vertex.children[path[0]], path[1:]
        elif isinstance(vertex, Leaf):
            return walk.end(vertex.value if vertex.path == path else None)
        elif path.startswith(vertex.path):
            child, path = vertex.child, path[len(vertex.path) :]
        else:
            break
    return walk.end(None)


class _Walk:
    """The vertices of a proof, each used once, in order."""

    __slots__ = ("_nodes", "_used")

    def __init__(self, nodes: Sequence[bytes]) -> None:
        self._nodes = nodes
        self._used = 0

    def open(self, child: RlpItem) -> RlpItem:
        """Return the decoded vertex that a child names or is."""
        if isinstance(child, list):
            return child
        if self._used == len(self._nodes):
            raise MalformedError("trie-proof-incomplete")
        node = self._nodes[self._used]
        if keccak256(node) != child:
            raise MalformedError("trie-proof-hash", at=self._used)
        self._used += 1
        return decode(
            node,
            max_bytes=MAX_PROOF_BYTES,
            max_items=_MAX_VERTEX_ITEMS,
            max_depth=_MAX_VERTEX_DEPTH,
        )

    def end(self, value: bytes | None) -> bytes | None:
        """Return the answer, after all vertices were used."""
        if self._used != len(self._nodes):
            raise MalformedError("trie-proof-left-over", used=self._used, count=len(self._nodes))
        return value


@dataclass(frozen=True, slots=True)
class Trie:
    """A built trie.

    Attributes:
        root: 32 bytes.
        vertices: RLP by Keccak-256, for every vertex that is named by its hash.
    """

    root: bytes
    vertices: Mapping[bytes, bytes]

    def prove(self, key: bytes) -> tuple[bytes, ...]:
        """Return the proof of a key's value, or of its absence."""
        nodes: list[bytes] = []
        child: RlpItem = self.root if self.vertices else b""
        path = to_nibbles(key)
        while child:
            if isinstance(child, bytes):
                nodes.append(self.vertices[child])
            child, path = _descend(child if isinstance(child, list) else nodes[-1], path)
        return tuple(nodes)


def build_trie(items: Mapping[bytes, bytes]) -> Trie:
    """Build the trie of these keys and values.

    Raises:
        MalformedError: an empty value, which a trie cannot hold.
        LimitError: a key longer than ``MAX_KEY_BYTES``.
    """
    if any(not value for value in items.values()):
        raise MalformedError("trie-empty-value")
    if any(len(key) > MAX_KEY_BYTES for key in items):
        raise LimitError("trie-key-length", limit=MAX_KEY_BYTES)
    if not items:
        return Trie(EMPTY_TRIE_ROOT, {})
    vertices: dict[bytes, bytes] = {}
    top = _build(sorted((to_nibbles(key), value) for key, value in items.items()), 0, vertices)
    encoded = encode(top)
    root = keccak256(encoded)
    vertices[root] = encoded
    return Trie(root, vertices)


def _build(
    entries: list[tuple[Nibbles, bytes]], depth: int, vertices: dict[bytes, bytes]
) -> list[RlpItem]:
    """Return the vertex over sorted entries that agree up to ``depth``, storing what lies below."""
    first, value = entries[0]
    if len(entries) == 1:
        return [pack_path(first[depth:], leaf=True), value]
    shared = _shared_length(first, entries[-1][0])
    if shared > depth:
        child = _reference(_build(entries, shared, vertices), vertices)
        return [pack_path(first[depth:shared], leaf=False), child]
    ending = value if len(first) == depth else b""
    groups: list[list[tuple[Nibbles, bytes]]] = [[] for _ in range(16)]
    for entry in entries[1:] if ending else entries:
        groups[entry[0][depth]].append(entry)
    children = [
        _reference(_build(group, depth + 1, vertices), vertices) if group else b""
        for group in groups
    ]
    return [*children, ending]


def _reference(vertex: list[RlpItem], vertices: dict[bytes, bytes]) -> RlpItem:
    encoded = encode(vertex)
    if len(encoded) < HASH_BYTES:
        return vertex
    name = keccak256(encoded)
    vertices[name] = encoded
    return name


def _shared_length(first: Nibbles, last: Nibbles) -> int:
    """Return how many half-bytes two paths share; of sorted paths, what all between share too."""
    length = 0
    for one, other in zip(first, last, strict=False):
        if one != other:
            break
        length += 1
    return length


def _descend(vertex: RlpItem, path: Nibbles) -> tuple[RlpItem, Nibbles]:
    """Return the child on a path and the rest of the path; an empty child where the walk ends."""
    if isinstance(vertex, bytes):
        vertex = decode(
            vertex,
            max_bytes=len(vertex),
            max_items=_MAX_VERTEX_ITEMS,
            max_depth=_MAX_VERTEX_DEPTH,
        )
    parsed = parse_vertex(vertex)
    if isinstance(parsed, Branch) and path:
        return parsed.children[path[0]], path[1:]
    if isinstance(parsed, ExtensionVertex) and path.startswith(parsed.path):
        return parsed.child, path[len(parsed.path) :]
    return b"", path
