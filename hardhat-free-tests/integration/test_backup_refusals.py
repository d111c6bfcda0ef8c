"""What backup and restore refuse: damage, what is not empty, older states, the wrong kind."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from harness.backups import LARGE, back_up, refusal
from harness.databases import PostgresDatabases
from harness.ledger import Ledger

from ledger.errors import IntegrityError
from node.backup import manifest as manifests
from node.backup import postgres_tools
from node.backup.restoring import restore
from node.backup.taking import back_up_keys, back_up_ledger
from node.settings import RESTORING
from node.words.catalogue import remedy


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """Folders of the two backups."""
    return tmp_path / "backup", tmp_path / "key-backup"


@pytest.mark.parametrize(
    "pattern", ["ledger-*", "objects-*", "settings-*", "manifest.json", "vault/*/*"]
)
def test_a_damaged_backup_is_refused_by_name_and_nothing_is_written(
    sqlite_ledger: Ledger, places: tuple[Path, Path], tmp_path: Path, pattern: str
) -> None:
    sqlite_ledger.seal(LARGE)
    back_up_ledger(sqlite_ledger.node.settings, places[0])
    (file,) = places[0].glob(pattern)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    home = tmp_path / "new"
    refused = refusal(lambda: restore(home, places[0], None))
    assert isinstance(refused, IntegrityError)
    assert (refused.code, refused.params) == (
        "backup-damaged", {"file": file.relative_to(places[0]).as_posix()},
    )  # fmt: skip
    assert not home.exists()
    file.unlink()
    assert refusal(lambda: restore(home, places[0], None)).code in (
        "backup-damaged",
        "backup-absent",
    )


def test_only_an_empty_home_is_restored_into(
    sqlite_ledger: Ledger, places: tuple[Path, Path]
) -> None:
    back_up(sqlite_ledger, places)
    before = (sqlite_ledger.home / "ledger.db").read_bytes()
    assert refusal(lambda: restore(sqlite_ledger.home, *places)).code == "restore-not-empty"
    assert not (sqlite_ledger.home / RESTORING).exists()
    assert refusal(lambda: restore(sqlite_ledger.home, None, places[1])).code == "restore-not-empty"
    assert (sqlite_ledger.home / "ledger.db").read_bytes() == before


def test_a_database_that_holds_something_is_not_restored_into(
    postgres_databases: PostgresDatabases,
    make_ledger: Callable[..., Ledger],
    places: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    ledger = make_ledger(postgres_databases)
    back_up(ledger, places)
    # The settings of the backup name the original's database.
    assert refusal(lambda: restore(tmp_path / "new", *places)).code == "restore-not-empty"


def test_a_missing_object_is_told_and_the_rest_is_kept(
    sqlite_ledger: Ledger, places: tuple[Path, Path]
) -> None:
    sqlite_ledger.seal(LARGE)
    sqlite_ledger.seal(LARGE[::-1])
    lost = next(sqlite_ledger.node.vault.object_ids())
    sqlite_ledger.node.vault.delete(lost)
    taken = back_up_ledger(sqlite_ledger.node.settings, places[0])
    assert taken.manifest.missing == (lost.hex(),)
    assert taken.manifest.object_count == 1


def test_an_older_state_does_not_replace_a_backup(
    sqlite_ledger: Ledger, places: tuple[Path, Path], tmp_path: Path
) -> None:
    sqlite_ledger.seal(LARGE)
    sqlite_ledger.anchor()
    older = tmp_path / "older"
    sqlite_ledger.close()
    shutil.copytree(sqlite_ledger.home, older)
    sqlite_ledger.seal(LARGE[::-1])
    sqlite_ledger.anchor()
    back_up_ledger(sqlite_ledger.node.settings, places[0])
    settings = sqlite_ledger.node.settings.model_copy(update={"home": older})
    assert refusal(lambda: back_up_ledger(settings, places[0])).code == "backup-not-later"
    assert manifests.read(places[0], "ledger").log_size == 2


def test_the_two_kinds_are_kept_apart(sqlite_ledger: Ledger, places: tuple[Path, Path]) -> None:
    settings = sqlite_ledger.node.settings
    back_up_ledger(settings, places[0])
    refused = refusal(lambda: back_up_keys(settings, places[0], prune=False))
    assert refused.code == "backup-of-the-other-kind"
    assert refusal(lambda: restore(sqlite_ledger.home, places[1], None)).code == "backup-absent"


def test_a_server_without_its_programs_says_what_to_install(
    postgres_databases: PostgresDatabases,
    make_ledger: Callable[..., Ledger],
    places: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ledger = make_ledger(postgres_databases)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(postgres_tools, "_INSTALLED", Path("/nowhere"))
    refused = refusal(lambda: back_up_ledger(ledger.node.settings, places[0]))
    assert refused.code == "backup-tool-missing"
    assert "PostgreSQL" in remedy(refused.code, "en", refused.params)
    assert not (places[0] / manifests.NAME).exists()


def test_a_manifest_that_points_elsewhere_is_refused(
    sqlite_ledger: Ledger, places: tuple[Path, Path], tmp_path: Path
) -> None:
    back_up(sqlite_ledger, places)
    whole = manifests.read(places[0], "ledger")
    manifests.write(places[0], replace(whole, dump=replace(whole.dump, path="../other")))
    refused = refusal(lambda: restore(tmp_path / "new", *places))
    assert (refused.code, refused.params) == ("backup-damaged", {"file": "manifest.json"})
