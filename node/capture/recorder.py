"""Hashes a recording while it runs, and says how it came into being; ``check_capture`` recomputes it.

What it claims is the device's word until it is sealed: device, clock and its offset. What nobody can claim
afterwards is the block: a recording that names the hash of a block was not finished before that block.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ledger.errors import MalformedError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.primitives.canonical import JsonValue
from node.capture.chunk_tree import ChunkTree

CHUNK_BYTES: Final = 64 * 1024
"""Eight seconds of telephone audio: small enough to show alone, large enough to cost nothing."""
METHOD: Final = "rfc6962-chunks"


@dataclass(frozen=True, slots=True)
class KnownBlock:
    """A block of the chain that was known when the recording began.

    Attributes:
        number: of the block.
        block_hash: 32 bytes.
    """

    number: int
    block_hash: bytes


def now_utc() -> datetime:
    """Return this machine's time."""
    return datetime.now(UTC)


class Recorder:
    """Follows one recording from its first byte to its last.

    Args:
        device: id of what records, as the institution keeps it; no person's name.
        clock_offset_ms: the device's clock minus a reference, as last measured; ``None`` when it was not.
        block: known at the start; ``None`` when no chain was reached.
        chunk_bytes: size of a chunk.
        now: the device's time.

    Raises:
        LimitError: not a size that a chunk can have.
    """

    def __init__(
        self,
        device: str,
        *,
        clock_offset_ms: int | None = None,
        block: KnownBlock | None = None,
        chunk_bytes: int = CHUNK_BYTES,
        now: Callable[[], datetime] = now_utc,
    ) -> None:
        self._tree: Final = ChunkTree(chunk_bytes)
        self._now: Final = now
        self._finished = False
        self._capture: Final[dict[str, JsonValue]] = {
            "start": format_instant(now()),
            "device": device,
            "method": METHOD,
            "chunk_bytes": chunk_bytes,
        }
        if clock_offset_ms is not None:
            self._capture["clock_offset_ms"] = clock_offset_ms
        if block is not None:
            self._capture["block"] = {"number": block.number, "hash": block.block_hash.hex()}

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self._tree.size

    def add(self, data: bytes) -> None:
        """Take in the bytes that were just recorded.

        Raises:
            RefusedError: the recording has ended.
        """
        if self._finished:
            raise RefusedError("capture-finished")
        self._tree.add(data)

    def finish(self) -> dict[str, JsonValue]:
        """End the recording and return the ``capture`` member of its item.

        Raises:
            RefusedError: it has ended already.
        """
        if self._finished:
            raise RefusedError("capture-finished")
        self._finished = True
        return {
            **self._capture,
            "end": format_instant(self._now()),
            "tree_root": self._tree.root().hex(),
        }


def check_capture(chunks: Iterable[bytes], capture: Mapping[str, JsonValue]) -> None:
    """Check that a recording is the one that was hashed while it ran.

    Args:
        chunks: the recording's bytes, in pieces of any length.
        capture: as ``Recorder.finish`` made it.

    Raises:
        MalformedError: made in another way, or the root is another one.
    """
    chunk_bytes = capture.get("chunk_bytes")
    if capture.get("method") != METHOD or type(chunk_bytes) is not int:
        raise MalformedError("capture-method", method=str(capture.get("method"))[:64])
    tree = ChunkTree(chunk_bytes)
    for chunk in chunks:
        tree.add(chunk)
    if tree.root().hex() != capture.get("tree_root"):
        raise MalformedError("capture-root")
