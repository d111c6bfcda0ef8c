"""Seals of the trail, and what a person with the database in hand can and cannot do to it."""

from typing import Any

import pytest
from harness.auditor import audit
from harness.ledger import Ledger
from sqlalchemy import text

from ledger.errors import UnavailableError
from ledger.evidence.statement import read_leaf
from ledger.store import statements
from node.audit.checking import TrailReport
from node.audit.entries import GENESIS, AuditEntry, chained, entry_bytes
from node.audit.sealing import range_of
from node.audit.store import walk


def record(ledger: Ledger, count: int = 3) -> None:
    ledger.node.trail.record(*(AuditEntry("node", "a.b", f"s{n}") for n in range(count)))


def run(ledger: Ledger, sql: str, **values: Any) -> None:
    with ledger.node.database.write() as connection:
        connection.execute(text(sql), values)


def check(ledger: Ledger) -> TrailReport:
    return ledger.node.audit_checker.check()


def codes(ledger: Ledger) -> list[tuple[str, int]]:
    return [(each.code, each.seq) for each in check(ledger).problems]


def seal(ledger: Ledger) -> bytes:
    done = ledger.node.audit_sealer.seal()
    assert done is not None
    assert done.leaf_hash is not None
    return done.leaf_hash


def test_an_empty_trail_is_sound_and_there_is_nothing_to_seal(ledger: Ledger) -> None:
    assert check(ledger) == TrailReport(0, 0, 0, ())
    assert ledger.node.audit_sealer.seal() is None


def test_ranges_follow_each_other_and_go_on_chain(ledger: Ledger) -> None:
    record(ledger)
    first = seal(ledger)
    assert ledger.node.audit_sealer.seal() is None
    record(ledger, 2)
    second = ledger.node.audit_sealer.seal()
    assert second is not None
    assert (second.first_seq, second.last_seq) == (4, 5)
    record(ledger, 1)
    assert check(ledger) == TrailReport(6, 5, 0, ())
    ledger.anchor()
    assert check(ledger) == TrailReport(6, 5, 5, ())
    with ledger.node.database.read() as connection:
        last = list(walk(connection))[2]
        found = statements.by_leaf_hash(connection, first)
    assert found is not None
    covered = range_of(read_leaf(found.leaf).statement)
    assert (covered.first, covered.last, covered.count, covered.last_hash) == (1, 3, 3, last.hash)
    audit(ledger)


def test_a_crash_between_sealing_and_recording_seals_nothing_twice(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(ledger)
    with monkeypatch.context() as patch:

        def fail(*_: object) -> None:
            raise UnavailableError("database-unavailable", detail="gone")

        patch.setattr("node.audit.store.record_seal", fail)
        with pytest.raises(UnavailableError):
            ledger.node.audit_sealer.seal()
    assert codes(ledger) == []  # planned and sealed, not recorded: nothing is wrong with that
    record(ledger)
    assert seal(ledger)
    with ledger.node.database.read() as connection:
        count = connection.scalar(text("SELECT count(*) FROM statement WHERE kind = 'audit_range'"))
    assert count == 1
    assert check(ledger) == TrailReport(6, 3, 0, ())


def test_a_crash_before_sealing_goes_on_with_the_planned_range(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(ledger)
    with monkeypatch.context() as patch:

        def fail(*_: object) -> bytes:
            raise UnavailableError("database-unavailable", detail="gone")

        patch.setattr("node.audit.sealing.AuditSealer._seal", fail)
        with pytest.raises(UnavailableError):
            ledger.node.audit_sealer.seal()
    record(ledger)
    done = ledger.node.audit_sealer.seal()
    assert done is not None
    assert (done.first_seq, done.last_seq) == (1, 3)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("DELETE FROM audit_entry WHERE seq = 2", [("audit-gap", 2)]),
        ("DELETE FROM audit_entry WHERE seq = 3", [("audit-cut", 3)]),
        ("UPDATE audit_entry SET actor = 'ann' WHERE seq = 2", [("audit-copies", 2)]),
        ("UPDATE audit_entry SET subject = NULL WHERE seq = 2", [("audit-copies", 2)]),
        (
            "UPDATE audit_entry SET hash = entry WHERE seq = 1",
            [("audit-changed", 1), ("audit-changed", 2)],
        ),
        ("UPDATE audit_head SET seq = 4", [("audit-cut", 4)]),
    ],
)
def test_what_is_changed_by_hand_is_found_at_its_place(
    ledger: Ledger, sql: str, found: list[tuple[str, int]]
) -> None:
    record(ledger)
    run(ledger, sql)
    assert codes(ledger) == found


def forge(ledger: Ledger) -> None:
    """Change the first entry, and make every hash anew: what a careful forger does."""
    with ledger.node.database.write() as connection:
        rows = list(walk(connection))
        connection.execute(text("DELETE FROM audit_entry"))
        previous = GENESIS
        for row in rows:
            entry = AuditEntry("ann" if row.seq == 1 else row.actor, row.action, row.subject)
            data = entry_bytes(entry, seq=row.seq, at=row.at)
            previous = chained(previous, data)
            connection.execute(
                text("INSERT INTO audit_entry VALUES (:seq, :at, :actor, :action, :subject, :data, :hash)"),
                {"seq": row.seq, "at": row.at, "actor": entry.actor, "action": entry.action,
                 "subject": entry.subject, "data": data, "hash": previous},
            )  # fmt: skip
        connection.execute(text("UPDATE audit_head SET hash = :hash"), {"hash": previous})
        connection.execute(text("UPDATE audit_seal SET last_hash = :hash"), {"hash": previous})


def test_a_careful_forger_is_stopped_by_the_sealed_statement(ledger: Ledger) -> None:
    record(ledger)
    seal(ledger)
    forge(ledger)
    assert ("audit-seal-other", 1) in codes(ledger)
    assert check(ledger).sealed == 0


def test_entries_removed_together_with_their_seal_are_missed_by_the_log(ledger: Ledger) -> None:
    record(ledger)
    seal(ledger)
    for sql in ("DELETE FROM audit_entry", "DELETE FROM audit_seal"):
        run(ledger, sql)
    run(ledger, "UPDATE audit_head SET seq = 0, hash = :zero", zero=GENESIS)
    assert codes(ledger) == [("audit-seal-removed", 1)]


def test_a_seal_without_its_statement_is_found(ledger: Ledger) -> None:
    record(ledger)
    seal(ledger)
    run(ledger, "UPDATE audit_seal SET leaf_hash = last_hash")
    assert codes(ledger) == [("audit-seal-missing", 1)]
    run(ledger, "UPDATE audit_seal SET first_seq = 2")
    assert ("audit-seal-gap", 1) in codes(ledger)
