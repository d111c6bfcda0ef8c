"""Making RFC 6962 roots and paths from stored vertices.

* Stored are *complete* vertices only: ``(level, index)`` names the hash over the ``2^level``
  leaves from ``index · 2^level`` on. They never change once made. Vertices of the ragged right
  border are computed.
* Each maker has a twin that lists the coordinates it will read, in that order, so that a store can
  fetch them in one query.
"""

from collections.abc import Callable
from typing import TypeAlias

from ledger.errors import MalformedError
from ledger.primitives.merkle import EMPTY_ROOT, MAX_SIZE, vertex_hash

Coordinate: TypeAlias = tuple[int, int]
"""Level (0 = leaf hashes) and index within the level."""
VertexReader: TypeAlias = Callable[[int, int], bytes]
"""Returns the 32-byte hash of the complete vertex at (level, index)."""
Span: TypeAlias = tuple[int, int]
"""Half-open range of leaves; begins at a multiple of the power of two that covers its length."""


def root_coordinates(size: int) -> list[Coordinate]:
    """List the complete vertices whose fold is the root, left to right; empty at size 0."""
    return _complete_vertices((0, size))


def inclusion_coordinates(index: int, size: int) -> list[Coordinate]:
    """List the vertices that ``inclusion_path`` reads."""
    return [at for span in inclusion_spans(index, size) for at in _complete_vertices(span)]


def consistency_coordinates(old: int, new: int) -> list[Coordinate]:
    """List the vertices that ``consistency_path`` reads."""
    return [at for span in consistency_spans(old, new) for at in _complete_vertices(span)]


def root(size: int, read: VertexReader) -> bytes:
    """Return the 32-byte root of the first ``size`` leaves."""
    return span_hash((0, size), read) if size else EMPTY_ROOT


def inclusion_path(index: int, size: int, read: VertexReader) -> tuple[bytes, ...]:
    """Return the audit path of a leaf, its sibling first (RFC 6962 §2.1.1).

    Raises:
        MalformedError: ``merkle-size`` or ``merkle-index`` out of range.
    """
    return tuple(span_hash(span, read) for span in inclusion_spans(index, size))


def consistency_path(old: int, new: int, read: VertexReader) -> tuple[bytes, ...]:
    """Return the consistency proof between two sizes (RFC 6962 §2.1.2), empty when they are equal.

    Raises:
        MalformedError: ``merkle-consistency-from-zero``, or ``merkle-size`` when ``old > new``.
    """
    return tuple(span_hash(span, read) for span in consistency_spans(old, new))


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Return the ranges of leaves under each hash of an audit path, the leaf's sibling first."""
    if not 0 < size <= MAX_SIZE:
        raise MalformedError("merkle-size", size=size)
    if not 0 <= index < size:
        raise MalformedError("merkle-index", index=index, size=size)
    begin, end = 0, size
    spans: list[Span] = []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((begin, middle))
            begin = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """Return the ranges of leaves under each hash of a consistency proof, in its order."""
    if old == 0:
        raise MalformedError("merkle-consistency-from-zero")
    if not 0 < old <= new <= MAX_SIZE:
        raise MalformedError("merkle-size", size=old)
    begin, end = 0, new
    spans: list[Span] = []
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((begin, middle))
            begin = middle
    if begin:
        # The old tree's last vertex; if that were the whole old tree, its root would be known.
        spans.append((begin, end))
    return spans[::-1]


def span_hash(span: Span, read: VertexReader) -> bytes:
    """Return the hash over a range of leaves, folding complete vertices from the right."""
    *left, last = _complete_vertices(span)
    value = read(*last)
    for level, index in reversed(left):
        value = vertex_hash(read(level, index), value)
    return value


def _split(length: int) -> int:
    """Return the largest power of two below the length, where RFC 6962 divides a range."""
    return 1 << (length - 1).bit_length() - 1


def _complete_vertices(span: Span) -> list[Coordinate]:
    begin, end = span
    vertices: list[Coordinate] = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        vertices.append((level, begin >> level))
        begin += 1 << level
    return vertices
