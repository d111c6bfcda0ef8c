"""Taking backups while the node runs.

* **Ledger**: the database's snapshot first, then the objects that it names; they are durable before their
  rows, so that every object of the snapshot is there unless it was erased meanwhile. The manifest last.
* **Key store**: a folder for each backup, because they are removed one by one when they are too old.
* The key files and the master key are in neither.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from ledger.errors import LedgerError, RefusedError
from ledger.evidence.instants import format_instant, parse_instant
from ledger.store import logs
from node.adapters import vault_of
from node.backup import manifest as manifests
from node.backup import objects
from node.backup.manifest import BackupManifest, describe
from node.backup.objects import Copied
from node.backup.snapshots import snapshot
from node.database import Database, is_sqlite
from node.key_places import prepare_key_store
from node.running import exclusive
from node.settings import FILE_NAME, Settings

LOCK: Final = "backup.lock"
_BUSY: Final = "backup-running"


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was taken.

    Attributes:
        folder: where it lies.
        manifest: as written.
        copied: objects that were not there before.
        bytes_copied: of those.
        removed: older backups of the key store that were deleted.
    """

    folder: Path
    manifest: BackupManifest
    copied: int = 0
    bytes_copied: int = 0
    removed: int = 0

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return {
            "kind": self.manifest.kind,
            "folder": str(self.folder),
            "taken_at": self.manifest.taken_at,
            "generation": self.manifest.generation,
            "log_size": self.manifest.log_size,
            "objects": self.manifest.object_count,
            "copied": self.copied,
            "bytes_copied": self.bytes_copied,
            "missing": list(self.manifest.missing),
            "removed": self.removed,
        }


def back_up_ledger(
    settings: Settings, folder: Path, progress: Callable[[int], None] = lambda _done: None
) -> Taken:
    """Bring the backup of ledger, contents and settings in ``folder`` up to date.

    Raises:
        RefusedError: another backup is being taken there, or what is there is of another or a longer log.
        UnavailableError: database, vault or disk do not answer.
        ConfigurationError: PostgreSQL's programs are not installed.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = Database(settings.ledger_url)
    try:
        with exclusive(folder, lock=LOCK, code=_BUSY):
            return _take(settings, database, folder, progress)
    finally:
        database.dispose()


def _take(
    settings: Settings, database: Database, folder: Path, progress: Callable[[int], None]
) -> Taken:
    before = _before(folder)
    taken_at, stamp = _now()
    dump, listing = f"ledger-{stamp}.{_suffix(database)}", f"objects-{stamp}.sha256"
    with snapshot(database, folder / dump) as connection:
        said = _of_log(connection, settings, taken_at, _name(database))
        _check_later(said, before)
        known = _known(folder, before)
        with (folder / listing).open("w", encoding="ascii") as lines:
            done = objects.copy(
                vault_of(settings), folder, objects.named(connection), known, lines, progress
            )
    manifests.sync(folder / listing)
    kept = f"settings-{stamp}.toml"
    shutil.copyfile(settings.home / FILE_NAME, folder / kept)
    (folder / kept).chmod(0o600)
    manifests.sync(folder / kept)
    whole = replace(
        said,
        dump=describe(folder, dump),
        settings=describe(folder, kept),
        objects=describe(folder, listing),
        object_count=done.total,
        missing=_missing(database, done),
    )
    manifests.write(folder, whole)
    _clear(folder, whole)
    return Taken(folder, whole, done.copied, done.bytes_copied)


def _before(folder: Path) -> BackupManifest | None:
    return manifests.read(folder, "ledger") if (folder / manifests.NAME).exists() else None


def _known(folder: Path, before: BackupManifest | None) -> Iterator[tuple[bytes, str]]:
    if before is None or before.objects is None:
        return iter(())
    return objects.listed(folder / before.objects.path)


def _of_log(
    connection: Connection, settings: Settings, taken_at: str, database: str
) -> BackupManifest:
    nothing = manifests.BackupFile("", "", 0)
    found = BackupManifest("ledger", taken_at, database, settings.member, nothing)
    log = logs.current(connection)
    if log is None:
        return found
    generation = log.identity.generation
    newest = logs.latest_checkpoint(connection, generation)
    return replace(
        found,
        origin=log.identity.origin,
        generation=generation,
        log_size=log.size,
        checkpoint="" if newest is None else newest.note,
    )


def _check_later(said: BackupManifest, before: BackupManifest | None) -> None:
    """Refuse to replace a backup by an older state, which would be the last copy of what was lost."""
    if before is None:
        return
    if said.member != before.member:
        raise RefusedError("backup-of-another-node")
    if (said.generation, said.log_size) < (before.generation, before.log_size):
        raise RefusedError("backup-not-later", here=said.log_size, there=before.log_size)


def _missing(database: Database, done: Copied) -> tuple[str, ...]:
    """Return the absent objects that were not erased while the backup was taken."""
    with database.read() as connection:
        return tuple(each.hex() for each in done.absent if objects.expects(connection, each))


def _clear(folder: Path, whole: BackupManifest) -> None:
    """Delete what the new manifest does not name: the last snapshot, and contents erased since."""
    named = {each.path for each in whole.files}
    for pattern in ("ledger-*", "objects-*", "settings-*"):
        for found in folder.glob(pattern):
            if found.name not in named:
                found.unlink()
    if whole.objects is not None:
        objects.remove_unlisted(folder, folder / whole.objects.path)


def back_up_keys(settings: Settings, folder: Path, *, prune: bool) -> Taken:
    """Take a backup of the key store into a new folder under ``folder``.

    Args:
        settings: of the node.
        folder: of the key store's backups, apart from those of the ledger.
        prune: afterwards delete the backups that are older than ``key_backup_days``.

    Raises:
        RefusedError: another backup is being taken there, or it holds a backup of the ledger.
        UnavailableError: database or disk do not answer.
        ConfigurationError: PostgreSQL's programs are not installed, or the key store lies beside the master
            key.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / manifests.NAME).exists():
        raise RefusedError("backup-of-the-other-kind", folder=folder)
    if not settings.key_store_url:
        prepare_key_store(settings.home)
    database = Database(settings.keys_url)
    try:
        with exclusive(folder, lock=LOCK, code=_BUSY):
            taken = _take_keys(settings, database, folder)
            days = timedelta(days=settings.key_backup_days)
            return replace(taken, removed=_prune(folder, taken, days) if prune else 0)
    finally:
        database.dispose()


