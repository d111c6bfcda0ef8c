"""Strict DER (X.690 §10, §11): one encoding per value, bounded, nothing left over.

* Definite lengths in the shortest form, tags of one byte, integers without superfluous bytes.
* A reader walks through one constructed value; ``end`` must be called where a structure is
  complete, so that nothing unread travels along.
* BER (indefinite lengths, constructed strings) is refused: a token that needs it is checked with
  OpenSSL.

What the values mean is not known here.
"""

from dataclasses import dataclass
from typing import Final

from ledger.errors import LimitError, MalformedError

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OBJECT_IDENTIFIER: Final = 0x06
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
SEQUENCE: Final = 0x30
SET: Final = 0x31

MAX_DER_BYTES: Final = 64 * 1024
"""A timestamp token with a chain of four certificates and 4096-bit keys stays under 16 KiB."""

_LONG_TAG: Final = 0x1F
_LONG_LENGTH: Final = 0x80
_MAX_LENGTH_BYTES: Final = 3
_MAX_UNUSED_BITS: Final = 7
_MAX_OID_BYTES: Final = 64
"""Far above any that is registered; arcs become Python integers."""


@dataclass(frozen=True, slots=True)
class Value:
    """One tag-length-value.

    Attributes:
        tag: the identifier byte, with class and the constructed bit.
        content: the bytes inside.
        encoding: the whole, as it stood in the input.
    """

    tag: int
    content: bytes
    encoding: bytes


class Reader:
    """Reads the values inside some content, one after another.

    Args:
        content: the bytes to read; limited to ``MAX_DER_BYTES``.
    """

    __slots__ = ("_at", "_content")

    def __init__(self, content: bytes) -> None:
        if len(content) > MAX_DER_BYTES:
            raise LimitError("der-too-long", length=len(content), limit=MAX_DER_BYTES)
        self._content = content
        self._at = 0

    @property
    def more(self) -> bool:
        """Whether something is left to read."""
        return self._at < len(self._content)

    def peek(self) -> int | None:
        """Return the next tag, or ``None`` at the end."""
        return self._content[self._at] if self.more else None

    def end(self) -> None:
        """State that everything was read.

        Raises:
            MalformedError: ``der-trailing``.
        """
        if self.more:
            raise MalformedError("der-trailing")

    def value(self) -> Value:
        """Read the next value, whatever its tag.

        Raises:
            MalformedError: ``der-truncated``, ``der-tag`` or ``der-length``.
        """
        start = self._at
        header = self._content[start : start + 2]
        if len(header) < 2:  # noqa: PLR2004 # tag and first length byte
            raise MalformedError("der-truncated")
        tag, length = header
        if tag & _LONG_TAG == _LONG_TAG:
            raise MalformedError("der-tag", tag=tag)
        begin = start + 2
        if length >= _LONG_LENGTH:
            size = length - _LONG_LENGTH
            digits = self._content[begin : begin + size]
            length = int.from_bytes(digits, "big")
            # Zero bytes of length is BER's indefinite form; a leading zero or a short value has a
            # shorter form.
            if not 0 < size <= _MAX_LENGTH_BYTES or len(digits) != size:
                raise MalformedError("der-length")
            if digits[0] == 0 or length < _LONG_LENGTH:
                raise MalformedError("der-length")
            begin += size
        if begin + length > len(self._content):
            raise MalformedError("der-truncated")
        self._at = begin + length
        return Value(tag, self._content[begin : self._at], self._content[start : self._at])

    def expect(self, tag: int) -> Value:
        """Read the next value, which must have this tag.

        Raises:
            MalformedError: ``der-unexpected-tag``, or any of ``value``.
        """
        found = self.peek()
        if found != tag:
            raise MalformedError("der-unexpected-tag", expected=tag, found=found)
        return self.value()

    def optional(self, tag: int) -> Value | None:
        """Read the next value if it has this tag."""
        return self.value() if self.peek() == tag else None

    def inside(self, tag: int) -> "Reader":
        """Return a reader of the next value's content, which must have this tag."""
        return Reader(self.expect(tag).content)

    def sequence(self) -> "Reader":
        """Return a reader of the next value, a SEQUENCE."""
        return self.inside(SEQUENCE)

    def integer(self) -> int:
        """Read an INTEGER."""
        return parse_integer(self.expect(INTEGER).content)

    def oid(self) -> str:
        """Read an OBJECT IDENTIFIER, in dotted decimal."""
        return parse_oid(self.expect(OBJECT_IDENTIFIER).content)

    def octets(self) -> bytes:
        """Read an OCTET STRING."""
        return self.expect(OCTET_STRING).content

    def boolean(self) -> bool:
        """Read a BOOLEAN, 0x00 or 0xff."""
        content = self.expect(BOOLEAN).content
        if content not in {b"\x00", b"\xff"}:
            raise MalformedError("der-boolean")
        return content == b"\xff"

    def bits(self) -> bytes:
        """Read a BIT STRING whose bits fill whole bytes."""
        unused, data = parse_bits(self.expect(BIT_STRING).content)
        if unused:
            raise MalformedError("der-bit-string")
        return data


def outermost(data: bytes, tag: int) -> Reader:
    """Return a reader of the one value that the data consists of.

    Raises:
        LimitError: ``der-too-long``.
        MalformedError: another tag, or bytes after it.
    """
    reader = Reader(data)
    inside = reader.inside(tag)
    reader.end()
    return inside


def parse_integer(content: bytes) -> int:
    """Return the value of an INTEGER's content.

    Raises:
        MalformedError: ``der-integer``: empty, or with a superfluous first byte.
    """
    sign_bit = 0x80
    if not content:
        raise MalformedError("der-integer")
    if len(content) > 1 and content[0] in {0x00, 0xFF}:
        needed = (content[1] & sign_bit == 0) == (content[0] == 0xFF)  # noqa: PLR2004 # all ones
        if not needed:
            raise MalformedError("der-integer")
    return int.from_bytes(content, "big", signed=True)


def parse_bits(content: bytes) -> tuple[int, bytes]:
    """Return the number of unused bits (they must be zero) and the bytes of a BIT STRING.

    Raises:
        MalformedError: ``der-bit-string``.
    """
    if not content:
        raise MalformedError("der-bit-string")
    unused, data = content[0], content[1:]
    if unused > _MAX_UNUSED_BITS or (unused and not data):
        raise MalformedError("der-bit-string")
    if unused and data[-1] & (1 << unused) - 1:
        raise MalformedError("der-bit-string")
    return unused, data


def parse_oid(content: bytes) -> str:
    """Return the dotted decimal of an OBJECT IDENTIFIER's content.

    Raises:
        MalformedError: ``der-oid``: empty, cut short, or an arc with leading zeroes.
    """
    more_bit = 0x80
    if not content or content[-1] & more_bit or len(content) > _MAX_OID_BYTES:
        raise MalformedError("der-oid")
    arcs: list[int] = []
    arc = 0
    fresh = True
    for byte in content:
        if fresh and byte == more_bit:
            raise MalformedError("der-oid")
        arc = arc << 7 | byte & 0x7F
        fresh = not byte & more_bit
        if fresh:
            arcs.append(arc)
            arc = 0
    top = min(arcs[0] // 40, 2)
    return ".".join(map(str, (top, arcs[0] - 40 * top, *arcs[1:])))
