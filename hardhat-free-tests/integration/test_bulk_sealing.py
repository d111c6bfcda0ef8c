"""Bulk sealing with a preparing process of its own: batches, bad lines, and a process that dies."""

import json
import os
import signal
from multiprocessing import active_children
from pathlib import Path

import pytest
from harness.auditor import audit
from harness.ledger import Ledger
from sqlalchemy import func, select

from ledger.errors import LedgerError, UnavailableError
from ledger.services.intake import Receipt
from ledger.store.tables import statement
from node.audit.trail import TrailQuery
from node.batches import seal_batch, seal_lines
from node.bulk_sealing import BulkSealer
from node.preparing import apart


def line(number: int, **more: object) -> bytes:
    item = {"kind": "promise_to_pay", "case": f"C-{number // 4}", "fields": {"n": number}, **more}
    return json.dumps(item).encode()


def count(ledger: Ledger) -> int:
    with ledger.node.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(statement)) or 0


def test_a_large_batch_is_prepared_in_another_process_and_numbered_in_order(
    ledger: Ledger, tmp_path: Path
) -> None:
    lines = [line(number) for number in range(4100)]
    lines[17] = b'{"kind": "nope"}'
    outcomes = list(seal_batch(ledger.node, lines, tmp_path, actor="command:ann"))
    assert [at for at, _ in outcomes] == list(range(1, 4101))
    bad = [(at, each.code) for at, each in outcomes if isinstance(each, LedgerError)]
    assert bad == [(18, "statement-kind")]
    numbers = [each.case_number for _, each in outcomes if isinstance(each, Receipt)]
    assert numbers[-4:] == [1, 2, 3, 4]
    entries = ledger.node.trail.page(TrailQuery(actor="command:ann")).entries
    assert {each.entry.action for each in entries} == {"evidence.seal-bulk"}
    assert sum(int(each.entry.details["count"]) for each in entries) == len(numbers) == 4099
    audit(ledger)


def test_files_are_read_by_the_other_process(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a letter" * 1000)
    lines = [line(n, request_key=str(n)) for n in range(2050)]
    lines[3] = json.dumps({"kind": "letter", "file": "a.txt"}).encode()
    lines[4] = json.dumps({"kind": "letter", "file": "missing.txt"}).encode()
    outcomes = dict(seal_batch(ledger.node, lines, tmp_path, actor="command:ann"))
    assert isinstance(outcomes[4], Receipt)
    assert isinstance(outcomes[5], LedgerError)
    assert outcomes[5].code == "content-unreadable"
    audit(ledger)


def test_when_the_preparing_process_dies_what_was_answered_is_sealed_and_the_rest_is_not(
    ledger: Ledger,
) -> None:
    with apart(ledger.home, None) as preparer:
        outcomes = seal_lines((line(n) for n in range(900)), ledger.node.intake, preparer, size=300)
        next(outcomes)
        for child in active_children():
            os.kill(child.pid or 0, signal.SIGKILL)
            child.join()
        with pytest.raises(UnavailableError, match="preparing-stopped"):
            list(outcomes)
    assert count(ledger) in {300, 600}
    audit(ledger)


def test_a_service_starts_a_fresh_process_after_one_that_died(ledger: Ledger) -> None:
    with BulkSealer(ledger.node) as bulk:
        assert len(bulk.seal([line(1)], "archive")) == 1
        for child in active_children():
            os.kill(child.pid or 0, signal.SIGKILL)
            child.join()
        with pytest.raises(UnavailableError):
            bulk.seal([line(2)], "archive")
        ((_, receipt),) = bulk.seal([line(3)], "archive")
    assert isinstance(receipt, Receipt)
    assert active_children() == []
    audit(ledger)


def test_a_caller_that_stops_listening_leaves_nothing_half_done(ledger: Ledger) -> None:
    with apart(ledger.home, None) as preparer:
        outcomes = seal_lines((line(n) for n in range(900)), ledger.node.intake, preparer, size=300)
        next(outcomes)
        outcomes.close()
        again = list(seal_lines([line(1000)], ledger.node.intake, preparer))
    assert isinstance(again[0][1], Receipt)
    assert count(ledger) == 301
    audit(ledger)