def _take_keys(settings: Settings, database: Database, folder: Path) -> Taken:
    taken_at, stamp = _now()
    place, dump = folder / stamp, f"keystore.{_suffix(database)}"
    place.mkdir(mode=0o700)
    with snapshot(database, place / dump):
        pass
    whole = BackupManifest(
        "keys", taken_at, _name(database), settings.member, describe(place, dump)
    )
    manifests.write(place, whole)
    return Taken(place, whole)


def key_backups(folder: Path) -> list[tuple[str, Path]]:
    """Return instants and folders of the key store's backups in ``folder``, the oldest first."""
    found = []
    for file in folder.glob(f"*/{manifests.NAME}"):
        try:
            found.append((manifests.read(file.parent, "keys").taken_at, file.parent))
        except LedgerError:
            # Damaged: not to be restored; its age stands in its name still.
            continue
    return sorted(found)


def _prune(folder: Path, taken: Taken, age: timedelta) -> int:
    """Delete what is too old; whatever has no manifest too (it holds keys all the same), by its name."""
    latest = format_instant(parse_instant(taken.manifest.taken_at) - age)
    stamp, removed = _stamp(latest), 0
    for place in folder.iterdir():
        is_old = place.is_dir() and place.name < stamp and place.name[:8].isdigit()
        if is_old and place != taken.folder:
            shutil.rmtree(place)
            removed += 1
    return removed


def _now() -> tuple[str, str]:
    at = format_instant(datetime.now(tz=UTC))
    return at, _stamp(at)


def _stamp(instant: str) -> str:
    """Return an instant as part of a file's name: the same order, without colons."""
    return instant.replace("-", "").replace(":", "").replace(".", "-")


def _suffix(database: Database) -> str:
    return "db" if is_sqlite(database) else "dump"


def _name(database: Database) -> str:
    return "sqlite" if is_sqlite(database) else "postgresql"
