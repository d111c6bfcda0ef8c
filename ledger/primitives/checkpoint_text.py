"""The text of a checkpoint (C2SP ``tlog-checkpoint``): origin, size, base64 root, extension lines.

The text is what the log key signs and what witnesses cosign; ``note`` carries it. Extension lines
are read and kept, since they are signed, but this ledger writes none.
"""

from dataclasses import dataclass
from typing import Final

from ledger.errors import LimitError, MalformedError
from ledger.primitives.merkle import EMPTY_ROOT, HASH_BYTES, MAX_SIZE
from ledger.primitives.note import decode_base64, encode_base64

MAX_TEXT_BYTES: Final = 4096
"""Three short lines; the rest is room for another log's extension lines."""
_FIXED_LINES: Final = 3
_MAX_DECIMAL: Final = len(str(MAX_SIZE))


@dataclass(frozen=True, slots=True)
class CheckpointBody:
    """What a checkpoint says.

    Attributes:
        origin: names the log (and its generation); not empty, without newline.
        size: number of leaves.
        root: 32 bytes.
        extensions: further lines, each not empty.

    Raises:
        MalformedError: the values could not be written as a checkpoint.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.origin or "\n" in self.origin:
            raise MalformedError("checkpoint-origin")
        if not 0 <= self.size <= MAX_SIZE:
            raise MalformedError("checkpoint-size", size=self.size)
        if len(self.root) != HASH_BYTES or (self.size == 0 and self.root != EMPTY_ROOT):
            raise MalformedError("checkpoint-root")
        if any(not line or "\n" in line for line in self.extensions):
            raise MalformedError("checkpoint-extension")

    @classmethod
    def parse(cls, text: str) -> "CheckpointBody":
        """Read a checkpoint's text.

        Raises:
            LimitError: longer than ``MAX_TEXT_BYTES``.
            MalformedError: fewer than three lines, or a line not in its form.
        """
        if len(text) > MAX_TEXT_BYTES:
            raise LimitError("checkpoint-too-long", length=len(text), limit=MAX_TEXT_BYTES)
        lines = text.split("\n")
        if lines.pop() or len(lines) < _FIXED_LINES:
            raise MalformedError("checkpoint-lines", count=len(lines))
        origin, size, root, *extensions = lines
        return cls(origin, parse_decimal(size), decode_base64(root), tuple(extensions))

    def text(self) -> str:
        """Return the signed text, ending in a newline."""
        lines = (self.origin, str(self.size), encode_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def parse_decimal(text: str) -> int:
    """Read an ASCII decimal without leading zeroes, at most ``MAX_SIZE``.

    Raises:
        MalformedError: ``checkpoint-decimal``.
    """
    digits = text.isascii() and text.isdigit() and len(text) <= _MAX_DECIMAL
    if not digits or (text[0] == "0" and text != "0") or int(text) > MAX_SIZE:
        raise MalformedError("checkpoint-decimal", text=ascii(text[:24]))
    return int(text)
