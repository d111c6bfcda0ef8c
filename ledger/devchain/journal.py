"""The journal: the one file that the embedded chain cannot lose.

* Append-only. One entry a line: sixteen hex digits, a space, JSON. The digits begin the SHA-256 of the line's
  JSON and of all lines before it, so that a line cannot be changed, removed or moved unnoticed.
* ``append`` returns when the entries are on the disk; concurrent callers share one fsync.
* A last line without its newline was never acknowledged (the process died while writing) and is cut off. Any
  other bad line is damage: nothing is loaded and nothing is overwritten.
* After a failed write or fsync nobody knows what is on the disk: the journal refuses everything from then on.

What the entries mean for the chain is in ``history``.
"""

import hashlib
import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from ledger.errors import IntegrityError, UnavailableError

VERSION: Final = 1
_CHECK: Final = 16
_SEED: Final = b"lianzheng-devchain/1\n"


@dataclass(frozen=True, slots=True)
class Founded:
    """First entry: what block 0 follows from.

    Attributes:
        chain_id: as in EIP-155.
        time: of block 0, Unix seconds.
        gas_limit: of every block.
        hash: of block 0.
    """

    chain_id: int
    time: int
    gas_limit: int
    hash: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """A raw transaction, on disk before the chain's process sees it."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """A submitted transaction that the chain's process did not take; its sender was told so."""

    transaction: str


@dataclass(frozen=True, slots=True)
class BlockMade:
    """A block, on disk before anybody sees it.

    Attributes:
        number: height.
        time: Unix seconds.
        hash: of the block.
        transactions: their hashes in block order.
        dropped: submitted transactions that can no longer be mined (replaced, or without funds).
    """

    number: int
    time: int
    hash: str
    transactions: tuple[str, ...]
    dropped: tuple[str, ...] = ()


Entry: TypeAlias = Founded | Submitted | Refused | BlockMade


class Journal:
    """The file, open for appending.

    Args:
        path: created when missing; the folder must exist.

    Raises:
        IntegrityError: a line that is not the torn last one is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.entries: Final = _read(path)
        self._chain = hashlib.sha256(_SEED)
        for line in (_json(entry) for entry in self.entries):
            self._chain.update(line)
        new = not path.exists()
        self._file: Final = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        os.ftruncate(self._file, _end_of_last_line(self._file))
        os.fsync(self._file)
        if new:
            sync_folder(path.parent)
        self._turn: Final = threading.Condition()
        self._written = 0
        self._durable = 0
        self._syncing = False
        self._failed = False

    def append(self, entries: Sequence[Entry]) -> None:
        """Write entries in order and return when they are durable.

        Raises:
            UnavailableError: the disk refused, now or earlier.
        """
        if not entries:
            return
        with self._turn:
            self._write(entries)
            mine = self._written
            while self._syncing and self._durable < mine:
                self._turn.wait()
            self._refuse_if_failed()
            if self._durable >= mine:
                return
            self._syncing = True
            upto = self._written
        self._sync(upto)

    def close(self) -> None:
        """Close the file; everything that was appended is durable already."""
        with self._turn:
            while self._syncing:
                self._turn.wait()
            if not self._failed:
                self._failed = True
                os.close(self._file)

    def _write(self, entries: Sequence[Entry]) -> None:
        self._refuse_if_failed()
        lines = []
        for text in (_json(entry) for entry in entries):
            self._chain.update(text)
            lines.append(self._chain.hexdigest()[:_CHECK].encode() + b" " + text)
        data = b"".join(lines)
        try:
            complete = os.write(self._file, data) == len(data)
        except OSError as error:
            self._failed = True
            raise UnavailableError("devchain-journal", detail=error.strerror) from error
        if not complete:
            self._failed = True
            raise UnavailableError("devchain-journal", detail="short write")
        self._written += len(lines)

    def _sync(self, upto: int) -> None:
        failure: OSError | None = None
        try:
            os.fsync(self._file)
        except OSError as error:
            failure = error
        with self._turn:
            self._syncing = False
            self._turn.notify_all()
            if failure is not None:
                self._failed = True
                raise UnavailableError("devchain-journal", detail=failure.strerror) from failure
            self._durable = upto

    def _refuse_if_failed(self) -> None:
        if self._failed:
            raise UnavailableError("devchain-journal", detail="closed")


def sync_folder(folder: Path) -> None:
    """Make names that were created or moved in ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> tuple[Entry, ...]:
    if not path.exists():
        return ()
    chain = hashlib.sha256(_SEED)
    entries = []
    whole = path.read_bytes()
    for at, line in enumerate(whole[: whole.rfind(b"\n") + 1].splitlines(keepends=True), 1):
        check, _, text = line.partition(b" ")
        chain.update(text)
        if check != chain.hexdigest()[:_CHECK].encode():
            raise IntegrityError("devchain-journal-damaged", path=path, line=at)
        try:
            entries.append(_entry(json.loads(text)))
        except (KeyError, TypeError, ValueError) as error:
            raise IntegrityError("devchain-journal-damaged", path=path, line=at) from error
    return tuple(entries)


def _end_of_last_line(file: int) -> int:
    """Return the offset after the last newline."""
    size = os.fstat(file).st_size
    block = 1 << 16
    for start in range(size - size % block, -1, -block):
        at = os.pread(file, block, start).rfind(b"\n")
        if at >= 0:
            return start + at + 1
    return 0


def _json(entry: Entry) -> bytes:
    """Return the line's text; the same entry gives the same bytes always."""
    value: dict[str, Any]
    match entry:
        case Founded():
            value = {
                "founded": VERSION,
                "chain_id": entry.chain_id,
                "time": entry.time,
                "gas_limit": entry.gas_limit,
                "hash": entry.hash,
            }
        case Submitted():
            value = {"raw": entry.raw.hex()}
        case Refused():
            value = {"refused": entry.transaction}
        case BlockMade():
            value = {"block": entry.number, "time": entry.time, "hash": entry.hash}
            value["transactions"] = entry.transactions
            if entry.dropped:
                value["dropped"] = entry.dropped
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def _entry(value: dict[str, Any]) -> Entry:
    if "raw" in value:
        return Submitted(bytes.fromhex(value["raw"]))
    if "block" in value:
        return BlockMade(
            value["block"],
            value["time"],
            value["hash"],
            tuple(value["transactions"]),
            tuple(value.get("dropped", ())),
        )
    if "refused" in value:
        return Refused(value["refused"])
    if value["founded"] != VERSION:
        raise ValueError(value["founded"])
    return Founded(value["chain_id"], value["time"], value["gas_limit"], value["hash"])
