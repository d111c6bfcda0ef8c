"""One process at a time sequences and anchors: a lock on a file in the node's home."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ledger.errors import RefusedError

LOCK_FILE: Final = "running.lock"


@contextmanager
def exclusive(
    home: Path, *, lock: str = LOCK_FILE, code: str = "already-running"
) -> Iterator[None]:
    """Hold a lock; the system releases it when the process ends, however it ends.

    Args:
        home: of the node.
        lock: name of the file.
        code: of the refusal.

    Raises:
        RefusedError: another process holds it.
    """
    descriptor = os.open(home / lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RefusedError(code) from None
        yield
    finally:
        os.close(descriptor)
