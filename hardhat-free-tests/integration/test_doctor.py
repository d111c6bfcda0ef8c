"""The doctor: each thing that can be wrong is found, named, and comes with a remedy."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from harness.ledger import Ledger
from sqlalchemy import text

from ledger.errors import UnavailableError
from ledger.evidence.instants import format_instant
from ledger.services.fencing import LEASE_SECONDS
from ledger.store import erasures
from ledger.store.erasures import PendingErasure
from node import recovery_sheet
from node.audit.entries import AuditEntry
from node.database import is_sqlite
from node.doctor.blacklist import law
from node.doctor.rounds import examine_home, examine_node
from node.key_places import KEYS, key_store_file
from node.settings import write_settings
from node.words.catalogue import remedy, word

ELSEWHERE = "doctor-contracts"
"""Asks a chain's node for code, which the chain in memory does not hold; the end-to-end test does."""


class Usage(NamedTuple):
    """What ``shutil.disk_usage`` answers."""

    total: int
    used: int
    free: int


def _found(ledger: Ledger) -> dict[str, tuple[str, str]]:
    found = [*examine_node(ledger.node)]
    shown = {each.check: (each.state, each.code) for each in found if each.check != ELSEWHERE}
    if not is_sqlite(ledger.node.database):
        # The tests' server runs without fsync, which the doctor notices.
        told = ("failed", "doctor-not-durable")
        assert shown.pop("doctor-commits", told) == told
    return shown


def _at_home(home: Path) -> dict[str, tuple[str, str]]:
    found = examine_home(home)
    for each in found:
        if each.state != "ok":
            assert word(each.code, "en", each.params) != each.code
            assert remedy(each.code, "zh", each.params), each
    return {each.check: (each.state, each.code) for each in found}


def _confirm(ledger: Ledger) -> None:
    key = ledger.node.master_keys.present
    at = format_instant(ledger.clock.now())
    recovery_sheet.confirm(ledger.home, key, key.hex(), at=at)


def test_a_sound_node_has_nothing_to_repair(ledger: Ledger) -> None:
    ledger.seal()
    ledger.anchor()
    _confirm(ledger)
    found = _found(ledger)
    assert {each for each in found.values() if each[0] != "ok"} <= {
        ("warning", "doctor-chain-quiet")
    }
    assert "doctor-head" in found
    assert list(ledger.node.vault.object_ids()) == [], "the probe leaves nothing"


def test_a_sheet_that_nobody_confirmed_is_told(sqlite_ledger: Ledger) -> None:
    assert _found(sqlite_ledger)["doctor-sheet"] == ("warning", "doctor-sheet-unconfirmed")


def test_statements_that_wait_too_long_are_told(ledger: Ledger) -> None:
    ledger.seal()
    assert _found(ledger)["doctor-waiting"][0] == "ok"
    ledger.clock.move(ledger.node.settings.maximum_merge_delay + 1)
    assert _found(ledger)["doctor-waiting"] == ("failed", "doctor-overdue")


def test_an_audit_trail_that_nobody_seals_is_told(ledger: Ledger) -> None:
    ledger.node.trail.record(AuditEntry("system", "test.done"))
    assert _found(ledger)["doctor-trail"][0] == "ok"
    ledger.clock.move(timedelta(hours=4).total_seconds())
    assert _found(ledger)["doctor-trail"] == ("warning", "doctor-trail-unsealed")
    ledger.node.audit_sealer.seal()
    assert _found(ledger)["doctor-trail"][0] == "ok"


def test_an_erasure_that_is_not_carried_out_is_told(ledger: Ledger) -> None:
    receipt = ledger.seal()
    with ledger.node.database.write() as connection:
        planned = PendingErasure(
            receipt.leaf_hash, "r", "2026-11-24T08:00:00.000Z", b"s" * 32, None
        )
        erasures.plan(connection, planned)
    assert _found(ledger)["doctor-erasures"] == ("warning", "doctor-erasures-pending")


def test_a_database_behind_the_chain_is_told(ledger: Ledger, tmp_path: Path) -> None:
    ledger.seal()
    ledger.anchor()
    older = ledger.cloned(tmp_path / "older")
    ledger.seal(b"since" * 2000)
    ledger.anchor()
    assert _found(older)["doctor-head"] == ("failed", "log-behind-chain")


def test_what_the_chain_says_is_told(sqlite_ledger: Ledger) -> None:
    ledger = sqlite_ledger
    ledger.network.institutions[ledger.chain.account].active = False
    assert _found(ledger)["doctor-member"] == ("failed", "key-not-a-member")
    ledger.clock.move(-10 * LEASE_SECONDS)
    latest = ledger.chain.latest().timestamp
    ledger.clock.moment += timedelta(seconds=latest - ledger.clock.moment.timestamp() - 200)
    assert _found(ledger)["doctor-clock"] == ("failed", "doctor-clock-behind")
    ledger.clock.move(2000)
    assert _found(ledger)["doctor-clock"] == ("warning", "doctor-chain-quiet")
    ledger.chain.down = True
    found = _found(ledger)
    assert found["doctor-chain"][0] == "failed"
    assert "doctor-member" not in found


