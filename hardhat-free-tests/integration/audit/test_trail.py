"""The trail on both databases: pages, filters, transactions, writers at the same time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from harness.ledger import Ledger

from ledger.errors import LimitError, MalformedError
from node.audit.entries import AuditEntry
from node.audit.trail import TrailQuery


def sequence(ledger: Ledger, query: TrailQuery) -> list[int]:
    return [each.seq for each in ledger.node.trail.page(query).entries]


def test_pages_follow_each_other_newest_first_while_entries_are_added(ledger: Ledger) -> None:
    trail = ledger.node.trail
    trail.record(*(AuditEntry("node", "a.b", f"s{n}") for n in range(5)))
    first = trail.page(TrailQuery(limit=2))
    trail.record(AuditEntry("node", "a.b"))
    second = trail.page(TrailQuery(limit=2, before=first.before))
    third = trail.page(TrailQuery(limit=2, before=second.before))
    found = [each.seq for page in (first, second, third) for each in page.entries]
    assert found == [5, 4, 3, 2, 1]
    assert third.before is None


def test_entries_are_found_by_actor_action_subject_and_time(ledger: Ledger) -> None:
    trail, clock = ledger.node.trail, ledger.clock
    trail.record(AuditEntry("ann", "evidence.read-content", "e1", {"fields": 2}))
    clock.move(60)
    trail.record(AuditEntry("bob", "evidence.export", "e1"))
    clock.move(60)
    trail.record(AuditEntry("ann", "release.approve", "r1", outcome="refused"))
    assert sequence(ledger, TrailQuery(actor="ann")) == [3, 1]
    assert sequence(ledger, TrailQuery(action="evidence.")) == [2, 1]
    assert sequence(ledger, TrailQuery(action="evidence.export")) == [2]
    assert sequence(ledger, TrailQuery(subject="e1", actor="bob")) == [2]
    between = TrailQuery(since="2026-11-24T08:01:00.000Z", until="2026-11-24T08:02:00.000Z")
    assert sequence(ledger, between) == [2]
    stored = trail.page(TrailQuery(actor="ann")).entries
    assert [each.entry.outcome for each in stored] == ["refused", "done"]
    assert stored[1].entry.details == {"fields": 2}


def test_a_page_has_a_limit(ledger: Ledger) -> None:
    for limit in (0, 501):
        with pytest.raises(LimitError):
            ledger.node.trail.page(TrailQuery(limit=limit))


def test_a_change_that_is_undone_leaves_no_entry(ledger: Ledger) -> None:
    trail = ledger.node.trail
    with pytest.raises(RuntimeError), ledger.node.database.write() as connection:  # noqa: PT012 - raised inside
        trail.record_in(connection, AuditEntry("node", "a.b"))
        raise RuntimeError
    assert sequence(ledger, TrailQuery()) == []
    trail.record(AuditEntry("node", "a.b"))
    assert sequence(ledger, TrailQuery()) == [1]


def test_one_bad_entry_keeps_the_others_out(ledger: Ledger) -> None:
    with pytest.raises(MalformedError):
        ledger.node.trail.record(AuditEntry("node", "a.b"), AuditEntry("node", "no action"))
    assert sequence(ledger, TrailQuery()) == []


def test_writers_at_the_same_time_never_fork_the_chain(ledger: Ledger) -> None:
    threads, each = 6, 10
    start = Barrier(threads)

    def work(thread: int) -> None:
        start.wait()
        for _ in range(each):
            ledger.node.trail.record(AuditEntry(f"thread{thread}", "a.b"))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    report = ledger.node.audit_checker.check()
    assert (report.entries, report.problems) == (threads * each, ())
