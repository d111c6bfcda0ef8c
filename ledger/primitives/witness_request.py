"""The body of a request to cosign (C2SP ``tlog-witness``, add-checkpoint).

``old <size>``, the consistency proof's hashes in base64 one a line, a blank line, and the signed checkpoint.
"""

from dataclasses import dataclass
from typing import Final

from ledger.errors import LimitError, MalformedError
from ledger.primitives.checkpoint_text import parse_decimal
from ledger.primitives.merkle import HASH_BYTES
from ledger.primitives.note import MAX_NOTE_BYTES, Note, decode_base64, encode_base64

MAX_HASHES: Final = 63
"""C2SP: a proof has at most 63 lines."""
MAX_BYTES: Final = MAX_NOTE_BYTES + 8 * 1024
_OLD: Final = "old "


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request to cosign.

    Attributes:
        old_size: what the log believes that the witness saw last; 0 for nothing.
        path: consistency proof from there, 32 bytes each; empty from 0.
        checkpoint: signed by the log.
    """

    old_size: int
    path: tuple[bytes, ...]
    checkpoint: Note

    def to_bytes(self) -> bytes:
        """Return the body."""
        lines = [f"{_OLD}{self.old_size}", *map(encode_base64, self.path), ""]
        return "".join(f"{each}\n" for each in lines).encode() + self.checkpoint.serialise()

    @classmethod
    def from_bytes(cls, data: bytes) -> "AddCheckpoint":
        """Read a body that came from outside.

        Raises:
            LimitError: too long, or too many hashes.
            MalformedError: not of the form.
        """
        if len(data) > MAX_BYTES:
            raise LimitError("witness-request-too-long", length=len(data), limit=MAX_BYTES)
        head, blank, note = data.partition(b"\n\n")
        if not blank or not head.isascii():
            raise MalformedError("witness-request-form")
        first, *lines = head.decode("ascii").split("\n")
        if len(lines) > MAX_HASHES:
            raise LimitError("witness-request-hashes", count=len(lines), limit=MAX_HASHES)
        path = tuple(decode_base64(line) for line in lines)
        if not first.startswith(_OLD) or any(len(each) != HASH_BYTES for each in path):
            raise MalformedError("witness-request-form")
        return cls(parse_decimal(first.removeprefix(_OLD)), path, Note.parse(note))
