"""Restoring: into an empty home and empty databases only, after the whole backup was checked.

* Everything is hashed and compared with the manifest before the first byte is written, and the objects again
  while they are copied.
* The database comes last, so that a restore that was interrupted is no node yet; it may be repeated.
* A home that is prepared with ``keys`` or a settings file of its own counts as empty; that file stays.
* The blacklist's budgets of the present month count as spent, for every caller.
* Intake stays closed until the restored node was compared with the chain.
* An old backup of the key store holds keys that were destroyed since. Those of erasures that the restored
  ledger knows are destroyed again at once.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select, union

from blacklist.domain.budgets import period_of
from blacklist.store import evaluations
from blacklist.store.tables import evaluation_budget
from ledger.errors import ConfigurationError, IntegrityError, RefusedError, UnavailableError
from ledger.evidence.instants import format_instant
from ledger.keys.files import replace_private
from ledger.keys.key_store import wrapped_key
from ledger.ports.vault import Vault
from ledger.services.fencing import CLOSED
from ledger.store import leases
from ledger.store.leases import LeaseRow
from ledger.store.tables import erasure, pending_erasure, statement
from node.adapters import SystemClock, vault_of
from node.backup import manifest as manifests
from node.backup import objects
from node.backup.manifest import BackupManifest, check
from node.backup.snapshots import is_empty, load
from node.backup.taking import key_backups
from node.database import Database, is_sqlite
from node.key_places import KEYS
from node.settings import FILE_NAME, RESTORING, Settings, load_settings

_PREPARED: Final = frozenset({KEYS, FILE_NAME, RESTORING})
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored.

    Attributes:
        ledger: manifest of the ledger's backup; ``None`` when only keys were restored.
        keys: manifest of the key store's backup; ``None`` when only the ledger was restored.
        destroyed: keys that were destroyed again, because their record is erased.
        without_key: records whose key the restored key store does not have.
    """

    ledger: BackupManifest | None
    keys: BackupManifest | None
    destroyed: int
    without_key: int

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        ledger, keys = self.ledger, self.keys
        return {
            "ledger_taken_at": ledger.taken_at if ledger else None,
            "log_size": ledger.log_size if ledger else None,
            "generation": ledger.generation if ledger else None,
            "objects": ledger.object_count if ledger else None,
            "missing": list(ledger.missing) if ledger else [],
            "keys_taken_at": keys.taken_at if keys else None,
            "keys_destroyed_again": self.destroyed,
            "records_without_key": self.without_key,
        }


def restore(
    home: Path,
    folder: Path | None,
    keys_folder: Path | None,
    progress: Progress = lambda _done: None,
) -> Restored:
    """Restore a backup of the ledger, of the key store, or of both.

    Args:
        home: of the new node.
        folder: of the ledger's backup.
        keys_folder: one backup of the key store, or the folder of several: the newest then.
        progress: is told how many objects are checked, then how many are copied.

    Raises:
        RefusedError: home or database are not empty, or there is no backup.
        IntegrityError: the backup is damaged; nothing was written.
        ConfigurationError: the settings do not fit, or PostgreSQL's programs are not installed.
        UnavailableError: database, vault or disk do not answer.
    """
    key_place = None if keys_folder is None else _newest(keys_folder)
    keys = None if key_place is None else _checked_keys(key_place)
    ledger = None if folder is None else _checked_ledger(folder, progress)
    if folder is not None and ledger is not None:
        _prepare(home, folder, ledger)
    settings = load_settings(home)
    for each in (ledger, keys):
        _check_target(settings, each)
    if folder is not None and ledger is not None:
        _copy_objects(folder, ledger, vault_of(settings), progress)
        _fill(settings.ledger_url, folder / ledger.dump.path)
        _spend_budgets(settings)
        (home / RESTORING).unlink()
    if key_place is not None and keys is not None:
        _fill(settings.keys_url, key_place / keys.dump.path)
    destroyed, without_key = _settle(settings)
    return Restored(ledger, keys, destroyed, without_key)


def _newest(folder: Path) -> Path:
    if (folder / manifests.NAME).exists():
        return folder
    found = key_backups(folder)
    if not found:
        raise RefusedError("backup-absent", folder=folder)
    return found[-1][1]


def _checked_keys(folder: Path) -> BackupManifest:
    keys = manifests.read(folder, "keys")
    check(folder, keys.dump)
    return keys


def _checked_ledger(folder: Path, progress: Progress) -> BackupManifest:
    ledger = manifests.read(folder, "ledger")
    for file in ledger.files:
        check(folder, file)
    count = 0
    for count, (object_id, digest) in enumerate(_objects(folder, ledger), 1):
        for _ in _compared(folder, object_id, digest):
            pass
        progress(count)
    if count != ledger.object_count:
        raise IntegrityError("backup-damaged", file=manifests.NAME)
    return ledger


