"""The doctor on what survives: commits, and the age of backups."""

import os
from pathlib import Path

import pytest
from harness.ledger import Ledger
from sqlalchemy import event

from node.backup.taking import back_up_keys, back_up_ledger
from node.doctor import durability
from node.doctor.diagnosis import examine
from node.settings import Settings
from node.words.catalogue import remedy


def _look(settings: Settings) -> list[tuple[str, str]]:
    found = examine("doctor-backups", durability.backups, settings)
    assert all(remedy(e.code, lang, e.params) for e in found if e.code for lang in ("zh", "en"))
    return [(each.state, each.code) for each in found]


@pytest.fixture
def settings(sqlite_ledger: Ledger, tmp_path: Path) -> Settings:
    sqlite_ledger.seal()
    folders = {"backup_folder": tmp_path / "ledger", "key_backup_folder": tmp_path / "keys"}
    return sqlite_ledger.node.settings.model_copy(update=folders)


def _back_up(settings: Settings) -> None:
    assert settings.backup_folder is not None
    assert settings.key_backup_folder is not None
    back_up_ledger(settings, settings.backup_folder)
    back_up_keys(settings, settings.key_backup_folder, prune=False)


def test_fresh_backups_are_in_order(settings: Settings) -> None:
    _back_up(settings)
    assert _look(settings) == [("ok", "")]


def test_backups_that_nobody_configured_are_nobody_s_business(sqlite_ledger: Ledger) -> None:
    assert _look(sqlite_ledger.node.settings) == [("ok", "")]


def test_a_backup_that_was_never_taken_is_told(settings: Settings) -> None:
    assert _look(settings) == [("failed", "backup-absent")]
    assert settings.backup_folder is not None
    back_up_ledger(settings, settings.backup_folder)
    assert _look(settings) == [("failed", "backup-absent")], "that of the key store"


def test_old_backups_and_expired_key_backups_are_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _back_up(settings)
    in_days = {"backup_hours": 1, "key_backup_days": 1}
    later = settings.model_copy(update=in_days)

    class Later(durability.datetime):
        @classmethod
        def now(cls, tz: object = None) -> "Later":
            del tz
            return super().now(durability.UTC) + durability.timedelta(days=2)

    monkeypatch.setattr(durability, "datetime", Later)
    assert _look(later) == [
        ("warning", "doctor-backup-old"),
        ("warning", "doctor-backup-old"),
        ("failed", "doctor-key-backup-expired"),
    ]


def test_a_damaged_backup_is_told(settings: Settings) -> None:
    _back_up(settings)
    assert settings.backup_folder is not None
    file = settings.backup_folder / "manifest.json"
    os.truncate(file, 20)
    assert _look(settings) == [("failed", "backup-damaged")]


def test_a_database_that_does_not_write_through_is_told(sqlite_ledger: Ledger) -> None:
    node = sqlite_ledger.node
    assert [e.state for e in examine("doctor-commits", durability.commits, node)] == ["ok"]
    node.database.dispose()
    event.listen(
        node.database.engine, "connect", lambda c, _: c.execute("PRAGMA synchronous = NORMAL")
    )
    (found,) = examine("doctor-commits", durability.commits, node)
    assert (found.state, found.params) == ("failed", {"setting": "synchronous"})
