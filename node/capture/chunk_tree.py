"""The tree over a stream: RFC 6962 over chunks of fixed size, however the stream arrives.

Each chunk is a leaf; the last one may be shorter. Only the hash of the open chunk and the tree's right border
are kept, so that a recording of a day needs a few kilobytes. A tree, not one digest: a single chunk can be
shown with its path while the others stay sealed.
"""

import hashlib
from typing import Final

from ledger.errors import LimitError
from ledger.primitives.frontier import Frontier

MAX_CHUNK_BYTES: Final = 1 << 30
"""A chunk is what can be shown alone; a larger one is a slip of the pen."""
_LEAF: Final = b"\x00"


class ChunkTree:
    """Takes a stream in and knows its root.

    Args:
        chunk_bytes: size of every chunk but the last, in bytes.

    Raises:
        LimitError: not a size that a chunk can have.
    """

    def __init__(self, chunk_bytes: int) -> None:
        if not 1 <= chunk_bytes <= MAX_CHUNK_BYTES:
            raise LimitError("capture-chunk-bytes", size=chunk_bytes, limit=MAX_CHUNK_BYTES)
        self._chunk_bytes: Final = chunk_bytes
        self._frontier = Frontier.empty()
        self._open = hashlib.sha256(_LEAF)
        self._room = chunk_bytes
        self.size = 0

    def add(self, data: bytes) -> None:
        """Take the next bytes of the stream in, of any length."""
        view = memoryview(data)
        while view:
            taken = view[: self._room]
            self._open.update(taken)
            self._room -= len(taken)
            self.size += len(taken)
            if self._room == 0:
                self._close_chunk()
            view = view[len(taken) :]

    def root(self) -> bytes:
        """Return the 32-byte root over everything so far; more may follow."""
        if self._room == self._chunk_bytes:
            return self._frontier.root()
        return self._frontier.append([self._open.digest()])[0].root()

    def _close_chunk(self) -> None:
        self._frontier, _ = self._frontier.append([self._open.digest()])
        self._open = hashlib.sha256(_LEAF)
        self._room = self._chunk_bytes
