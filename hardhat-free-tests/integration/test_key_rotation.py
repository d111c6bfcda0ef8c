"""Changing the master key: a kill at any step loses nothing, contents stay, stale processes notice."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness.auditor import audit
from harness.faults import Faults, When
from harness.ledger import Databases, Ledger
from harness.signing_service import TOKEN, WrappingService
from sqlalchemy import text

from ledger.errors import ConfigurationError, IntegrityError, RefusedError, UnavailableError
from ledger.keys import rewrapping
from ledger.keys.files import load_secret, replace_private
from ledger.keys.key_store import SqlRecordKeys
from ledger.keys.rewrapping import Rewrapper
from ledger.ports.master_key import MasterKeys, MasterKeySource
from ledger.services.intake import Receipt
from node import recovery_sheet
from node.key_rotation import LOCK_FILE, Rotated, Rotation, rotate
from node.master_key import ClearSource, source_of
from node.running import exclusive
from node.settings import write_settings

LARGE = bytes(range(250)) * 300


class Files:
    """Replaces key files; a part whose effects are steps."""

    def replace(self, path: Path, data: bytes) -> None:
        replace_private(path, data)


def _filled(ledger: Ledger) -> list[Receipt]:
    """Seal a large and a small content, and fields without a content."""
    case = b"c" * 32
    return [
        ledger.seal(LARGE, case=case, fields={"phone": "13900000000"}),
        ledger.seal(b"short" * 100, case=case),
        ledger.seal(None, kind="promise_to_pay", fields={"amount_fen": 5000}),
    ]


def _vault(ledger: Ledger) -> dict[str, bytes]:
    folder = ledger.home / "vault"
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*.lzv")}


def _rotation(ledger: Ledger, faults: Faults | None = None) -> Rotation:
    source: Any = source_of(ledger.node.settings)
    if faults is None:
        return Rotation(source, Rewrapper(ledger.node.key_database.write), ledger.home / "keys")
    source = faults.wrap("source", source)
    database = faults.wrap("database", ledger.node.key_database)
    replace = faults.wrap("files", Files()).replace
    return Rotation(source, Rewrapper(database.write), ledger.home / "keys", replace)


def _run(ledger: Ledger, faults: Faults | None = None) -> tuple[Rotated, bytes]:
    sheets: list[bytes] = []
    done = _rotation(ledger, faults).run(sheet=sheets.append)
    return done, sheets[-1]


def _check(ledger: Ledger, old: bytes) -> None:
    """Everything opens under the new key alone, and nothing under the old one."""
    ledger.node.sequencer.run()
    keys = ledger.node.master_keys
    assert keys.following is None
    assert keys.present != old
    report = ledger.node.auditor.run()
    assert report.problems == []
    assert report.contents >= 2
    with pytest.raises(ConfigurationError):
        load_secret(ledger.home / "keys" / "lookup.key", old)
    with ledger.node.key_database.read() as connection:
        (name,) = connection.scalars(text("SELECT key_id FROM wrapped_key LIMIT 1"))
    with pytest.raises(ConfigurationError, match="master-key-other"):
        SqlRecordKeys(ledger.node.key_database.write, MasterKeys(old)).open(bytes(name))


def test_everything_moves_and_contents_stay_the_same_bytes(ledger: Ledger) -> None:
    receipts = _filled(ledger)
    ledger.anchor()
    old, contents = ledger.node.master_keys.present, _vault(ledger)
    lookup, account = ledger.node.lookups.case("c"), ledger.node.keyring.anchor.address
    public = (ledger.node.evidence_key.public_key, ledger.node.log_key.public_key)
    done, sheet = _run(ledger)
    assert done == Rotated(files=6, promoted=True)
    ledger = ledger.restarted()
    assert ledger.node.master_keys == MasterKeys(sheet)
    assert _vault(ledger) == contents
    assert (ledger.node.lookups.case("c"), ledger.node.keyring.anchor.address) == (lookup, account)
    assert (ledger.node.evidence_key.public_key, ledger.node.log_key.public_key) == public
    _check(ledger, old)
    ledger.export(receipts[0])
    ledger.seal(fields={"after": "the change"})
    ledger.anchor()
    audit(ledger)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_step_loses_nothing_and_the_next_run_goes_on_with_the_same_key(
    sqlite_databases: Databases,
    make_ledger: Callable[..., Ledger],
    monkeypatch: pytest.MonkeyPatch,
    when: When,
) -> None:
    monkeypatch.setattr(rewrapping, "BATCH", 2)
    steps = _count(make_ledger, sqlite_databases)
    _strike(make_ledger, sqlite_databases, when, dict(enumerate(steps)))


@pytest.mark.postgres
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_a_commit_on_postgres_loses_nothing(
    postgres_databases: Databases,
    make_ledger: Callable[..., Ledger],
    monkeypatch: pytest.MonkeyPatch,
    when: When,
) -> None:
    monkeypatch.setattr(rewrapping, "BATCH", 2)
    steps = _count(make_ledger, postgres_databases)
    commits = {at: name for at, name in enumerate(steps) if name == "commit"}
    _strike(make_ledger, postgres_databases, when, commits)


def _count(make_ledger: Callable[..., Ledger], databases: Databases) -> list[str]:
    counted = Faults()
    ledger = make_ledger(databases)
    _filled(ledger)
    _run(ledger, counted)
    assert counted.steps.count("files.replace") == 6
    assert counted.steps.count("commit") >= 5
    return counted.steps


def _strike(
    make_ledger: Callable[..., Ledger], databases: Databases, when: When, steps: dict[int, str]
) -> None:
    for at, name in steps.items():
        ledger = make_ledger(databases)
        receipts, old = _filled(ledger), ledger.node.master_keys.present
        contents, faults = _vault(ledger), Faults(at, when)
        sheets: list[bytes] = []
        with pytest.raises(UnavailableError):
            _rotation(ledger, faults).run(sheet=sheets.append)
        ledger = ledger.restarted()
        audit(ledger)  # both keys work in between
        receipts.append(ledger.seal(fields={"in": "between"}))
        ended = name == "source.promote" and when == "after"
        if not ended:
            _run_again(ledger, sheets)
        ledger = ledger.restarted()
        assert _vault(ledger) == contents
        _check(ledger, old)
        audit(ledger)
        ledger.close()


def _run_again(ledger: Ledger, sheets: list[bytes]) -> None:
    done, sheet = _run(ledger)
    assert done.promoted
    assert set(sheets) <= {sheet}, "a sheet that was handed out is the one that counts"


def test_a_process_that_runs_since_before_goes_on_when_it_can_see_the_new_key(
    ledger: Ledger,
) -> None:
    node, old = ledger.node, ledger.node.master_keys
    (before,) = node.record_keys.create(1)
    source = ClearSource(ledger.home / "keys")
    blind = SqlRecordKeys(node.key_database.write, old)
    seeing = SqlRecordKeys(node.key_database.write, old, source.load)
    _run(ledger)
    assert seeing.open(before.key_id) == before
    (after,) = seeing.create(1)
    with pytest.raises(ConfigurationError, match="master-key-other"):
        blind.create(1)
    with pytest.raises(ConfigurationError, match="master-key-other"):
        blind.open(after.key_id)
    again = SqlRecordKeys(node.key_database.write, old, source.load)
    assert again.create(1)
    assert node.record_keys.open(after.key_id) == after


def test_keys_that_are_made_or_destroyed_while_it_runs_are_not_lost(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrapping, "BATCH", 2)
    store = ledger.node.record_keys
    keys = list(store.create(8))
    destroyed = keys.pop()
    made: list[Any] = []

    def meanwhile(_count: int) -> None:
        store.destroy(destroyed.key_id)
        made.extend(store.create(1))

    sheets: list[bytes] = []
    _rotation(ledger).run(sheet=sheets.append, progress=meanwhile)
    fresh = SqlRecordKeys(ledger.node.key_database.write, MasterKeys(sheets[0]))
    assert all(fresh.open(each.key_id) == each for each in [*keys, *made])
    assert made
    assert fresh.open(destroyed.key_id) is None


def test_a_damaged_record_key_stops_the_change_and_both_keys_stay(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrapping, "BATCH", 2)
    keys = ledger.node.record_keys.create(5)
    with ledger.node.key_database.write() as connection:
        update = text("UPDATE wrapped_key SET wrapped = :w WHERE key_id = :k")
        connection.execute(update, {"w": bytes(60), "k": max(key.key_id for key in keys)})
    with pytest.raises(IntegrityError, match="record-key-changed"):
        _run(ledger)
    found = source_of(ledger.node.settings).load()
    assert found.following is not None
    store = SqlRecordKeys(ledger.node.key_database.write, found)
    sound = sorted(keys, key=lambda key: key.key_id)[:-1]
    assert all(store.open(key.key_id) == key for key in sound)


def test_a_key_file_that_opens_under_no_key_stops_it_before_anything_is_changed(
    ledger: Ledger,
) -> None:
    (ledger.home / "keys" / "lookup.key").write_bytes(os.urandom(60))
    with pytest.raises(ConfigurationError, match="key-unreadable"):
        _run(ledger)
    assert not (ledger.home / "keys" / "master.key.next").exists()


def test_files_that_are_not_under_the_master_key_are_left_alone(ledger: Ledger) -> None:
    others = {"tls.pem": b"-----BEGIN CERTIFICATE-----\n", "token": b"s.1", "facts.json": b"{}"}
    for name, data in others.items():
        (ledger.home / "keys" / name).write_bytes(data)
    _run(ledger)
    for name, data in others.items():
        assert (ledger.home / "keys" / name).read_bytes() == data


def test_only_one_process_changes_the_key(ledger: Ledger) -> None:
    with (
        exclusive(ledger.home, lock=LOCK_FILE),
        pytest.raises(RefusedError, match="rotation-running"),
    ):
        rotate(ledger.node, sheet=lambda _: None, progress=lambda _: None)


def test_a_sheet_that_was_confirmed_is_not_confirmed_for_the_new_key(ledger: Ledger) -> None:
    old = ledger.node.master_keys.present
    recovery_sheet.confirm(ledger.home, old, old.hex(), at="2026-11-24T08:00:00.000Z")
    _, sheet = _run(ledger)
    assert recovery_sheet.confirmed_at(ledger.home, sheet) is None


def test_the_key_in_a_key_service_is_changed_without_being_written_in_clear(
    sqlite_ledger: Ledger,
) -> None:
    ledger = sqlite_ledger
    _filled(ledger)
    old = ledger.node.master_keys.present
    with WrappingService() as service:
        (ledger.home / "token").write_text(TOKEN)
        write_settings(
            ledger.home,
            {"master_key_kms_url": service.decrypt_url, "master_key_kms_token_file": "token"},
        )
        from node.key_wrapping import wrap_master_key  # noqa: PLC0415 - one use
        from node.settings import load_settings  # noqa: PLC0415 - one use

        wrap_master_key(load_settings(ledger.home), remove=True)
        ledger = ledger.restarted()
        assert ledger.node.master_keys == MasterKeys(old)
        done, sheet = _run(ledger)
        assert done.promoted
        ledger = ledger.restarted()
        assert ledger.node.master_keys == MasterKeys(sheet)
        _check(ledger, old)
        audit(ledger)
        clear = (old.hex(), sheet.hex())
        for file in (ledger.home / "keys").iterdir():
            assert not any(each.encode() in file.read_bytes() for each in clear)


def test_the_key_in_the_environment_is_changed_by_whoever_starts_the_node(
    sqlite_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, new = sqlite_ledger, os.urandom(32)
    _filled(ledger)
    old = ledger.node.master_keys.present
    monkeypatch.setenv("LIANZHENG_MASTER_KEY", old.hex())
    with pytest.raises(ConfigurationError, match="master-key-next-missing"):
        _run(ledger)
    monkeypatch.setenv("LIANZHENG_MASTER_KEY_NEXT", new.hex())
    assert _run(ledger) == (Rotated(files=6, promoted=False), new)
    assert _run(ledger) == (Rotated(files=0, promoted=False), new)
    monkeypatch.setenv("LIANZHENG_MASTER_KEY", new.hex())
    monkeypatch.delenv("LIANZHENG_MASTER_KEY_NEXT")
    (ledger.home / "keys" / "master.key").unlink()
    ledger = ledger.restarted()
    _check(ledger, old)
    audit(ledger)


def test_every_source_is_one(ledger: Ledger) -> None:
    source: MasterKeySource = source_of(ledger.node.settings)
    assert source.load() == ledger.node.master_keys
