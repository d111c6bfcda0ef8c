"""Checks of what survives: commits that are on disk when they are answered, and backups that are fresh."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from ledger.errors import RefusedError
from ledger.evidence.instants import format_instant
from node.backup import manifest
from node.backup.taking import key_backups
from node.database import Database, is_sqlite
from node.doctor.diagnosis import Diagnosis
from node.settings import Settings
from node.wiring import Node

SQLITE_FULL: Final = 2
"""``PRAGMA synchronous``: FULL; 3 is EXTRA."""
_POSTGRES: Final = {"synchronous_commit": "off", "fsync": "off", "full_page_writes": "off"}
"""Settings of the server, and the value with which an acknowledged commit can be lost."""


def commits(node: Node) -> Iterator[Diagnosis]:
    """What the databases acknowledge survives a power cut."""
    for database in (node.database, node.key_database):
        for name in _lost_by(database):
            yield Diagnosis("doctor-commits", "failed", "doctor-not-durable", {"setting": name})


def _lost_by(database: Database) -> Iterator[str]:
    with database.read() as connection:
        if is_sqlite(database):
            if int(_show(connection, "PRAGMA synchronous")) < SQLITE_FULL:
                yield "synchronous"
            return
        for name, lost in _POSTGRES.items():
            if _show(connection, f"SHOW {name}") == lost:
                yield f"{name} = {lost}"


def _show(connection: Connection, statement: str) -> str:
    return str(connection.scalar(text(statement)))


def backups(settings: Settings) -> Iterator[Diagnosis]:
    """The backups in the folders of the settings are fresh, and those of the key store not too old."""
    now = datetime.now(tz=UTC)
    fresh = format_instant(now - timedelta(hours=settings.backup_hours))
    if settings.backup_folder is not None:
        folder = settings.home / settings.backup_folder
        yield from _too_old(folder, manifest.read(folder, "ledger").taken_at, fresh)
    if settings.key_backup_folder is not None:
        folder = settings.home / settings.key_backup_folder
        found = key_backups(folder)
        if not found:
            raise RefusedError("backup-absent", folder=folder)
        yield from _too_old(folder, found[-1][0], fresh)
        oldest = found[0][0]
        if oldest < format_instant(now - timedelta(days=settings.key_backup_days)):
            params = {"folder": folder, "at": oldest, "days": settings.key_backup_days}
            yield Diagnosis("doctor-backups", "failed", "doctor-key-backup-expired", params)


def _too_old(folder: Path, at: str, fresh: str) -> Iterator[Diagnosis]:
    if at < fresh:
        params = {"folder": folder, "at": at}
        yield Diagnosis("doctor-backups", "warning", "doctor-backup-old", params)
