"""The manifest of a backup: what it holds, each file with its SHA-256, and the log that it is of.

``manifest.json`` is canonical JSON and names its own digest, so that damage to itself is noticed too. The
encrypted objects, which may be millions, stand in a list of their own, in the format of ``sha256sum``; the
manifest names the list. A manifest appears last and whole: without it there is no backup.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

from ledger.errors import IntegrityError, LedgerError, RefusedError
from ledger.primitives import canonical

NAME: Final = "manifest.json"
FORMAT: Final = "lianzheng-backup/1"
MAX_BYTES: Final = 16 * 1024 * 1024
"""A manifest names a handful of files, and each object that was missing."""
_BLOCK: Final = 1024 * 1024
BackupKind: TypeAlias = Literal["ledger", "keys"]


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A file of a backup.

    Attributes:
        path: relative to the folder, with ``/``.
        sha256: hexadecimal.
        size: bytes.
    """

    path: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """What a backup holds.

    Attributes:
        kind: ``ledger`` (database, contents, settings) or ``keys`` (the key store).
        taken_at: instant of the snapshot.
        database: ``sqlite`` or ``postgresql``.
        member: id of the institution, hex.
        dump: the database.
        settings: ``lianzheng.toml``; only in a backup of the ledger.
        objects: list of the encrypted objects; only in a backup of the ledger.
        object_count: lines of that list.
        missing: objects that the database names and the vault did not have, hex.
        origin: of the log; empty before the log began.
        generation: of the log.
        log_size: leaves.
        checkpoint: the newest, as a signed note; empty before the first.
    """

    kind: BackupKind
    taken_at: str
    database: str
    member: str
    dump: BackupFile
    settings: BackupFile | None = None
    objects: BackupFile | None = None
    object_count: int = 0
    missing: tuple[str, ...] = ()
    origin: str = ""
    generation: int = 0
    log_size: int = 0
    checkpoint: str = ""
    format: str = field(default=FORMAT)

    @property
    def files(self) -> tuple[BackupFile, ...]:
        """All files but the encrypted objects."""
        return tuple(each for each in (self.dump, self.settings, self.objects) if each)


def write(folder: Path, manifest: BackupManifest) -> None:
    """Write the manifest; durable on return."""
    body = asdict(manifest) | {"missing": list(manifest.missing)}
    body["sha256"] = hashlib.sha256(canonical.encode(body)).hexdigest()
    part = folder / (NAME + ".part")
    part.write_bytes(canonical.encode(body) + b"\n")
    sync(part)
    part.replace(folder / NAME)
    sync(folder)


def read(folder: Path, kind: BackupKind) -> BackupManifest:
    """Read the manifest of a backup.

    Raises:
        RefusedError: there is no backup, or one of the other kind.
        IntegrityError: the manifest is damaged.
    """
    file = folder / NAME
    if not file.is_file():
        raise RefusedError("backup-absent", folder=folder)
    try:
        body = canonical.decode(file.read_bytes().removesuffix(b"\n"), max_bytes=MAX_BYTES)
        assert isinstance(body, dict)  # noqa: S101 - what is no object is damaged, as below
        said = body.pop("sha256")
        assert said == hashlib.sha256(canonical.encode(body)).hexdigest()  # noqa: S101 - as above
        assert body["format"] == FORMAT  # noqa: S101 - as above
        found = _manifest(body)
    except (LedgerError, ValueError, TypeError, KeyError, AssertionError) as error:
        raise IntegrityError("backup-damaged", file=NAME) from error
    if any(Path(each.path).name != each.path for each in found.files):
        # Whoever writes a manifest could otherwise have any file of this machine copied into the home.
        raise IntegrityError("backup-damaged", file=NAME)
    if found.kind != kind:
        raise RefusedError("backup-of-the-other-kind", folder=folder)
    return found


def _manifest(body: dict[str, canonical.JsonValue]) -> BackupManifest:
    values: dict[str, object] = dict(body)
    for name in ("dump", "settings", "objects"):
        file = body[name]
        values[name] = BackupFile(**file) if isinstance(file, dict) else None  # type: ignore[arg-type]  # checked by the digest
    missing = body["missing"]
    values["missing"] = tuple(missing) if isinstance(missing, list) else ()
    return BackupManifest(**values)  # type: ignore[arg-type]  # the digest says that we wrote it


def describe(folder: Path, path: str) -> BackupFile:
    """Return a file of the backup in ``folder`` with its digest."""
    digest, size = hashlib.sha256(), 0
    for block in blocks(folder / path):
        digest.update(block)
        size += len(block)
    return BackupFile(path, digest.hexdigest(), size)


def check(folder: Path, file: BackupFile) -> None:
    """Compare a file with the manifest.

    Raises:
        IntegrityError: it is missing, or another one.
    """
    try:
        found = describe(folder, file.path)
    except OSError as error:
        raise IntegrityError("backup-damaged", file=file.path) from error
    if replace(found, size=file.size) != file:
        raise IntegrityError("backup-damaged", file=file.path)


def blocks(path: Path) -> Iterator[bytes]:
    """Yield a file piece by piece."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def sync(path: Path) -> None:
    """Make a file or the names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
