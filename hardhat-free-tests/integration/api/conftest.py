"""A service for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.bank_service import BankApi, bank_service
from harness.ledger import Ledger
from harness.service import Api, api_of

from node.identity.permissions import Role


@pytest.fixture
def api(ledger: Ledger) -> Iterator[Api]:
    """Run a service on each of the databases."""
    with api_of(ledger) as running:
        yield running


@pytest.fixture
def bank(sqlite_ledger: Ledger, tmp_path: Path) -> Iterator[BankApi]:
    with bank_service(sqlite_ledger, tmp_path) as running:
        yield running


@pytest.fixture
def officer(bank: BankApi) -> dict[str, str]:
    """Somebody who asks, reviews and decides disputes."""
    bank.operator("officer", Role.COMPLIANCE)
    return bank.sign_in("officer")
