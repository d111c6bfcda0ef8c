"""One look at a watched folder: every folder with its files, without following links."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ledger.errors import ConfigurationError
from node.watching import names
from node.watching.settling import State

MAX_FOLDERS_DEEP: Final = 16
"""Deeper trees are a mistake, or somebody's trap."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the watched tree.

    Attributes:
        path: of it.
        files: regular files by name.
        refused: names of links and of what is neither file nor folder.
    """

    path: Path
    files: dict[str, State] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def scan(root: Path) -> list[Folder]:
    """Return the watched folder and those in it, but not where sealed files lie.

    Raises:
        ConfigurationError: the watched folder itself cannot be read.
    """
    try:
        with os.scandir(root):
            pass
    except OSError as error:
        raise ConfigurationError("watch-folder", why=error.strerror) from error
    return list(_walk(root, 0))


def _walk(path: Path, deep: int) -> Iterator[Folder]:
    folder = Folder(path)
    below: list[Path] = []
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if not names.is_passed_over(entry.name):
                    _sort_in(folder, entry, below)
    except OSError:
        # Gone meanwhile, or not ours to read: what lies in it waits, and nothing in it can be named.
        return
    yield folder
    for each in sorted(below):
        if deep < MAX_FOLDERS_DEEP and not (deep == 0 and each.name == names.SEALED):
            yield from _walk(each, deep + 1)


def _sort_in(folder: Folder, entry: "os.DirEntry[str]", below: list[Path]) -> None:
    try:
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return
    if stat.S_ISREG(found.st_mode):
        folder.files[entry.name] = (found.st_size, found.st_mtime_ns, found.st_ino)
    elif stat.S_ISDIR(found.st_mode):
        below.append(folder.path / entry.name)
    else:
        folder.refused.append(entry.name)
