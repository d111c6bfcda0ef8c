"""Backups: taken while the node runs, restored into nothing, and what a restored node may do."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from harness.auditor import audit
from harness.backups import LARGE, back_up, refusal, restored_elsewhere
from harness.ledger import Ledger, open_ledger
from harness.s3 import s3_server
from sqlalchemy import select

from ledger.errors import LedgerError
from ledger.keys.key_store import wrapped_key
from ledger.services.fencing import LEASE_SECONDS, RENEW_SECONDS
from node.backup import manifest as manifests
from node.backup.restoring import restore
from node.backup.taking import back_up_keys, back_up_ledger, key_backups
from node.settings import write_settings
from node.wiring import open_node
from node.words.catalogue import remedy


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """Folders of the two backups."""
    return tmp_path / "backup", tmp_path / "key-backup"


def test_an_empty_machine_gets_everything_back(
    ledger: Ledger, places: tuple[Path, Path], tmp_path: Path
) -> None:
    receipts = [ledger.seal(LARGE), ledger.seal(b"small" * 100), ledger.seal(LARGE[::-1])]
    ledger.anchor()
    receipts.append(ledger.seal(b"still waiting for a place" * 100))
    back_up(ledger, places)
    package = ledger.export(receipts[0])
    ledger.close()
    restored, done = restored_elsewhere(ledger, places, tmp_path / "new")
    assert (done.destroyed, done.without_key) == (0, 0)
    assert done.ledger is not None
    assert done.ledger.object_count == 2
    audit(restored)
    assert restored.size() == 3
    assert refusal(restored.tick).code == "lease-watching"
    ledger.clock.move(LEASE_SECONDS)
    assert refusal(restored.tick).code == "lease-watching"
    ledger.network.mine()
    restored.anchor()
    assert restored.size() == 4
    restored.seal(LARGE + b"after the restore")
    restored.anchor()
    assert len(restored.export(receipts[0])) > len(package) // 2
    audit(restored)


def test_a_backup_of_yesterday_is_read_only_and_says_how_to_go_on(
    ledger: Ledger, places: tuple[Path, Path], tmp_path: Path
) -> None:
    ledger.seal(LARGE)
    ledger.anchor()
    back_up(ledger, places)
    ledger.clock.move(86400)
    lost = ledger.seal(b"sealed since" * 200)
    ledger.anchor()
    restored, _ = restored_elsewhere(ledger, places, tmp_path / "new")
    refused = refusal(restored.tick)
    assert refused.code == "log-behind-chain"
    assert refusal(lambda: restored.seal(b"a promise" * 400)).code == "log-read-only"
    for language, way in (("zh", "日志世代"), ("en", "vote a new generation")):
        assert way in remedy(refused.code, language, refused.params)
    restored.close()
    # The way back: the newer backup.
    back_up(ledger, places)
    ledger.close()
    newer, _ = restored_elsewhere(ledger, places, tmp_path / "newer")
    assert newer.size() == 2
    assert newer.statement(lost).statement.kind == "call_recording"
    audit(newer)


def test_a_restored_clone_beside_the_original_is_refused(
    ledger: Ledger, places: tuple[Path, Path], tmp_path: Path
) -> None:
    ledger.seal(LARGE)
    ledger.anchor()
    back_up(ledger, places)
    restored, _ = restored_elsewhere(ledger, places, tmp_path / "new")
    assert refusal(restored.tick).code == "lease-watching"
    ledger.clock.move(RENEW_SECONDS)
    ledger.tick()
    ledger.network.mine()
    ledger.clock.move(LEASE_SECONDS)
    assert refusal(restored.tick).code == "lease-used-elsewhere"
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
    restored, done = restored_elsewhere(ledger, places, tmp_path / "new")
    assert done.destroyed == 1
    assert done.without_key == 2, "the record and the statement of its erasure"
    with restored.node.key_database.read() as connection:
        assert list(connection.scalars(select(wrapped_key.c.key_id))) == []
    assert restored.statement(later)


def test_an_interrupted_restore_is_no_node_and_goes_on(
    sqlite_ledger: Ledger,
    places: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sqlite_ledger.seal(LARGE)
    sqlite_ledger.anchor()
    back_up(sqlite_ledger, places)
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
    back_up(ledger, places)
    assert manifests.read(places[0], "ledger").log_size == 1
    restored, _ = restored_elsewhere(ledger, places, tmp_path / "new")
    restored.receipts = restored.receipts[:1]
    assert restored.node.auditor.run().problems == []
    assert restored.size() == 1


def test_an_interrupted_backup_leaves_the_one_before(
    sqlite_ledger: Ledger,
    places: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ledger = sqlite_ledger
    ledger.seal(LARGE)
    ledger.anchor()
    back_up(ledger, places)
    ledger.seal(LARGE[::-1])
    ledger.anchor()

    def stop(_folder: Path, _manifest: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(manifests, "write", stop)
        with pytest.raises(KeyboardInterrupt):
            back_up_ledger(ledger.node.settings, places[0])
    restored, done = restored_elsewhere(ledger, places, tmp_path / "new")
    assert done.ledger is not None
    assert done.ledger.log_size == restored.size() == 1
    restored.receipts = restored.receipts[:1]
    assert restored.node.auditor.run().problems == []
    # The next one goes on: what was copied is copied again, since no manifest vouches for it.
    assert back_up_ledger(ledger.node.settings, places[0]).manifest.object_count == 2
    assert len(list(places[0].glob("ledger-*"))) == 1


def test_contents_in_a_bucket_are_backed_up_and_go_into_another(
    sqlite_ledger: Ledger,
    places: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with s3_server(tmp_path / "buckets") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        write_settings(sqlite_ledger.home, {"vault_url": server.url("first")})
        ledger = sqlite_ledger.restarted()
        ledger.seal(LARGE)
        ledger.anchor()
        back_up(ledger, places)
        home = tmp_path / "new"
        home.mkdir()
        shutil.copy(ledger.home / "lianzheng.toml", home)
        write_settings(home, {"vault_url": server.url("second")})
        shutil.copytree(ledger.home / "keys", home / "keys")
        restore(home, *places)
        again = open_ledger(home, ledger.network, ledger.clock, ledger.databases)
        again.receipts = ledger.receipts
        audit(again)
        again.close()
        assert {"first", "second"} <= {part for file in server.files() for part in file.parts}
