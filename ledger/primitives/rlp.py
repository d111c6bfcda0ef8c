"""RLP, the encoding of Ethereum's headers, receipts and trie vertices (Yellow Paper, appendix B).

* An item is bytes or a list of items. Numbers are big-endian bytes without leading zeroes.
* Decoding is canonical: the shortest form only, and nothing after the item, so that
  ``encode(decode(x)) == x``. Length, number of items and nesting are bounded by the caller.

What the items mean is not known here.
"""

from typing import Final, TypeAlias

from ledger.errors import LimitError, MalformedError

RlpItem: TypeAlias = "bytes | list[RlpItem]"

_SINGLE: Final = 0x80
"""Below: the byte is its own encoding. From here on: short strings."""
_LONG_STRING: Final = 0xB7
_SHORT_LIST: Final = 0xC0
_LONG_LIST: Final = 0xF7
_SHORT: Final = 55
"""Longest payload whose length stands in the first byte."""


def encode(item: RlpItem) -> bytes:
    """Return the RLP of an item."""
    if isinstance(item, list):
        payload = b"".join([encode(each) for each in item])
        return _head(len(payload), _SHORT_LIST) + payload
    if len(item) == 1 and item[0] < _SINGLE:
        return item
    return _head(len(item), _SINGLE) + item


def decode(data: bytes, *, max_bytes: int, max_items: int, max_depth: int) -> RlpItem:
    """Read exactly one item.

    Args:
        data: the whole encoding.
        max_bytes: limit on its length.
        max_items: limit on the number of byte strings and lists in it, the outermost counted.
        max_depth: limit on lists inside lists; a flat list has depth 1.

    Raises:
        LimitError: over one of the limits.
        MalformedError: cut short, not in the shortest form, or with bytes left over.
    """
    if len(data) > max_bytes:
        raise LimitError("rlp-too-long", length=len(data), limit=max_bytes)
    item, end = _Reader(data, max_items).read(0, len(data), max_depth)
    if end != len(data):
        raise MalformedError("rlp-trailing-bytes", at=end)
    return item


def encode_int(number: int) -> bytes:
    """Return the byte string that stands for a number, to be encoded as an item."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def decode_int(item: RlpItem, *, max_bytes: int = 32) -> int:
    """Return the number that an item stands for.

    Raises:
        MalformedError: a list, a leading zero, or longer than ``max_bytes``.
    """
    if isinstance(item, list) or len(item) > max_bytes or item[:1] == b"\x00":
        raise MalformedError("rlp-integer")
    return int.from_bytes(item, "big")


def _head(length: int, base: int) -> bytes:
    if length <= _SHORT:
        return bytes([base + length])
    size = encode_int(length)
    return bytes([base + _SHORT + len(size)]) + size


class _Reader:
    """Reads nested items, counting them."""

    __slots__ = ("_data", "_items_left", "_max_items")

    def __init__(self, data: bytes, max_items: int) -> None:
        self._data = data
        self._max_items = max_items
        self._items_left = max_items

    def read(self, at: int, end: int, depth: int) -> tuple[RlpItem, int]:
        """Return the item at an offset, and the offset after it."""
        if self._items_left == 0:
            raise LimitError("rlp-too-many-items", limit=self._max_items)
        self._items_left -= 1
        if at >= end:
            raise MalformedError("rlp-truncated", at=at)
        first = self._data[at]
        if first < _SINGLE:
            return self._data[at : at + 1], at + 1
        if first < _SHORT_LIST:
            start, stop = self._payload(at, end, first - _SINGLE)
            if stop - start == 1 and self._data[start] < _SINGLE:
                raise MalformedError("rlp-not-shortest", at=at)
            return self._data[start:stop], stop
        if depth == 0:
            raise LimitError("rlp-too-deep", at=at)
        start, stop = self._payload(at, end, first - _SHORT_LIST)
        items: list[RlpItem] = []
        while start < stop:
            item, start = self.read(start, stop, depth - 1)
            items.append(item)
        return items, stop

    def _payload(self, at: int, end: int, code: int) -> tuple[int, int]:
        """Return where the payload of a string or list begins and ends."""
        start = at + 1
        length = code
        if code > _SHORT:
            size = code - _SHORT
            digits = self._data[start : min(start + size, end)]
            start += size
            length = int.from_bytes(digits, "big")
            if len(digits) == size and (digits[0] == 0 or length <= _SHORT):
                raise MalformedError("rlp-not-shortest", at=at)
        if start + length > end:
            raise MalformedError("rlp-truncated", at=at)
        return start, start + length
