"""Upgrades: a home that an earlier program left is opened, migrated, gone on with, and audited."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from harness.auditor import audit
from harness.databases import SqliteDatabases
from harness.ledger import Ledger, TestClock, open_ledger
from harness.network import Network, Transaction

from ledger.errors import ConfigurationError, RefusedError
from ledger.services.certifying import ExportOptions
from ledger.services.fencing import LEASE_SECONDS
from ledger.store import erasures
from node.backup.restoring import restore
from node.backup.taking import back_up_keys, back_up_ledger
from node.database import LEDGER_VERSIONS, Database
from node.key_places import KEYS, PURPOSE_KEY, key_store_file
from node.settings import load_settings
from node.wiring import open_node

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "upgrade"
OLD = VECTORS / "0.1.0"


@dataclass
class Left:
    """What the earlier program left: a home, and what is known about it."""

    home: Path
    known: dict[str, Any]

    def move_key_store(self) -> None:
        """Do what ``key-store-beside-master-key`` says."""
        target = key_store_file(self.home)
        target.parent.mkdir(mode=0o700)
        (self.home / KEYS / target.name).rename(target)

    def leaf(self, name: str) -> bytes:
        return bytes.fromhex(self.known["receipts"][name])


@pytest.fixture
def left(tmp_path: Path) -> Left:
    home = tmp_path / "home"
    shutil.copytree(OLD / "home", home)
    for folder in (home, home / KEYS):
        folder.chmod(0o700)
    for file in (home / KEYS).iterdir():
        file.chmod(0o600)
    return Left(home, json.loads((OLD / "known.json").read_text("utf-8")))


def _chain(left: Left, account: bytes) -> Network:
    """Mine the same blocks again."""
    network = Network()
    network.admit(bytes.fromhex(load_settings(left.home).member), account)
    for block in left.known["blocks"]:
        for raw in block:
            network.send(Transaction.read(bytes.fromhex(raw)))
        network.mine()
    assert network.blocks[-1].hash.hex() == left.known["newest_block"]
    return network


@pytest.fixture
def upgraded(left: Left) -> Iterator[Ledger]:
    """The old home, migrated, on its chain; the machine is another one."""
    left.move_key_store()
    with open_node(left.home) as node:
        account = node.keyring.anchor.address
    clock = TestClock()
    clock.moment += timedelta(days=1)
    ledger = open_ledger(left.home, _chain(left, account), clock, SqliteDatabases(left.home))
    yield ledger
    ledger.close()


def test_a_key_store_beside_the_master_key_is_refused_with_the_way_out(left: Left) -> None:
    with pytest.raises(ConfigurationError) as caught, open_node(left.home):
        pass
    assert caught.value.code == "key-store-beside-master-key"
    left.move_key_store()
    with open_node(left.home) as node:
        assert node.log.generation == 0


def test_what_an_earlier_version_left_audits_clean_once_it_is_migrated(upgraded: Ledger) -> None:
    audit(upgraded)


def test_an_upgraded_node_takes_over_and_seals_and_anchors_on(upgraded: Ledger) -> None:
    take_over(upgraded)
    receipt = upgraded.seal(b"after the upgrade" * 400, case=None)
    upgraded.anchor()
    assert upgraded.size() == 7
    assert upgraded.export(receipt)
    audit(upgraded)


def test_old_evidence_still_makes_packages_after_the_upgrade(left: Left, upgraded: Ledger) -> None:
    take_over(upgraded)
    upgraded.anchor()
    for name in ("recording", "promise", "short", "waiting"):
        target = upgraded.home / f"{name}.zip"
        upgraded.node.certifier.export(left.leaf(name), target, ExportOptions())
        assert target.stat().st_size
    audit(upgraded)


def test_the_erased_item_stays_erased_after_the_upgrade(left: Left, upgraded: Ledger) -> None:
    with upgraded.node.database.read() as connection:
        found = erasures.of(connection, left.leaf("erased"))
    assert found is not None


def test_people_can_be_invited_on_an_upgraded_node(left: Left) -> None:
    left.move_key_store()
    with open_node(left.home) as node:
        assert node.identity.invitations.invitation("http://127.0.0.1:8460") is not None


def test_a_purpose_key_that_is_lost_later_is_an_error(left: Left) -> None:
    left.move_key_store()
    with open_node(left.home) as node:
        assert len(node.keyring.purpose) == 32
    (left.home / KEYS / PURPOSE_KEY).unlink()
    with open_node(left.home) as node, pytest.raises(ConfigurationError) as caught:
        _ = node.keyring.purpose
    assert caught.value.code == "key-missing"


def test_the_old_home_can_be_backed_up_before_it_is_upgraded(left: Left, tmp_path: Path) -> None:
    settings = load_settings(left.home)
    with pytest.raises(ConfigurationError, match="key-store-beside-master-key"):
        back_up_keys(settings, tmp_path / "keys", prune=False)
    left.move_key_store()
    taken = back_up_ledger(settings, tmp_path / "ledger")
    back_up_keys(settings, tmp_path / "keys", prune=False)
    assert not Database(settings.ledger_url).is_current(LEDGER_VERSIONS), (
        "a backup migrates nothing"
    )
    assert (taken.manifest.object_count, taken.manifest.missing) == (1, ())
    with open_node(left.home) as node:
        account = node.keyring.anchor.address
    network = _chain(left, account)
    home = tmp_path / "restored"
    home.mkdir()
    shutil.copytree(OLD / "home" / KEYS, home / KEYS)
    (home / KEYS / key_store_file(home).name).unlink()
    for file in (home / KEYS).iterdir():
        file.chmod(0o600)
    restore(home, tmp_path / "ledger", tmp_path / "keys")
    with open_node(home):
        pass
    restored = open_ledger(home, network, TestClock(), SqliteDatabases(home))
    audit(restored)
    restored.close()


def take_over(ledger: Ledger) -> None:
    """Watch the account as a moved copy does, then take the lease."""
    with pytest.raises(RefusedError):
        ledger.tick()
    ledger.clock.move(LEASE_SECONDS)
    with pytest.raises(RefusedError):
        ledger.tick()
    ledger.network.mine()
