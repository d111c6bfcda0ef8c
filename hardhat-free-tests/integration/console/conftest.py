"""A service with its pages, for every test or for a file of them."""

from collections.abc import Iterator

import pytest
from harness.browsing import Console, console_of
from harness.ledger import Ledger


@pytest.fixture
def console(ledger: Ledger) -> Iterator[Console]:
    """Run a console on each of the databases."""
    with console_of(ledger) as running:
        yield running


@pytest.fixture(scope="module")
def module_console(module_ledger: Ledger) -> Iterator[Console]:
    """A console for all tests of a file, for those that only look."""
    with console_of(module_ledger) as running:
        yield running
