"""What ``evidence capture`` does: a stream becomes a file, is hashed on the way, and is sealed.

The description is on disk before sealing begins: whatever happens then, a watched folder or
``evidence seal FILE --details FILE.json`` can do it later.
"""

import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Final, cast

from ledger.errors import RefusedError, UnavailableError
from ledger.primitives.canonical import JsonValue
from node.capture.recorder import KnownBlock, Recorder
from node.wiring import Node

_BLOCK: Final = 64 * 1024


def record_stream(
    node: Node,
    target: Path,
    described: Mapping[str, JsonValue],
    *,
    device: str,
    clock_offset_ms: int | None,
) -> dict[str, JsonValue]:
    """Record standard input into ``target`` and return the item's description with its capture.

    Raises:
        RefusedError: the file exists or cannot be written, or nothing came.
    """
    block = known_block(node)
    recorder = Recorder(device, clock_offset_ms=clock_offset_ms, block=block)
    part = target.with_name(target.name + ".part")
    try:
        # Neither an earlier recording nor what is left of one is written over.
        if target.exists():
            raise FileExistsError(17, os.strerror(17))
        with _until_its_end(), part.open("xb") as file:
            _copy(cast("BufferedReader", sys.stdin.buffer), file, recorder)
        capture = recorder.finish()
        if recorder.size == 0:
            part.unlink()
            raise RefusedError("capture-empty")
        full: dict[str, JsonValue] = {**described, "capture": capture}
        _write(target.with_name(target.name + ".json"), full)
        part.rename(target)
        _sync(target.parent)
    except OSError as error:
        raise RefusedError("capture-file", why=error.strerror) from error
    return full


def known_block(node: Node) -> KnownBlock | None:
    """Return the newest final block that is known; ``None`` when no chain was ever reached."""
    if node.settings.registry is None:
        return None
    try:
        found = node.not_before.current()
    except UnavailableError:
        return None
    return None if found is None else KnownBlock(found.number, found.block_hash)


def _copy(source: BufferedReader, file: BinaryIO, recorder: Recorder) -> None:
    # read1: what came is hashed and written at once, not when a buffer is full.
    while data := source.read1(_BLOCK):
        recorder.add(data)
        file.write(data)
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _until_its_end() -> Iterator[None]:
    """Leave Ctrl-C to what records: it reaches the whole pipeline, and its last bytes are still to come."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _write(path: Path, described: Mapping[str, JsonValue]) -> None:
    with path.open("x", encoding="utf-8") as file:
        json.dump(described, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
