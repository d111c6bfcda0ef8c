"""What is due for erasure is listed page by page, and never erased by itself."""

import pytest
from harness.auditor import audit
from harness.commands import Cli
from harness.ledger import Ledger

from ledger.errors import ConfigurationError, LimitError
from ledger.evidence.retention import read_period
from ledger.services.retaining import MAX_PAGE, Retention
from ledger.store import cases, statements
from node.settings import FILE_NAME, load_settings, write_settings

DAY = 24 * 3600.0


def _retention(ledger: Ledger, **periods: str) -> Retention:
    read = {kind: read_period(text) for kind, text in periods.items()}
    return Retention(ledger.node.database.read, ledger.clock, read)


def _due(retention: Retention) -> list[bytes]:
    found, after = [], 0
    while True:
        page = retention.due(after=after, limit=2)
        found += [each.leaf_hash for each in page.items]
        if page.following is None:
            return found
        after = page.following


def test_only_what_is_old_enough_and_of_a_kind_with_a_period_is_due(ledger: Ledger) -> None:
    old = [ledger.seal(b"%d" % n * 6000, fields={"n": n}) for n in range(5)]
    ledger.seal(kind="letter")
    ledger.clock.move(100 * DAY)
    young = ledger.seal(b"young" * 2000)
    retention = _retention(ledger, call_recording="100d", message="1d")
    assert _due(retention) == [each.leaf_hash for each in old]
    assert young.leaf_hash not in _due(retention)
    ledger.clock.move(-1)
    assert _due(retention) == []
    assert _due(_retention(ledger)) == []
    audit(ledger)


def test_what_is_held_erased_or_being_erased_is_not_due(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = ledger.seal(b"held" * 2000, case=b"h" * 32)
    erased = ledger.seal(b"erased" * 2000, case=b"e" * 32)
    pending = ledger.seal(b"pending" * 2000)
    due = ledger.seal(b"due" * 2000, case=b"d" * 32)
    with ledger.node.database.write() as connection:
        row = statements.by_leaf_hash(connection, held.leaf_hash)
        assert row is not None
        assert row.case_id is not None
        cases.set_legal_hold(connection, row.case_id, hold=True)
    ledger.node.eraser.erase(erased.leaf_hash, reason="retention is over")
    with monkeypatch.context() as broken:
        broken.setattr("ledger.services.erasing.Eraser._carry_out", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ledger.node.eraser.erase(pending.leaf_hash, reason="retention is over")
    ledger.clock.move(2 * DAY)
    retention = _retention(ledger, call_recording="1d")
    assert _due(retention) == [due.leaf_hash]
    ledger.node.eraser.erase(due.leaf_hash, reason="retention is over")
    assert _due(retention) == []
    audit(ledger)


@pytest.mark.parametrize("limit", [0, -1, MAX_PAGE + 1])
def test_a_page_has_a_limit(sqlite_ledger: Ledger, limit: int) -> None:
    with pytest.raises(LimitError, match="retention-page"):
        _retention(sqlite_ledger, message="1d").due(limit=limit)


def test_the_command_lists_what_the_settings_say(sqlite_ledger: Ledger) -> None:
    ledger = sqlite_ledger
    ledger.clock.move(-400 * DAY)
    receipt = ledger.seal(fields={"phone": "1"})
    ledger.close()
    cli = Cli(ledger.home, inside=True)
    assert cli.ok("evidence", "due") == {"items": [], "after": None}
    with (ledger.home / FILE_NAME).open("a") as file:
        file.write('[retention]\ncall_recording = "1y"\n')
    (found,) = cli.ok("evidence", "due")["items"]
    assert (found["id"], found["kind"]) == (receipt.leaf_hash.hex(), "call_recording")
    write_settings(ledger.home, {"endpoint": "https://bank-a.example"})
    settings = load_settings(ledger.home)
    assert settings.retention == {"call_recording": "1y"}
    assert settings.endpoint == "https://bank-a.example"
    assert receipt.leaf_hash.hex()[:16] in cli.run("evidence", "due").out


@pytest.mark.parametrize(
    "table", ['rumour = "5y"', 'erasure = "5y"', 'message = "soon"', "message = 5"]
)
def test_a_table_that_is_not_valid_stops_the_node(sqlite_ledger: Ledger, table: str) -> None:
    with (sqlite_ledger.home / FILE_NAME).open("a") as file:
        file.write(f"[retention]\n{table}\n")
    with pytest.raises(ConfigurationError, match="settings-invalid"):
        load_settings(sqlite_ledger.home)
