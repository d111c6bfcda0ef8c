"""One anchored ledger on a sealed chain for all tests of the verifier; each test changes a copy."""

import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from harness.databases import SqliteDatabases
from harness.ledger import RECORDING, Ledger, TestClock, open_ledger
from harness.network import GENESIS_TIME, Network
from harness.packages import Case, complete, open_case

from ledger.evidence.custody import CustodyEntry
from ledger.services.intake import Receipt

CUSTODY = (
    CustodyEntry("2026-11-20T02:10:45.000Z", "captured", "", "pbx-2", None),
    CustodyEntry(
        "2026-11-20T02:11:02.000Z", "stored", "pbx-2", "archive", sha256(RECORDING).digest()
    ),
)
EXTRACTION = {
    "tool": "sox",
    "version": "14.4.2",
    "command": "sox in.raw out.wav",
    "input_sha256": "11" * 32,
    "output_sha256": sha256(RECORDING).hexdigest(),
}


def _home(base: Path, template: Path) -> tuple[Path, SqliteDatabases]:
    databases = SqliteDatabases(template)
    home = base / "home"
    shutil.copytree(template, home, ignore=shutil.ignore_patterns("*.db*"))
    databases.attach(home)
    return home, databases


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Iterator[Ledger]:
    """A ledger with two anchors: the first of one item, the second of four more."""
    home, databases = _home(tmp_path_factory.mktemp("bank"), template)
    ledger = open_ledger(home, Network("qbft-header"), TestClock(), databases)
    ledger.network.mine(5)
    ledger.seal(b"first of all" * 1000)
    ledger.anchor()
    ledger.network.mine(2)
    ledger = ledger.restarted()
    case = ledger.node.lookups.case("2026-000317")
    ledger.seal(None, kind="promise_to_pay", case=case, fields={"amount_fen": 5000})
    ledger.seal(
        RECORDING,
        case=case,
        fields={"agent": "A-1027", "phone": "13900000000"},
        capture={"device": "pbx-2"},
        custody=CUSTODY,
        extra={"extraction": EXTRACTION},
        media_type="audio/wav",
    )
    ledger.seal(None, kind="promise_to_pay", fields={"n": 1})
    ledger.seal(b"a short form")
    ledger.anchor()
    yield ledger
    ledger.close()


@pytest.fixture(scope="session")
def recording(bank: Ledger) -> Receipt:
    return bank.receipts[2]


@pytest.fixture(scope="session")
def _exported(bank: Ledger, recording: Receipt) -> Case:
    package = bank.export(recording, withhold=frozenset({"phone"}))
    return open_case(bank, package)


@pytest.fixture
def case(_exported: Case) -> Case:
    """A package as it is exported: no cosignatures, no timestamp; the consortium's policy."""
    return _exported.copy()


@pytest.fixture
def full(case: Case) -> Case:
    """The same with two cosignatures and a timestamp; everything is required."""
    return complete(case, GENESIS_TIME + 60)


@pytest.fixture(scope="session")
def small(bank: Ledger) -> Case:
    """A small package: a promise without a case."""
    return open_case(bank, bank.export(bank.receipts[3], "small.zip"))
