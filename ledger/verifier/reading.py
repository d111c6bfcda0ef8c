"""Reading the package and the trust file from disk: the verifier's only input."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ledger.errors import RefusedError
from ledger.proof.report import Report
from ledger.proof.trust import MAX_BYTES, Trust, read_trust
from ledger.proof.verify import verify_package


@dataclass(frozen=True)
class FileSource:
    """An open file as random access bytes.

    Attributes:
        name: for messages.
        file: open for reading.
        size: bytes.
    """

    name: str
    file: BinaryIO
    size: int

    def read_at(self, offset: int, count: int) -> bytes:
        """See ``proof.archive.RandomAccess``."""
        try:
            self.file.seek(offset)
            return self.file.read(count)
        except OSError as error:
            raise RefusedError("package-unreadable", file=self.name, why=error.strerror) from error


@contextmanager
def open_source(path: Path) -> Iterator[FileSource]:
    """Open a file for random access.

    Raises:
        RefusedError: it cannot be opened.
    """
    try:
        _check_regular(path)
        file = path.open("rb")
    except OSError as error:
        raise RefusedError("package-unreadable", file=path.name, why=error.strerror) from error
    with file:
        yield FileSource(path.name, file, os.fstat(file.fileno()).st_size)


def _check_regular(path: Path) -> None:
    """Refuse pipes and devices, which could be opened or read for ever."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise RefusedError("package-unreadable", file=path.name, why="not a regular file")


def load_trust(path: Path) -> Trust:
    """Read a trust file.

    Raises:
        RefusedError: it cannot be opened.
        MalformedError: it is not a trust file.
    """
    try:
        _check_regular(path)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RefusedError("package-unreadable", file=path.name, why=error.strerror) from error
    return read_trust(data)


def verify_file(package: Path, trust: Trust) -> Report:
    """Verify a package on disk.

    Raises:
        RefusedError: it cannot be read.
    """
    with open_source(package) as source:
        return verify_package(source, trust)
