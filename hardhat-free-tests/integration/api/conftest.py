"""A service for every test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.ledger import Databases, Ledger, TestClock, open_ledger
from harness.network import Network
from harness.service import Api, api_of


@pytest.fixture
def api(ledger: Ledger) -> Iterator[Api]:
    """Run a service on each of the databases."""
    with api_of(ledger) as running:
        yield running


@pytest.fixture(scope="module")
def module_ledger(
    template: Path, sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ledger]:
    """A ledger for all tests of a file, for those that only ask many questions."""
    home = tmp_path_factory.mktemp("service") / "home"
    shutil.copytree(template, home, ignore=shutil.ignore_patterns("*.db*"))
    sqlite_databases.attach(home)
    ledger = open_ledger(home, Network(), TestClock(), sqlite_databases)
    yield ledger
    ledger.close()
