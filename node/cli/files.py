"""Files that a command is given: regular ones of bounded size; pipes and devices could be read for ever."""

import stat
from pathlib import Path

from ledger.errors import RefusedError


def read_bounded(file: Path, limit: int, *, code: str = "package-unreadable") -> bytes:
    """Return at most ``limit`` bytes and one more, so that whoever reads them notices a longer file.

    Raises:
        RefusedError: it cannot be read; ``code`` says so.
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise RefusedError(code, file=file.name, why="not a regular file")
        with file.open("rb") as opened:
            return opened.read(limit + 1)
    except OSError as error:
        raise RefusedError(code, file=file.name, why=error.strerror) from error
