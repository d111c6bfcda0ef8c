"""A restored node does not know who asked it since the backup: it evaluates for nobody in that month."""

from pathlib import Path

import pytest
from harness.backups import back_up, restored_elsewhere
from harness.entry_members import Banks, specimen
from harness.ledger import Ledger

from blacklist.domain.budgets import period_of
from blacklist.domain.protocol.purposes import Purpose
from blacklist.store import evaluations
from blacklist.store.evaluations import BudgetName
from ledger.errors import LedgerError
from node.adapters import SystemClock

CALLER = b"\x01" * 32


def test_restoring_spends_every_budget_of_the_month(ledger: Ledger, tmp_path: Path) -> None:
    now = period_of(SystemClock().now())
    name = BudgetName(CALLER, "id", Purpose.QUERY.value, now)
    with ledger.node.database.write() as connection:
        evaluations.lock_used(connection, name)
        evaluations.set_used(connection, name, 7)
        assert not evaluations.is_all_spent(connection, now)
    places = tmp_path / "backup", tmp_path / "key-backup"
    back_up(ledger, places)
    ledger.close()
    restored, _ = restored_elsewhere(ledger, places, tmp_path / "new")
    with restored.node.database.read() as connection:
        assert evaluations.is_all_spent(connection, now)
        assert not evaluations.is_all_spent(connection, "2001-01")
        assert evaluations.usage(connection, now) == [(name, 7)]


def test_while_budgets_are_spent_nobody_is_answered_and_then_again(banks: Banks) -> None:
    asking = banks.banks[0]
    now = period_of(asking.evaluator.clock.now())
    for bank in banks.banks[1:]:
        with bank.database.write() as connection:
            evaluations.spend_all(connection, now)
    with pytest.raises(LedgerError, match="evaluation-too-few"):
        asking.querying.query(asking.person(specimen(123)), Purpose.QUERY, "officer")
    for bank in banks.banks[1:]:
        with bank.database.read() as connection:
            assert evaluations.usage(connection, now) == []
    banks.move(days=31)
    assert asking.querying.query(asking.person(specimen(123)), Purpose.QUERY, "officer") == []
