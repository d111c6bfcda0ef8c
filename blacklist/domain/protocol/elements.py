"""Lists of group elements: as bytes one after another, and as the Merkle root that documents name.

The root is RFC 6962's, so that one element can be shown to be among them without showing the others: what an
audit opens.
"""

from collections.abc import Sequence
from typing import Final

from blacklist.curve.points import POINT_BYTES
from ledger.errors import LimitError, MalformedError
from ledger.primitives.merkle import leaf_hash, vertex_hash
from ledger.primitives.merkle_proofs import VertexReader, inclusion_path, root

MAX_ELEMENTS: Final = 4096
"""Of one request: 128 KiB, and a fraction of a second of a server's time."""


def split(joined: bytes) -> tuple[bytes, ...]:
    """Return the elements, each 32 bytes and not looked at otherwise.

    Raises:
        MalformedError: none, or half an element.
        LimitError: more than ``MAX_ELEMENTS``.
    """
    count, rest = divmod(len(joined), POINT_BYTES)
    if rest or not count:
        raise MalformedError("elements-malformed", length=len(joined))
    if count > MAX_ELEMENTS:
        raise LimitError("elements-too-many", limit=MAX_ELEMENTS)
    return tuple(
        joined[start : start + POINT_BYTES] for start in range(0, len(joined), POINT_BYTES)
    )


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Return the RFC 6962 root over ``leaves``, at least one."""
    return root(len(leaves), _reader(leaves))


def membership_path(leaves: Sequence[bytes], place: int) -> tuple[bytes, ...]:
    """Return the RFC 6962 path of the leaf at ``place``."""
    return inclusion_path(place, len(leaves), _reader(leaves))


def _reader(leaves: Sequence[bytes]) -> VertexReader:
    levels = [[leaf_hash(leaf) for leaf in leaves]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = zip(below[::2], below[1::2], strict=False)
        levels.append([vertex_hash(left, right) for left, right in pairs])
    return lambda level, index: levels[level][index]
