"""A whole node whose contents lie on a real S3 server: seals, anchors, exports, audits, sweeps, erases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.auditor import audit
from harness.ledger import Databases, Ledger, open_ledger
from harness.s3 import S3Server, s3_server

from ledger.errors import UnavailableError
from ledger.proof.report import ExitCode
from ledger.proof.verify import verify_package
from node.memory_package import MemoryPackage
from node.settings import write_settings

LARGE = bytes(range(250)) * 90_000
"""22 MB: two parts."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    monkeypatch.setattr("ledger.vault.s3.ATTEMPTS", 1)
    with s3_server(tmp_path / "buckets") as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def on_s3(
    server: S3Server, sqlite_databases: Databases, make_ledger: Callable[..., Ledger]
) -> Iterator[Ledger]:
    ledger = make_ledger(sqlite_databases)
    write_settings(ledger.home, {"vault_url": server.url("bank-a")})
    ledger.close()
    again = open_ledger(ledger.home, ledger.network, ledger.clock, sqlite_databases)
    yield again
    again.close()


def test_a_node_does_its_main_job_and_erases_with_its_contents_on_s3(
    on_s3: Ledger, server: S3Server
) -> None:
    case = b"c" * 32
    receipt = on_s3.seal(LARGE, case=case, fields={"phone": "13900000000"})
    on_s3.seal(b"short" * 100, case=case)
    assert [each.parent.name for each in server.files()] == ["bank-a"]
    assert not (on_s3.home / "vault").exists()
    on_s3.anchor()
    package = on_s3.export(receipt)
    report = verify_package(MemoryPackage(package), on_s3.node.trust)
    assert report.exit_code is ExitCode.PROVED
    assert report.of("V3").verdict.value == "proved"
    assert on_s3.node.auditor.run().contents == 2
    audit(on_s3)
    on_s3.node.eraser.erase(receipt.leaf_hash, reason="retention is over")
    assert server.files() == []
    on_s3.anchor()
    report = verify_package(MemoryPackage(on_s3.export(receipt)), on_s3.node.trust)
    assert (report.exit_code, report.disclosed) == (ExitCode.PROVED, {})
    audit(on_s3)


def test_an_outage_of_the_service_loses_nothing_and_is_no_damage(
    on_s3: Ledger, server: S3Server
) -> None:
    receipt = on_s3.seal(LARGE)
    server.stop()
    with pytest.raises(UnavailableError):
        on_s3.seal(LARGE + b"another")
    with pytest.raises(UnavailableError):
        on_s3.node.eraser.erase(receipt.leaf_hash, reason="retention is over")
    server.start()
    assert len(on_s3.node.eraser.unfinished()) == 1
    assert on_s3.node.eraser.resume().carried_out == 1
    assert server.files() == []
    server.stop()
    on_s3.seal(b"short" * 100)
    on_s3.anchor()
    server.start()
    audit(on_s3)


def test_an_audit_does_not_take_an_outage_for_damage(on_s3: Ledger, server: S3Server) -> None:
    on_s3.seal(LARGE)
    on_s3.anchor()
    server.stop()
    with pytest.raises(UnavailableError):
        on_s3.node.auditor.run()
    server.start()
    audit(on_s3)
