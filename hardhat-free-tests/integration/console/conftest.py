"""A service with its pages, for every test or for a file of them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.browsing import Console, console_of
from harness.ledger import Databases, Ledger, TestClock, open_ledger
from harness.network import Network


@pytest.fixture
def console(ledger: Ledger) -> Iterator[Console]:
    """Run a console on each of the databases."""
    with console_of(ledger) as running:
        yield running


@pytest.fixture(scope="module")
def module_console(
    template: Path, sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Console]:
    """A console for all tests of a file, for those that only look."""
    home = tmp_path_factory.mktemp("console") / "home"
    shutil.copytree(template, home, ignore=shutil.ignore_patterns("*.db*"))
    sqlite_databases.attach(home)
    ledger: Ledger = open_ledger(home, Network(), TestClock(), sqlite_databases)
    with console_of(ledger) as running:
        yield running
    ledger.close()
