"""A single-leaf proof file (C2SP ``tlog-proof@v1``): index, inclusion path, checkpoint note.

The leaf itself is not inside: whoever checks the proof computes the leaf hash. The ``extra`` line
is not authenticated by anything and is only carried.
"""

from dataclasses import dataclass
from typing import Final

from ledger.errors import LimitError, MalformedError
from ledger.primitives.checkpoint_text import parse_decimal
from ledger.primitives.merkle import HASH_BYTES
from ledger.primitives.note import MAX_NOTE_BYTES, Note, decode_base64, encode_base64

HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_PATH: Final = 63
"""Length of the longest path in a tree of 2^63 - 1 leaves."""
MAX_EXTRA_BYTES: Final = 16 * 1024
"""Nothing in this ledger uses it; it must not become a hiding place for bulk."""
MAX_PROOF_BYTES: Final = MAX_NOTE_BYTES + 32 * 1024
"""The note, 63 hashes of 45 characters, and the extra line in base64."""
MIN_LINES: Final = 2


@dataclass(frozen=True, slots=True)
class TlogProof:
    """An inclusion proof with its checkpoint.

    Attributes:
        index: of the leaf, from 0.
        path: 32-byte hashes, the leaf's sibling first.
        checkpoint: the note whose text is a checkpoint.
        extra: unauthenticated bytes, or ``None``.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: Note
    extra: bytes | None = None

    @classmethod
    def parse(cls, data: bytes) -> "TlogProof":
        """Read a proof file.

        Raises:
            LimitError: longer than ``MAX_PROOF_BYTES``, or more than ``MAX_PATH`` hashes.
            MalformedError: not a proof file; one code per way.
        """
        if len(data) > MAX_PROOF_BYTES:
            raise LimitError("tlog-proof-too-long", length=len(data), limit=MAX_PROOF_BYTES)
        head, blank, note = data.partition(b"\n\n")
        if not blank or not head.isascii():
            raise MalformedError("tlog-proof-form")
        lines = head.decode("ascii").split("\n")
        if len(lines) < MIN_LINES or lines[0] != HEADER:
            raise MalformedError("tlog-proof-header")
        extra = None
        if lines[1].startswith("extra "):
            extra = decode_base64(lines.pop(1).removeprefix("extra "))
            if not 0 < len(extra) <= MAX_EXTRA_BYTES:
                raise LimitError("tlog-proof-extra", length=len(extra), limit=MAX_EXTRA_BYTES)
        if len(lines) < MIN_LINES or not lines[1].startswith("index "):
            raise MalformedError("tlog-proof-index")
        if len(lines) - MIN_LINES > MAX_PATH:
            raise LimitError("tlog-proof-path", length=len(lines) - MIN_LINES, limit=MAX_PATH)
        index = parse_decimal(lines[1].removeprefix("index "))
        path = tuple(_parse_hash(line) for line in lines[MIN_LINES:])
        return cls(index, path, Note.parse(note), extra)

    def serialise(self) -> bytes:
        """Return the bytes of the proof file."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {encode_base64(self.extra)}")
        lines.append(f"index {self.index}")
        lines += [encode_base64(each) for each in self.path]
        return "\n".join([*lines, "", ""]).encode("ascii") + self.checkpoint.serialise()


def _parse_hash(line: str) -> bytes:
    value = decode_base64(line)
    if len(value) != HASH_BYTES:
        raise MalformedError("tlog-proof-hash", length=len(value))
    return value
