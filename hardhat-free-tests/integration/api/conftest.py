"""A service for every test."""

from collections.abc import Iterator

import pytest
from harness.ledger import Ledger
from harness.service import Api, api_of


@pytest.fixture
def api(ledger: Ledger) -> Iterator[Api]:
    """Run a service on each of the databases."""
    with api_of(ledger) as running:
        yield running