def test_an_older_schema_is_told_and_left_alone(ledger: Ledger) -> None:
    with ledger.node.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert _found(ledger)["doctor-databases"] == ("failed", "doctor-schema")
    with ledger.node.database.read() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0001"


def test_a_vault_that_does_not_answer_is_told(
    sqlite_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise UnavailableError("vault-disk", detail="No space left on device")

    monkeypatch.setattr(sqlite_ledger.node.vault, "seal", refuse)
    assert _found(sqlite_ledger)["doctor-vault"] == ("failed", "vault-disk")


def test_permissions_keys_and_places_are_told(sqlite_ledger: Ledger) -> None:
    home = sqlite_ledger.home
    home.chmod(0o700)
    sqlite_ledger.close()
    assert _at_home(home)["doctor-permissions"][0] == "ok"
    (home / KEYS / "log.pem").chmod(0o644)
    found = _at_home(home)
    assert found["doctor-permissions"] == ("failed", "doctor-readable")
    (home / KEYS / "log.pem").chmod(0o600)
    (home / KEYS / "lookup.key").rename(home / "elsewhere")
    assert _at_home(home)["doctor-keys"][0] == "failed"
    (home / "elsewhere").rename(home / KEYS / "lookup.key")
    shutil.copy(key_store_file(home), home / KEYS / "keystore.db")
    assert _at_home(home)["doctor-key-store"] == ("failed", "key-store-beside-master-key")
    (home / KEYS / "keystore.db").unlink()
    home.chmod(0o755)
    assert "doctor-open-home" in {each.code for each in examine_home(home)}


def test_a_missing_master_key_or_database_is_told_and_nothing_is_made(
    sqlite_ledger: Ledger,
) -> None:
    home = sqlite_ledger.home
    sqlite_ledger.close()
    (home / "ledger.db").rename(home / "moved.db")
    assert _at_home(home)["doctor-databases"] == ("failed", "doctor-schema")
    assert not (home / "ledger.db").exists()
    (home / KEYS / "master.key").unlink()
    found = _at_home(home)
    assert found["doctor-master-key"] == ("failed", "key-missing")
    assert "doctor-keys" not in found


def test_without_a_home_or_with_wrong_settings_only_that_is_told(tmp_path: Path) -> None:
    assert _at_home(tmp_path) == {"doctor-settings": ("failed", "not-initialised")}
    write_settings(tmp_path, {"nonsense": 1})
    assert _at_home(tmp_path) == {"doctor-settings": ("failed", "settings-invalid")}


def test_production_settings_are_told(sqlite_ledger: Ledger) -> None:
    home = sqlite_ledger.home
    assert _at_home(home)["doctor-production"] == ("warning", "doctor-not-production")
    production = {"production": True, "chain_kind": "qbft-header", "listen_host": "0.0.0.0"}  # noqa: S104 - what is warned of
    write_settings(home, production)
    found = {(each.state, each.code) for each in examine_home(home)}
    assert {("failed", "doctor-public-url"), ("failed", "doctor-plain-http")} <= found
    assert ("warning", "doctor-master-clear") in found
    write_settings(home, {"public_url": "https://z.example", "trusted_proxies": "10.0.0.1"})
    assert _at_home(home)["doctor-production"] == ("ok", "")


def test_a_disk_that_fills_up_is_told(
    sqlite_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:

    for free, state in ((5 * 1024**3, "warning"), (1024**2, "failed")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: Usage(10**12, 0, free))
        assert _at_home(sqlite_ledger.home)["doctor-disk"] == (state, "doctor-disk-low")


def test_real_data_without_an_impact_assessment_is_a_warning(sqlite_ledger: Ledger) -> None:
    ledger = sqlite_ledger

    def found(**settings: str) -> list[str]:
        given = {"blacklist": "11" * 20, **settings}
        ledger.node.settings = ledger.node.settings.model_copy(update=given)
        return [each.code for each in law(ledger.node)]

    assert found() == []
    assert found(blacklist_mode="association") == ["doctor-assessment-missing"]
    assessment = ledger.seal(kind="signed_document").leaf_hash.hex()
    assert found(blacklist_assessment=assessment) == []
    ledger.clock.move(3 * 367 * 86400)
    assert found() == ["doctor-assessment-old"]
    for code in ("doctor-assessment-missing", "doctor-assessment-old"):
        assert remedy(code, "zh")
