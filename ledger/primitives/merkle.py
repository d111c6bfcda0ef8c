"""The Merkle tree of RFC 6962 §2.1 (RFC 9162 §2.1): hashing, and checking proofs.

* Leaf hash = SHA-256(0x00 ‖ leaf input), vertex hash = SHA-256(0x01 ‖ left ‖ right): without the
  prefixes a vertex could be passed off as a leaf.
* A check returns nothing or raises, one code per way of failing; sizes and indices are bounded
  before use.
* A consistency proof from size 0 is an error: the empty log is consistent with everything, so the
  statement would be worth nothing.

Making proofs is done in ``merkle_proofs``, growing a tree in ``frontier``.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from ledger.errors import MalformedError

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()
"""The root of the tree without leaves (RFC 6962 §2.1)."""
MAX_SIZE: Final = 2**63 - 1
"""The contract holds sizes as uint64 and databases as signed 64 bits."""


def leaf_hash(leaf_input: bytes) -> bytes:
    """Return SHA-256(0x00 ‖ leaf input), 32 bytes."""
    return sha256(b"\x00" + leaf_input).digest()


def vertex_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 ‖ left ‖ right), 32 bytes; both sides are 32-byte hashes."""
    return sha256(b"\x01" + left + right).digest()


def verify_inclusion(
    *, leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Check that a leaf stands at an index of the tree with this size and root.

    Args:
        leaf: 32-byte leaf hash.
        index: from 0.
        size: number of leaves.
        path: 32-byte hashes, the leaf's sibling first.
        root: 32 bytes.

    Raises:
        MalformedError: ``merkle-size`` (zero or too large), ``merkle-index``,
        ``merkle-hash-length``,
            ``merkle-path-length``, ``merkle-root``.
    """
    if not 0 < size <= MAX_SIZE:
        raise MalformedError("merkle-size", size=size)
    if not 0 <= index < size:
        raise MalformedError("merkle-index", index=index, size=size)
    _check_lengths(leaf, root, *path)
    inner = (index ^ (size - 1)).bit_length()
    expected = inner + (index >> inner).bit_count()
    if len(path) != expected:
        raise MalformedError("merkle-path-length", length=len(path), expected=expected)
    if _climb(leaf, index, inner, path) != root:
        raise MalformedError("merkle-root")


def verify_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the new tree begins with exactly the leaves of the old one (RFC 9162 §2.1.4.2).

    Args:
        old_size: leaves of the old tree, at least 1.
        old_root: 32 bytes.
        new_size: leaves of the new tree, at least ``old_size``.
        new_root: 32 bytes.
        path: 32-byte hashes as in RFC 6962 §2.1.2; empty when the sizes are equal.

    Raises:
        MalformedError: ``merkle-consistency-from-zero``, ``merkle-size``, ``merkle-hash-length``,
            ``merkle-path-length``, ``merkle-old-root``, ``merkle-new-root``.
    """
    if old_size == 0:
        raise MalformedError("merkle-consistency-from-zero")
    if not 0 < old_size <= new_size <= MAX_SIZE:
        raise MalformedError("merkle-size", size=old_size)
    _check_lengths(old_root, new_root, *path)
    expected = consistency_path_length(old_size, new_size)
    if len(path) != expected:
        raise MalformedError("merkle-path-length", length=len(path), expected=expected)
    if old_size == new_size:
        if old_root != new_root:
            raise MalformedError("merkle-new-root")
        return
    if is_complete(old_size):
        # The old tree is a complete subtree of the new one: RFC 6962 leaves its root out.
        path = (old_root, *path)
    old, new = _fold_consistency(old_size, new_size, path)
    if old != old_root:
        raise MalformedError("merkle-old-root")
    if new != new_root:
        raise MalformedError("merkle-new-root")


def roots_of_path(old_size: int, new_size: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the roots of the old and the new tree that a path gives; ``0 < old_size < new_size``.

    Args:
        old_size: leaves of the old tree.
        new_size: leaves of the new tree.
        path: a consistency proof that begins with the old root where RFC 6962 leaves it out, so that the
            old root follows from the path alone: a path to a new root shows its only prefix.

    Raises:
        MalformedError: ``merkle-size``, ``merkle-hash-length``, ``merkle-path-length``.
    """
    if not 0 < old_size < new_size <= MAX_SIZE:
        raise MalformedError("merkle-size", size=old_size)
    _check_lengths(*path)
    expected = consistency_path_length(old_size, new_size) + is_complete(old_size)
    if len(path) != expected:
        raise MalformedError("merkle-path-length", length=len(path), expected=expected)
    return _fold_consistency(old_size, new_size, path)


def is_complete(size: int) -> bool:
    """Tell whether a tree of ``size`` leaves, at least one, is a complete binary tree."""
    return size & (size - 1) == 0


def consistency_path_length(old_size: int, new_size: int) -> int:
    """Return how many hashes a consistency proof has; ``0 < old_size <= new_size``."""
    if old_size == new_size:
        return 0
    shift = (old_size & -old_size).bit_length() - 1
    index = old_size - 1 >> shift
    inner = (index ^ (new_size - 1 >> shift)).bit_length()
    seeded = old_size & (old_size - 1) != 0
    return inner + (index >> inner).bit_count() + seeded


def _climb(start: bytes, index: int, inner: int, path: Sequence[bytes]) -> bytes:
    """Hash up to the root: ``inner`` steps by the bits of the index, then along the left border."""
    current = start
    for level, sibling in enumerate(path):
        if level < inner and not index >> level & 1:
            current = vertex_hash(current, sibling)
        else:
            current = vertex_hash(sibling, current)
    return current


def _fold_consistency(old_size: int, new_size: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the roots that a path of the right length gives for the old and the new size."""
    index, last = old_size - 1, new_size - 1
    while index & 1:
        index >>= 1
        last >>= 1
    old = new = path[0]
    for sibling in path[1:]:
        if index & 1 or index == last:
            old, new = vertex_hash(sibling, old), vertex_hash(sibling, new)
            while index and not index & 1:
                index >>= 1
                last >>= 1
        else:
            new = vertex_hash(new, sibling)
        index >>= 1
        last >>= 1
    return old, new


def _check_lengths(*hashes: bytes) -> None:
    for value in hashes:
        if len(value) != HASH_BYTES:
            raise MalformedError("merkle-hash-length", length=len(value))
