"""Dumps of the chain's state, which make a restart shorter and are never needed for it.

A dump holds blocks, receipts, logs and the state at its head, but not the states before. So a restart takes
the newest dump that is at least ``STATES_KEPT`` blocks old and replays the journal from there: old states
answer as before. The name holds the height and the beginning of the content's SHA-256; a dump that does not
fit its name is passed over.
"""

import gzip
import hashlib
import os
from pathlib import Path
from typing import Final

from ledger.devchain.journal import sync_folder
from ledger.devchain.process import STATES_KEPT

KEPT: Final = 2
"""The newest may be too young to start from, and the one before is then used."""
INTERVAL: Final = 512
"""Blocks between dumps: replaying as many takes about a second."""
LEAVING: Final = 64
"""Fewer blocks are not worth a dump on a clean stop."""
_CHECK: Final = 16


def is_due(height: int, newest: int) -> bool:
    """Say whether it is time for a dump; the pauses grow, since each dump holds the whole chain."""
    return height - newest >= max(INTERVAL, height // 4)


def newest_height(folder: Path) -> int:
    """Return the height of the newest dump, 0 when there is none."""
    return max((height for height, _ in _dumps(folder)), default=0)


def usable(folder: Path, height: int) -> list[tuple[int, Path]]:
    """Return the dumps a chain of this height may start from, newest first, with their heights."""
    return [
        (at, path) for at, path in _dumps(folder) if at + STATES_KEPT <= height and _sound(path)
    ]


def write(folder: Path, height: int, answer: str) -> None:
    """Keep what ``anvil_dumpState`` answered (gzip in hex), durable before it has its name.

    Raises:
        OSError: the disk refused; the dumps before are untouched.
    """
    content = gzip.decompress(bytes.fromhex(answer.removeprefix("0x")))
    check = hashlib.sha256(content).hexdigest()[:_CHECK]
    part = folder / "dump.part"
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / f"dump-{height:010}-{check}.json")
    sync_folder(folder)
    for _, old in _dumps(folder)[KEPT:]:
        old.unlink()


def _dumps(folder: Path) -> list[tuple[int, Path]]:
    found = sorted(folder.glob("dump-*-*.json"), reverse=True)
    return [(int(path.name.split("-")[1]), path) for path in found]


def _sound(path: Path) -> bool:
    check = path.stem.rsplit("-", 1)[1]
    return hashlib.sha256(path.read_bytes()).hexdigest()[:_CHECK] == check
