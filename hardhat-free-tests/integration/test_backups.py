"""Backups: taken while the node runs, restored into nothing, and what a restored node may do."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness.auditor import audit
from harness.databases import PostgresDatabases
from harness.ledger import Ledger, open_ledger
from sqlalchemy import select

from ledger.errors import IntegrityError, LedgerError
from ledger.keys.key_store import wrapped_key
from ledger.services.fencing import LEASE_SECONDS, RENEW_SECONDS
from node.backup import manifest as manifests
from node.backup import postgres_tools
from node.backup.restoring import Restored, restore
from node.backup.taking import back_up_keys, back_up_ledger, key_backups
from node.settings import RESTORING
from node.wiring import open_node
from node.words.catalogue import remedy

LARGE = b"a recording above what is kept in a row " * 5000


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """Folders of the two backups."""
    return tmp_path / "backup", tmp_path / "key-backup"


def _back_up(ledger: Ledger, places: tuple[Path, Path]) -> None:
    back_up_ledger(ledger.node.settings, places[0])
    back_up_keys(ledger.node.settings, places[1], prune=False)


def _restore(ledger: Ledger, places: tuple[Path, Path], home: Path) -> tuple[Ledger, Restored]:
    """Restore on another machine, as docs/operations.md says: keys come from elsewhere."""
    home.mkdir()
    shutil.copytree(ledger.home / "keys", home / "keys")
    if isinstance(ledger.databases, PostgresDatabases):
        shutil.copy(ledger.home / "lianzheng.toml", home / "lianzheng.toml")
        ledger.databases.attach_empty(home)
    done = restore(home, *places)
    restored = open_ledger(
        home, ledger.network, ledger.clock, ledger.databases, receipts=[*ledger.receipts]
    )
    ledger.others.append(restored)
    return restored, done


def _refusal(act: Callable[[], Any]) -> LedgerError:
    with pytest.raises(LedgerError) as caught:
        act()
    return caught.value


def test_an_empty_machine_gets_everything_back(
    ledger: Ledger, places: tuple[Path, Path], tmp_path: Path
) -> None:
    receipts = [ledger.seal(LARGE), ledger.seal(b"small" * 100), ledger.seal(LARGE[::-1])]
    ledger.anchor()
    receipts.append(ledger.seal(b"still waiting for a place" * 100))
    _back_up(ledger, places)
    package = ledger.export(receipts[0])
    ledger.close()
    restored, done = _restore(ledger, places, tmp_path / "new")
    assert (done.destroyed, done.without_key) == (0, 0)
    assert done.ledger is not None
    assert done.ledger.object_count == 2
    audit(restored)
    assert restored.size() == 3
    assert _refusal(restored.tick).code == "lease-watching"
    ledger.clock.move(LEASE_SECONDS)
    assert _refusal(restored.tick).code == "lease-watching"
    ledger.network.mine()
    restored.anchor()
    assert restored.size() == 4
    assert len(restored.export(receipts[0])) > len(package) // 2
    audit(restored)


def test_a_backup_of_yesterday_is_read_only_and_says_how_to_go_on(
    ledger: Ledger, places: tuple[Path, Path], tmp_path: Path
) -> None:
    ledger.seal(LARGE)
    ledger.anchor()
    _back_up(ledger, places)
    ledger.clock.move(86400)
    lost = ledger.seal(b"sealed since" * 200)
    ledger.anchor()
    restored, _ = _restore(ledger, places, tmp_path / "new")
    refused = _refusal(restored.tick)
    assert refused.code == "log-behind-chain"
    assert _refusal(lambda: restored.seal(b"a promise" * 400)).code == "log-read-only"
    for language, way in (("zh", "日志世代"), ("en", "vote a new generation")):
        assert way in remedy(refused.code, language, refused.params)
    restored.close()
    # The way back: the newer backup.
    _back_up(ledger, places)
    ledger.close()
    newer, _ = _restore(ledger, places, tmp_path / "newer")
    assert newer.size() == 2
    assert newer.statement(lost).statement.kind == "call_recording"
    audit(newer)


def test_a_restored_clone_beside_the_original_is_refused(
    ledger: Ledger, places: tuple[Path, Path], tmp_path: Path
) -> None:
    ledger.seal(LARGE)
    ledger.anchor()
    _back_up(ledger, places)
    restored, _ = _restore(ledger, places, tmp_path / "new")
    assert _refusal(restored.tick).code == "lease-watching"
    ledger.clock.move(RENEW_SECONDS)
    ledger.tick()
    ledger.network.mine()
    ledger.clock.move(LEASE_SECONDS)
    assert _refusal(restored.tick).code == "lease-used-elsewhere"
    ledger.tick()
    audit(ledger)


def test_only_what_is_new_is_copied_and_what_was_erased_goes(
    ledger: Ledger, places: tuple[Path, Path]
) -> None:
    first, second = ledger.seal(LARGE), ledger.seal(LARGE[::-1])
    taken = back_up_ledger(ledger.node.settings, places[0])
    assert (taken.copied, taken.manifest.object_count) == (2, 2)
    files = {each: each.stat().st_ino for each in places[0].glob("vault/*/*.lzv")}
    ledger.seal(LARGE + b"a third")
    ledger.node.eraser.erase(first.leaf_hash, reason="request of the person")
    taken = back_up_ledger(ledger.node.settings, places[0])
    assert (taken.copied, taken.manifest.object_count, taken.manifest.missing) == (1, 2, ())
    after = {each: each.stat().st_ino for each in places[0].glob("vault/*/*.lzv")}
    assert len(files.items() & after.items()) == 1
    assert len(after) == 2
    assert ledger.statement(second)
    assert len(list(places[0].glob("ledger-*"))) == 1


def test_an_old_key_store_does_not_bring_erased_records_back(
    ledger: Ledger, places: tuple[Path, Path], tmp_path: Path
) -> None:
    erased = ledger.seal(LARGE)
    back_up_keys(ledger.node.settings, places[1], prune=False)
    ledger.node.eraser.erase(erased.leaf_hash, reason="request of the person")
    later = ledger.seal(b"sealed after the backup of the keys" * 300)
    back_up_ledger(ledger.node.settings, places[0])
    ledger.close()
    restored, done = _restore(ledger, places, tmp_path / "new")
    assert done.destroyed == 1
    assert done.without_key == 2, "the record and the statement of its erasure"
    with restored.node.key_database.read() as connection:
        assert list(connection.scalars(select(wrapped_key.c.key_id))) == []
    assert restored.statement(later)


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
    refused = _refusal(lambda: restore(home, places[0], None))
    assert isinstance(refused, IntegrityError)
    assert (refused.code, refused.params) == (
        "backup-damaged", {"file": file.relative_to(places[0]).as_posix()},
    )  # fmt: skip
    assert not home.exists()
    file.unlink()
    assert _refusal(lambda: restore(home, places[0], None)).code in (
        "backup-damaged",
        "backup-absent",
    )


def test_only_an_empty_home_is_restored_into(
    sqlite_ledger: Ledger, places: tuple[Path, Path]
) -> None:
    _back_up(sqlite_ledger, places)
    before = (sqlite_ledger.home / "ledger.db").read_bytes()
    assert _refusal(lambda: restore(sqlite_ledger.home, *places)).code == "restore-not-empty"
    assert not (sqlite_ledger.home / RESTORING).exists()
    assert (
        _refusal(lambda: restore(sqlite_ledger.home, None, places[1])).code == "restore-not-empty"
    )
    assert (sqlite_ledger.home / "ledger.db").read_bytes() == before


def test_a_database_that_holds_something_is_not_restored_into(
    postgres_databases: PostgresDatabases,
    make_ledger: Callable[..., Ledger],
    places: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    ledger = make_ledger(postgres_databases)
    _back_up(ledger, places)
    # The settings of the backup name the original's database.
    assert _refusal(lambda: restore(tmp_path / "new", *places)).code == "restore-not-empty"


def test_an_interrupted_restore_is_no_node_and_goes_on(
    sqlite_ledger: Ledger,
    places: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sqlite_ledger.seal(LARGE)
    sqlite_ledger.anchor()
    _back_up(sqlite_ledger, places)
    sqlite_ledger.close()
    home = tmp_path / "new"

    def stop(_url: str, _dump: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("node.backup.restoring._fill", stop)
        with pytest.raises(KeyboardInterrupt):
            restore(home, *places)
    shutil.copytree(sqlite_ledger.home / "keys", home / "keys")
    with pytest.raises(LedgerError, match="restore-unfinished"), open_node(home):
        pass
    assert restore(home, *places).without_key == 0
    again = open_ledger(home, sqlite_ledger.network, sqlite_ledger.clock, sqlite_ledger.databases)
    sqlite_ledger.others.append(again)
    audit(again)


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
    assert _refusal(lambda: back_up_ledger(settings, places[0])).code == "backup-not-later"
    assert manifests.read(places[0], "ledger").log_size == 2


def test_key_backups_are_removed_when_they_are_too_old(
    sqlite_ledger: Ledger, places: tuple[Path, Path]
) -> None:
    folder = places[1]
    settings = sqlite_ledger.node.settings
    back_up_keys(settings, folder, prune=False)
    ((_, first),) = key_backups(folder)
    first.rename(folder / "20200101T000000-000Z")
    (folder / "20200102T000000-000Z").mkdir()
    (folder / "notes").mkdir()
    assert back_up_keys(settings, folder, prune=False).removed == 0
    assert back_up_keys(settings, folder, prune=True).removed == 2
    assert len(key_backups(folder)) == 2
    assert (folder / "notes").exists()
    assert not list(folder.rglob("*.pem"))


def test_the_two_kinds_are_kept_apart(sqlite_ledger: Ledger, places: tuple[Path, Path]) -> None:
    settings = sqlite_ledger.node.settings
    back_up_ledger(settings, places[0])
    refused = _refusal(lambda: back_up_keys(settings, places[0], prune=False))
    assert refused.code == "backup-of-the-other-kind"
    assert _refusal(lambda: restore(sqlite_ledger.home, places[1], None)).code == "backup-absent"


def test_a_server_without_its_programs_says_what_to_install(
    postgres_databases: PostgresDatabases,
    make_ledger: Callable[..., Ledger],
    places: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ledger = make_ledger(postgres_databases)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(postgres_tools, "_INSTALLED", Path("/nowhere"))
    refused = _refusal(lambda: back_up_ledger(ledger.node.settings, places[0]))
    assert refused.code == "backup-tool-missing"
    assert "PostgreSQL" in remedy(refused.code, "en", refused.params)
    assert not (places[0] / manifests.NAME).exists()


def test_a_backup_taken_during_sealing_is_consistent(
    ledger: Ledger, places: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the snapshot and the copying of contents the node goes on."""
    ledger.seal(LARGE)
    ledger.anchor()
    from node.backup import objects, taking  # noqa: PLC0415 - what is watched here

    named = objects.named

    def meanwhile(connection: Any) -> Any:
        ledger.seal(b"in between" * 20_000)
        ledger.anchor()
        return named(connection)

    monkeypatch.setattr(taking.objects, "named", meanwhile)
    _back_up(ledger, places)
    assert manifests.read(places[0], "ledger").log_size == 1
    restored, _ = _restore(ledger, places, tmp_path / "new")
    restored.receipts = restored.receipts[:1]
    assert restored.node.auditor.run().problems == []
    assert restored.size() == 1
