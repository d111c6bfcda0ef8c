"""Key files and the key store: private, never overwritten, useless under another master key."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from harness.ledger import Ledger
from sqlalchemy import text

from ledger.errors import ConfigurationError, IntegrityError, RefusedError
from ledger.keys.accounts import create_transaction_key, load_transaction_key
from ledger.keys.files import (
    create_secret,
    create_statement_key,
    load_secret,
    load_statement_key,
    verify_statement,
)
from ledger.keys.key_store import SqlRecordKeys
from ledger.ports.master_key import MasterKeys
from node.key_places import key_store_file, prepare_key_store

MASTER, OTHER = b"m" * 32, b"n" * 32
KINDS: dict[str, tuple[Any, Any]] = {
    "statement": (create_statement_key, load_statement_key),
    "account": (create_transaction_key, load_transaction_key),
    "secret": (create_secret, load_secret),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_file_is_private_and_never_overwritten(tmp_path: Path, kind: str) -> None:
    create, _ = KINDS[kind]
    create(tmp_path / "keys" / "x", MASTER)
    before = (tmp_path / "keys" / "x").read_bytes()
    assert (tmp_path / "keys" / "x").stat().st_mode & 0o777 == 0o600
    with pytest.raises(RefusedError):
        create(tmp_path / "keys" / "x", MASTER)
    assert (tmp_path / "keys" / "x").read_bytes() == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_file_does_not_open_under_another_master_key_or_when_it_is_damaged(
    tmp_path: Path, kind: str
) -> None:
    create, load = KINDS[kind]
    create(tmp_path / "x", MASTER)
    with pytest.raises(ConfigurationError):
        load(tmp_path / "x", OTHER)
    with pytest.raises(ConfigurationError):
        load(tmp_path / "nothing", MASTER)
    for data in (b"", b"x", b"{}", b"\xff\xfe", json.dumps([1]).encode(), os.urandom(100)):
        (tmp_path / "x").write_bytes(data)
        with pytest.raises(ConfigurationError):
            load(tmp_path / "x", MASTER)


def test_a_loaded_key_is_the_created_one(tmp_path: Path) -> None:
    created = create_statement_key(tmp_path / "e", MASTER)
    loaded = load_statement_key(tmp_path / "e", MASTER)
    assert loaded.public_key == created.public_key
    assert loaded.sign(b"m") == created.sign(b"m"), "signing must be deterministic"
    assert verify_statement(created.public_key, b"m", loaded.sign(b"m"))
    account = create_transaction_key(tmp_path / "a", MASTER)
    assert load_transaction_key(tmp_path / "a", MASTER).address == account.address


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(32), bytes(33)])
def test_a_signature_under_a_key_that_is_none_does_not_hold(key: bytes) -> None:
    assert not verify_statement(key, b"m", bytes(64))
    assert not verify_statement(key, b"m", b"")


def test_record_keys_are_wrapped_opened_and_destroyed(ledger: Ledger) -> None:
    store = ledger.node.record_keys
    keys = store.create(3)
    assert len({each.key for each in keys} | {each.key_id for each in keys}) == 6
    assert store.open(keys[0].key_id) == keys[0]
    with ledger.node.key_database.read() as connection:
        wrapped = b"".join(connection.scalars(text("SELECT wrapped FROM wrapped_key")))
    assert not any(each.key in wrapped for each in keys)
    store.destroy(keys[0].key_id)
    store.destroy(keys[0].key_id)
    assert store.open(keys[0].key_id) is None
    assert store.open(keys[1].key_id) == keys[1]


def test_a_wrapped_key_that_was_moved_cut_or_changed_is_damage(ledger: Ledger) -> None:
    store = ledger.node.record_keys
    first, second = store.create(2)
    swap = text(
        "UPDATE wrapped_key SET wrapped ="
        " (SELECT wrapped FROM wrapped_key AS other WHERE other.key_id = :b) WHERE key_id = :a"
    )
    with ledger.node.key_database.write() as connection:
        connection.execute(swap, {"a": first.key_id, "b": second.key_id})
    with pytest.raises(IntegrityError):
        store.open(first.key_id)
    for data in (b"", b"short", bytes(60)):
        with ledger.node.key_database.write() as connection:
            connection.execute(text("UPDATE wrapped_key SET wrapped = :d"), {"d": data})
        with pytest.raises(IntegrityError):
            store.open(first.key_id)


def test_another_master_key_opens_and_makes_no_record_key(ledger: Ledger) -> None:
    (key,) = ledger.node.record_keys.create(1)
    other = SqlRecordKeys(ledger.node.key_database.write, MasterKeys(OTHER))
    with pytest.raises(ConfigurationError, match="master-key-other"):
        other.open(key.key_id)
    with pytest.raises(ConfigurationError, match="master-key-other"):
        other.create(1)
    assert ledger.node.record_keys.count() == 1


def test_a_key_from_before_master_keys_had_names_is_opened(ledger: Ledger) -> None:
    (key,) = ledger.node.record_keys.create(1)
    with ledger.node.key_database.write() as connection:
        connection.execute(text("UPDATE wrapped_key SET master_id = NULL"))
    assert ledger.node.record_keys.open(key.key_id) == key
    with pytest.raises(IntegrityError):
        SqlRecordKeys(ledger.node.key_database.write, MasterKeys(OTHER)).open(key.key_id)


def test_a_destroyed_key_leaves_no_trace_in_the_file(sqlite_ledger: Ledger) -> None:
    """``secure_delete``: the page is cleared, and the write-ahead log is gone once it is closed."""
    store = sqlite_ledger.node.record_keys
    (key,) = store.create(1)
    file = key_store_file(sqlite_ledger.home)
    sqlite_ledger.close()
    assert key.key_id in file.read_bytes()
    store.destroy(key.key_id)
    sqlite_ledger.close()
    assert key.key_id not in file.read_bytes()


def test_the_key_store_lies_in_a_private_folder_apart_from_the_master_key(
    sqlite_ledger: Ledger,
) -> None:
    folder = key_store_file(sqlite_ledger.home).parent
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.parent == sqlite_ledger.home
    assert not list((sqlite_ledger.home / "keys").glob("*.db*"))


def test_a_key_store_beside_the_master_key_is_not_replaced_by_an_empty_one(
    sqlite_ledger: Ledger,
) -> None:
    sqlite_ledger.close()
    key_store_file(sqlite_ledger.home).rename(sqlite_ledger.home / "keys" / "keystore.db")
    with pytest.raises(ConfigurationError, match="key-store-beside-master-key"):
        prepare_key_store(sqlite_ledger.home)
    assert not key_store_file(sqlite_ledger.home).exists()
