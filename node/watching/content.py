"""A file of a watched folder, opened once: hashed, read again for sealing, and still the same at the end.

It is never reached through a link: whoever can write into the folder must not choose among the node's files.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from ledger.errors import RefusedError
from node.items import MAX_JSON_BYTES, file_name
from node.watching.settling import State

_BLOCK: Final = 1 << 20


class WatchedContent:
    """A content with its digest; a source for intake.

    Args:
        path: of it.
        file: opened, at its beginning.

    Raises:
        RefusedError: it cannot be read, or changes meanwhile.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.name: Final = file_name(path)
        self._path: Final = path
        self._file: Final = file
        self._state: Final = _state(os.fstat(file.fileno()))
        self.size: Final = self._state[0]
        self.sha256: Final = self._hash()
        self._read_again = hashlib.sha256()

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes.

        Raises:
            RefusedError: unreadable, or not what was hashed.
        """
        data = self._read(size)
        self._read_again.update(data)
        if not data and self._read_again.digest() != self.sha256:
            raise self.changed()
        return data

    def check_in_place(self) -> None:
        """Check that the path still leads to what was sealed, unchanged.

        Raises:
            RefusedError: it does not.
        """
        if state_of(self._path) != self._state:
            raise self.changed()

    def changed(self) -> RefusedError:
        """Return the refusal of a file that changes."""
        return RefusedError("content-changed-while-read", file=self.name)

    def _hash(self) -> bytes:
        whole = hashlib.sha256()
        while data := self._read(_BLOCK):
            whole.update(data)
        if _state(os.fstat(self._file.fileno())) != self._state:
            raise self.changed()
        self._file.seek(0)
        return whole.digest()

    def _read(self, size: int) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            raise _unreadable(self._path, error) from error


@contextmanager
def open_content(path: Path) -> Iterator[WatchedContent]:
    """Open and hash a file, and close it at the end.

    Raises:
        RefusedError: a link, no regular file, unreadable, or changing.
    """
    with _open(path) as file:
        yield WatchedContent(path, file)


def read_small(path: Path) -> bytes:
    """Return the bytes of a description.

    Raises:
        RefusedError: as ``open_content``.
    """
    with _open(path) as file:
        try:
            return file.read(MAX_JSON_BYTES + 1)
        except OSError as error:
            raise _unreadable(path, error) from error


def state_of(path: Path) -> State | None:
    """Return the state of what lies there; ``None`` when nothing does."""
    try:
        return _state(path.lstat())
    except OSError:
        return None


def _open(path: Path) -> BinaryIO:
    try:
        # Not blocking: opening a pipe that nobody writes to would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(path, error) from error
    file = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.close()
        raise RefusedError("watch-link", file=file_name(path))
    return file


def _state(found: os.stat_result) -> State:
    return found.st_size, found.st_mtime_ns, found.st_ino


def _unreadable(path: Path, error: OSError) -> RefusedError:
    return RefusedError("content-unreadable", file=file_name(path), why=error.strerror)
