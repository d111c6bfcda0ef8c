"""Erasure in steps: a fault at any of them leaves one sealed erasure, carried out when asked again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from harness.auditor import audit
from harness.faults import Faults, When
from harness.ledger import RECORDING, Databases, Ledger
from harness.people import person
from sqlalchemy import func, select

from ledger.errors import LedgerError, RefusedError, UnavailableError
from ledger.proof.report import ExitCode
from ledger.proof.verify import verify_package
from ledger.services.erasing import Resumed
from ledger.services.intake import Receipt
from ledger.store import cases, erasures, statements
from ledger.store.tables import pending_erasure, statement
from node.audit.trail import TrailQuery
from node.identity.permissions import Role
from node.memory_package import MemoryPackage
from node.release_kinds import ERASURE, register

LARGE = RECORDING * 20


def _sealed(ledger: Ledger) -> Receipt:
    return ledger.seal(LARGE, case=ledger.node.lookups.case("c"), fields={"phone": "13900000000"})


def _hold(ledger: Ledger, receipt: Receipt, *, hold: bool) -> None:
    with ledger.node.database.write() as connection:
        row = statements.by_leaf_hash(connection, receipt.leaf_hash)
        assert row is not None
        assert row.case_id is not None
        cases.set_legal_hold(connection, row.case_id, hold=hold)


def _sealed_erasures(ledger: Ledger) -> int:
    query = select(func.count()).select_from(statement).where(statement.c.kind == "erasure")
    with ledger.node.database.read() as connection:
        return connection.scalar(query) or 0


def _cut_short(ledger: Ledger, monkeypatch: pytest.MonkeyPatch, step: str) -> Receipt:
    """Seal an item and erase it up to ``step``, where the process dies."""
    receipt = _sealed(ledger)
    with monkeypatch.context() as broken:
        broken.setattr(f"ledger.services.erasing.Eraser.{step}", lambda *_a, **_k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ledger.node.eraser.erase(receipt.leaf_hash, reason="retention is over")
    return receipt


def _check_erased(ledger: Ledger, receipt: Receipt) -> None:
    """One sealed erasure, nothing clear, nothing pending, every proof."""
    assert _sealed_erasures(ledger) == 1
    assert list(ledger.node.vault.object_ids()) == []
    with ledger.node.database.read() as connection:
        row = statements.by_leaf_hash(connection, receipt.leaf_hash)
        done = erasures.of(connection, receipt.leaf_hash)
        assert connection.scalar(select(func.count()).select_from(pending_erasure)) == 0
    assert row is not None
    assert row.key_id is not None
    assert (row.sealed_fields, row.content_sha256) == (None, None)
    assert ledger.node.record_keys.open(row.key_id) is None
    assert done is not None
    assert ledger.node.auditor.run().findings == []
    ledger.anchor()
    report = verify_package(MemoryPackage(ledger.export(receipt)), ledger.node.trust)
    assert (report.exit_code, report.disclosed) == (ExitCode.PROVED, {})
    audit(ledger)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_at_any_step_of_an_erasure_leaves_one_erasure_that_is_carried_out(
    databases: Databases, make_ledger: Callable[..., Ledger], when: When
) -> None:
    counted = Faults()
    ledger = make_ledger(databases, wrap=counted.wrap)
    receipt = _sealed(ledger)
    first = len(counted.steps)
    ledger.node.eraser.erase(receipt.leaf_hash, reason="retention is over")
    steps = counted.steps[first:]
    assert [each for each in steps if each != "commit"] == [
        "record_keys.create", "vault.seal_fields", "evidence_key.sign", "record_keys.destroy", "vault.delete",
    ]  # fmt: skip
    for at in range(len(steps)):
        faults = Faults(first + at, when)
        ledger = make_ledger(databases, wrap=faults.wrap)
        receipt = _sealed(ledger)
        with pytest.raises(UnavailableError):
            ledger.node.eraser.erase(receipt.leaf_hash, reason="retention is over")
        assert faults.struck
        ledger = ledger.restarted()
        _finish(ledger, receipt, resume=at % 2 == 1)
        _check_erased(ledger, receipt)
        ledger.close()


def _finish(ledger: Ledger, receipt: Receipt, *, resume: bool) -> None:
    """Go on as a person would, or as the worker does where something was sealed at all."""
    if resume and _sealed_erasures(ledger):
        ledger.node.eraser.resume()
        return
    try:
        ledger.node.eraser.erase(receipt.leaf_hash, reason="asked again")
    except RefusedError as error:
        assert error.code == "evidence-erased"  # noqa: PT017 - the last step was applied


def test_the_first_erasure_is_carried_out_with_its_own_reason(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = _cut_short(ledger, monkeypatch, "_carry_out")
    (planned,) = ledger.node.eraser.unfinished()
    report = ledger.node.auditor.run()
    assert [each.code for each in report.findings] == ["audit-erasure"]
    assert report.problems == []
    done = ledger.node.eraser.erase(receipt.leaf_hash, reason="another reason")
    assert (done.reason, done.statement_leaf) == ("retention is over", planned.statement_leaf)
    _check_erased(ledger, receipt)


def test_a_hold_that_was_set_after_the_sealing_keeps_the_key_until_it_is_lifted(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = _cut_short(ledger, monkeypatch, "_carry_out")
    _hold(ledger, receipt, hold=True)
    keys = ledger.node.record_keys.count()
    assert ledger.node.eraser.resume() == Resumed(carried_out=0, left=1)
    with pytest.raises(RefusedError, match="evidence-on-hold"):
        ledger.node.eraser.erase(receipt.leaf_hash, reason="x")
    assert ledger.node.record_keys.count() == keys
    assert len(ledger.node.eraser.unfinished()) == 1
    audit(ledger)
    _hold(ledger, receipt, hold=False)
    assert ledger.node.eraser.resume() == Resumed(carried_out=1, left=0)
    _check_erased(ledger, receipt)


def test_erasures_that_are_held_do_not_hold_up_the_others(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.services.erasing.ROUND", 1)
    held = _cut_short(ledger, monkeypatch, "_carry_out")
    _hold(ledger, held, hold=True)
    with monkeypatch.context() as broken:
        broken.setattr("ledger.services.erasing.Eraser._carry_out", lambda *_a: 1 / 0)
        for n in range(2):
            free = ledger.seal(b"%d" % n * 6000)
            with pytest.raises(ZeroDivisionError):
                ledger.node.eraser.erase(free.leaf_hash, reason="x")
    assert ledger.node.eraser.resume() == Resumed(carried_out=1, left=2)
    assert ledger.node.eraser.resume() == Resumed(carried_out=1, left=1)
    assert ledger.node.eraser.resume() == Resumed(carried_out=0, left=1)
    assert [each.leaf_hash for each in ledger.node.eraser.unfinished()] == [held.leaf_hash]


def test_what_has_begun_is_finished_in_spite_of_a_later_hold(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = _cut_short(ledger, monkeypatch, "_finish")
    _hold(ledger, receipt, hold=True)
    assert ledger.node.auditor.run().problems == []
    assert ledger.node.eraser.resume() == Resumed(carried_out=1, left=0)
    _check_erased(ledger, receipt)


def test_a_hold_that_comes_between_the_first_look_and_the_sealing_wins(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = _sealed(ledger)
    create = ledger.node.record_keys.create

    def held_meanwhile(count: int) -> object:
        _hold(ledger, receipt, hold=True)
        return create(count)

    with monkeypatch.context() as slow:
        slow.setattr(ledger.node.record_keys, "create", held_meanwhile)
        with pytest.raises(RefusedError, match="evidence-on-hold"):
            ledger.node.eraser.erase(receipt.leaf_hash, reason="x")
    assert _sealed_erasures(ledger) == 0
    assert ledger.node.eraser.unfinished() == []
    audit(ledger)


def test_two_who_erase_the_same_item_at_once_seal_one_erasure(ledger: Ledger) -> None:
    receipts = [_sealed(ledger), ledger.seal(fields={"phone": "1"})]
    for receipt in receipts:
        start, before = Barrier(3), _sealed_erasures(ledger)

        def erase(_: int, receipt: Receipt = receipt, start: Barrier = start) -> str:
            start.wait()
            try:
                ledger.node.eraser.erase(receipt.leaf_hash, reason="x")
            except LedgerError as error:
                return error.code
            return "erased"

        with ThreadPoolExecutor(3) as pool:
            outcomes = set(pool.map(erase, range(3)))
        assert "erased" in outcomes
        assert outcomes <= {"erased", "evidence-erased"}
        assert _sealed_erasures(ledger) == before + 1
    audit(ledger)


def test_an_erasure_that_is_carried_out_leaves_an_audit_entry_in_the_same_transaction(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = _cut_short(ledger, monkeypatch, "_carry_out")
    asked = TrailQuery(action="evidence.erased")
    assert ledger.node.trail.page(asked).entries == ()
    ledger.node.eraser.resume()
    (entry,) = ledger.node.trail.page(asked).entries
    assert entry.entry.subject == receipt.leaf_hash.hex()
    _check_erased(ledger, receipt)


def test_a_released_erasure_that_is_sealed_is_done_though_the_key_store_is_away(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = _sealed(ledger)
    releases = register(ledger.node)
    officer = person(ledger, "officer", Role.COMPLIANCE).principal
    supervisor = person(ledger, "supervisor", Role.SUPERVISOR).principal
    asked = releases.request(
        officer, kind=ERASURE, subject=receipt.leaf_hash.hex(), reason="retention is over"
    )
    releases.decide(asked.release_id, supervisor, approve=True, reason="checked")
    with monkeypatch.context() as away:
        away.setattr(type(ledger.node.record_keys), "destroy", _away)
        assert releases.execute(asked.release_id, officer).state == "done"
    assert ledger.node.record_keys.count() > 0
    ledger.node.eraser.resume()
    _check_erased(ledger, receipt)


def _away(*_arguments: object) -> None:
    raise UnavailableError("database-unavailable", why="away")
