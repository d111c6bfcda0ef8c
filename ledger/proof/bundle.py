"""An evidence package as it is read: an archive that holds one bag.

The archive's form is checked on opening; everything else is a check of its own. Contents are hashed once,
as they lie, for all checks together.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.errors import LimitError, MalformedError
from ledger.primitives.digest import MAX_PURE_SM3_BYTES, SM3_IN_OPENSSL, Hasher, new_sm3
from ledger.proof.archive import Archive, Entry, RandomAccess, read_archive

MAX_PROOF_FILE: Final = 4 * 1024 * 1024
"""Files that are read whole: the largest is a receipts path of a full block."""


@dataclass(frozen=True, slots=True)
class FileDigests:
    """What one pass over a file found.

    Attributes:
        sha256: 32 bytes.
        sm3: 32 bytes; ``None`` when it was not asked for, or is beyond what pure Python can do.
    """

    sha256: bytes
    sm3: bytes | None


class Bundle:
    """A package whose archive is well-formed.

    Attributes:
        folder: name of the bag's folder.
        files: entries by path relative to the folder.
    """

    def __init__(self, archive: Archive) -> None:
        self.folder: Final = archive.entries[0].name.partition("/")[0]
        self.files: Final = _by_path(archive, self.folder)
        self._archive: Final = archive
        self._digests: dict[str, FileDigests] = {}

    def __contains__(self, path: str) -> bool:
        return path in self.files

    def read(self, path: str) -> bytes:
        """Return a file whole.

        Raises:
            MalformedError: it is missing, or its CRC differs.
            LimitError: larger than a proof file can be.
        """
        entry = self.files.get(path)
        if entry is None:
            raise MalformedError("package-file-missing", path=path)
        if entry.size > MAX_PROOF_FILE:
            raise LimitError("package-file-too-large", path=path, limit=MAX_PROOF_FILE)
        return b"".join(self._archive.chunks(entry))

    def digests(self, path: str, *, with_sm3: bool = False) -> FileDigests:
        """Return the digests of a file, hashed once.

        Raises:
            MalformedError: it is missing, or its CRC differs.
        """
        if path not in self.files:
            raise MalformedError("package-file-missing", path=path)
        known = self._digests.get(path)
        if known is None or (with_sm3 and known.sm3 is None):
            sm3 = self._sm3(path) if with_sm3 else None
            known = _digest(self._archive.chunks(self.files[path]), sm3)
            self._digests[path] = known
        return known

    def _sm3(self, path: str) -> Hasher | None:
        """Return a hasher; ``None`` where a court would wait for minutes."""
        feasible = SM3_IN_OPENSSL or self.files[path].size <= MAX_PURE_SM3_BYTES
        return new_sm3() if feasible else None

    def payload(self) -> list[str]:
        """Return the paths below ``data/``, in order."""
        return [path for path in self.files if path.startswith("data/")]


def open_bundle(source: RandomAccess) -> Bundle:
    """Open a package.

    Raises:
        LimitError: more files than a package can have.
        MalformedError: not an archive in the one form that packages have.
    """
    return Bundle(read_archive(source))


def _by_path(archive: Archive, folder: str) -> Mapping[str, Entry]:
    files: dict[str, Entry] = {}
    for entry in archive.entries:
        top, _, path = entry.name.partition("/")
        if top != folder or not path:
            raise MalformedError("package-folder", name=entry.name)
        files[path] = entry
    return files


def _digest(chunks: Iterator[bytes], sm3: Hasher | None) -> FileDigests:
    sha256 = hashlib.sha256()
    for chunk in chunks:
        sha256.update(chunk)
        if sm3 is not None:
            sm3.update(chunk)
    return FileDigests(sha256.digest(), None if sm3 is None else sm3.digest())