def _objects(folder: Path, ledger: BackupManifest) -> Iterator[tuple[bytes, str]]:
    return iter(()) if ledger.objects is None else objects.listed(folder / ledger.objects.path)


def _compared(folder: Path, object_id: bytes, digest: str) -> Iterator[bytes]:
    """Yield an object of the backup; it is compared at its end, before anybody keeps it."""
    place, found = objects.path(folder, object_id), hashlib.sha256()
    try:
        for block in manifests.blocks(place):
            found.update(block)
            yield block
    except OSError as error:
        raise _damaged(folder, place) from error
    if found.hexdigest() != digest:
        raise _damaged(folder, place)


def _damaged(folder: Path, place: Path) -> IntegrityError:
    return IntegrityError("backup-damaged", file=place.relative_to(folder).as_posix())


def _prepare(home: Path, folder: Path, ledger: BackupManifest) -> None:
    """Make the home, or see that it is empty; the settings are written unless there are some."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark = home / RESTORING
    is_begun = mark.exists() and mark.read_text("ascii") == ledger.dump.sha256
    others = sorted(each.name for each in home.iterdir() if each.name not in _PREPARED)
    if others and not is_begun:
        raise RefusedError("restore-not-empty", place=home / others[0])
    replace_private(mark, ledger.dump.sha256.encode("ascii"))
    if ledger.settings is not None and not (home / FILE_NAME).exists():
        replace_private(home / FILE_NAME, (folder / ledger.settings.path).read_bytes())


def _check_target(settings: Settings, backup: BackupManifest | None) -> None:
    """Check that the settings name an empty database of the same kind, of the same institution."""
    if backup is None:
        return
    if backup.member != settings.member:
        raise RefusedError("backup-of-another-node")
    url = settings.ledger_url if backup.kind == "ledger" else settings.keys_url
    database = Database(url)
    try:
        if is_sqlite(database) != (backup.database == "sqlite"):
            raise ConfigurationError("restore-other-database", kind=backup.database)
        if not is_empty(database):
            raise RefusedError("restore-not-empty", place=database.engine.url.database)
    finally:
        database.dispose()


def _fill(url: str, dump: Path) -> None:
    database = Database(url)
    try:
        load(database, dump)
    finally:
        database.dispose()


def _copy_objects(folder: Path, ledger: BackupManifest, vault: Vault, progress: Progress) -> None:
    for count, (object_id, digest) in enumerate(_objects(folder, ledger), 1):
        try:
            vault.write_sealed(object_id, _compared(folder, object_id, digest))
        except UnavailableError as error:
            raise UnavailableError("restore-vault", why=error.params.get("detail")) from error
        progress(count)


def _spend_budgets(settings: Settings) -> None:
    """Let the blacklist's budgets of this month count as spent: who asked since the backup is not in it."""
    ledger = Database(settings.ledger_url)
    try:
        with ledger.write() as connection:
            if objects.has_table(connection, evaluation_budget):
                evaluations.spend_all(connection, period_of(SystemClock().now()))
    finally:
        ledger.dispose()


def _settle(settings: Settings) -> tuple[int, int]:
    """Destroy again the keys of erased records; return how many, and how many records lack theirs."""
    ledger, keys = Database(settings.ledger_url), Database(settings.keys_url)
    try:
        if is_empty(ledger) or is_empty(keys):
            return 0, 0
        with ledger.read() as connection:
            if not objects.has_table(connection, pending_erasure):
                return 0, 0  # of a program before this one: opening the node migrates it
            erased = _erased_keys(connection)
            used = set(connection.scalars(_USED)) - erased
        with ledger.write() as connection:
            # How far the log went on since the backup only the chain knows.
            now = format_instant(SystemClock().now())
            leases.write(connection, CLOSED, LeaseRow("restore", nonce=0, checked_at=now))
        destroyed = 0
        with keys.write() as connection:
            held = {bytes(each) for each in connection.scalars(select(wrapped_key.c.key_id))}
            for key_id in erased & held:
                connection.execute(wrapped_key.delete().where(wrapped_key.c.key_id == key_id))
                destroyed += 1
        return destroyed, len(used - held)
    finally:
        ledger.dispose()
        keys.dispose()


_USED: Final = select(statement.c.key_id).where(statement.c.key_id.is_not(None))


def _erased_keys(connection: Connection) -> set[bytes]:
    done = select(erasure.c.seq)
    begun = select(pending_erasure.c.seq).where(pending_erasure.c.begun_at.is_not(None))
    query = _USED.where(statement.c.seq.in_(union(done, begun)))
    return {bytes(each) for each in connection.scalars(query)}
