"""Sealing one large file: against raw SM3 and raw fsynced writing, with the memory it takes."""

import hashlib
import io
import os
import time
from pathlib import Path

from measure import Row, peak_memory_mib

from ledger.ports.record_keys import RecordKey
from ledger.vault.local import LocalVault

SIZE = 1 << 30
CHUNK = 1 << 20


class Pattern(io.RawIOBase):
    """A gibibyte that costs nothing to read."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._chunk = os.urandom(CHUNK)

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        count = min(self._left, size if size >= 0 else self._left, CHUNK)
        self._left -= count
        return self._chunk[:count]


def rows(folder: Path) -> list[Row]:
    """Measure sealing 1 GiB."""
    chunk = os.urandom(CHUNK)
    sm3_rate = SIZE / _raw_sm3(chunk)
    write_rate = SIZE / _raw_write(folder, chunk)
    before = peak_memory_mib()
    vault = LocalVault(folder / "vault")
    start = time.perf_counter()
    vault.seal(
        Pattern(SIZE), object_id=os.urandom(16), key=RecordKey(os.urandom(16), os.urandom(32))
    )
    rate = SIZE / (time.perf_counter() - start)
    limit = min(sm3_rate, write_rate)
    what = "raw SM3" if sm3_rate <= write_rate else "raw fsynced write"
    return [
        Row("seal 1 GiB", _mib(rate), f"{_mib(limit)} ({what})", rate / limit, "≥ 0.75"),
        Row("  resident memory", f"{peak_memory_mib():.0f} MiB", f"{before:.0f} MiB before", None, "< 200 MiB"),
    ]  # fmt: skip


def _raw_sm3(chunk: bytes) -> float:
    digest = hashlib.new("sm3")
    start = time.perf_counter()
    for _ in range(SIZE // len(chunk)):
        digest.update(chunk)
    return time.perf_counter() - start


def _raw_write(folder: Path, chunk: bytes) -> float:
    target = folder / "raw"
    start = time.perf_counter()
    with target.open("wb", buffering=0) as file:
        for _ in range(SIZE // len(chunk)):
            file.write(chunk)
        os.fsync(file.fileno())
    elapsed = time.perf_counter() - start
    target.unlink()
    return elapsed


def _mib(rate: float) -> str:
    return f"{rate / 2**20:.0f} MiB/s"
