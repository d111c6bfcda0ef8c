"""A voted log generation: what a node that lost its log's tail keeps, carries over, and proves again."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from harness.auditor import audit
from harness.generations import begin, opener, vote
from harness.ledger import Ledger
from harness.trusting import trust_of
from sqlalchemy import Connection, select

from ledger.errors import IntegrityError, RefusedError
from ledger.evidence.opening import opening_of
from ledger.evidence.statement import compose_leaf, read_leaf
from ledger.primitives.merkle import leaf_hash
from ledger.proof.report import ExitCode, Report
from ledger.proof.verify import verify_package
from ledger.services.fencing import LEASE_SECONDS, RENEW_SECONDS
from ledger.services.intake import Receipt
from ledger.services.opening import Begun
from ledger.store import logs, lost_leaves, statements
from ledger.store.statements import Place
from ledger.store.tables import leaf, log, statement, tile
from node.history import stations
from node.memory_package import MemoryPackage


def _refusal(ledger: Ledger) -> str:
    with pytest.raises(RefusedError) as caught:
        ledger.node.fence.check()
    return caught.value.code


def _wait_until_alone(ledger: Ledger) -> None:
    """Watch the account for as long as a copy has to, and take the lease."""
    assert _refusal(ledger) == "lease-watching"
    ledger.clock.move(LEASE_SECONDS)
    assert _refusal(ledger) == "lease-watching"
    ledger.network.mine()
    ledger.node.fence.check()


def _place(ledger: Ledger, receipt: Receipt) -> Place | None:
    with ledger.node.database.read() as connection:
        return statements.place_of(connection, receipt.leaf_hash)


def _verified(ledger: Ledger, receipt: Receipt) -> Report:
    """Export a package and verify it as a court does."""
    data = ledger.export(receipt)
    report = verify_package(MemoryPackage(data), trust_of(ledger.node, ledger.network))
    assert report.exit_code is ExitCode.PROVED, report
    return report


def _letters(ledger: Ledger, *names: str, case: bytes | None = None) -> list[Receipt]:
    return [ledger.seal(name.encode() * 1000, kind="letter", case=case) for name in names]


@pytest.fixture
def lost(ledger: Ledger, tmp_path: Path) -> tuple[Ledger, list[Receipt]]:
    """A restored backup: one statement anchored, one placed, one waiting; its log went on elsewhere."""
    (anchored,) = _letters(ledger, "anchored", case=b"c" * 32)
    ledger.anchor()
    (placed,) = _letters(ledger, "placed", case=b"c" * 32)
    ledger.node.sequencer.run()
    (waiting,) = _letters(ledger, "waiting")
    restored = ledger.cloned(tmp_path / "restored")
    _letters(ledger, "lost for ever")
    ledger.anchor()
    ledger.close()
    return restored, [anchored, placed, waiting]


def test_a_restored_backup_goes_on_in_the_voted_generation_and_proves_everything_it_has(
    lost: tuple[Ledger, list[Receipt]],
) -> None:
    ledger, (anchored, placed, waiting) = lost
    assert _refusal(ledger) == "log-behind-chain"
    begun = begin(ledger)
    assert begun.watching
    assert (begun.generation, begun.opening.kept, begun.opening.carried) == (1, 2, 1)
    with pytest.raises(RefusedError, match="log-read-only"):
        ledger.seal(b"too early" * 1000)
    _wait_until_alone(ledger)
    (later,) = _letters(ledger, "later", case=b"c" * 32)
    ledger.anchor()

    assert _place(ledger, anchored) == Place(0, 0)
    assert [_place(ledger, each) for each in (placed, waiting, later)] == [
        Place(1, 1), Place(1, 2), Place(1, 3),
    ]  # fmt: skip
    old, new = _verified(ledger, anchored), _verified(ledger, later)
    assert (old.of("V6").code, new.of("V6").code) == ("leaf-in-log", "leaf-in-log")
    assert "case-head-later-generation" in old.of("V15").trusts
    assert "case-head-later-generation" not in new.of("V15").trusts
    for each in (placed, waiting):
        carried = _verified(ledger, each).of("V6")
        assert carried.code == "leaf-carried"
        assert carried.params["named"].endswith("/g0")
        assert carried.params["origin"].endswith("/g1")
    assert ledger.statement(placed).leaf_hash == placed.leaf_hash
    with ledger.node.database.read() as connection:
        row = statements.by_leaf_hash(connection, placed.leaf_hash)
        assert row is not None
        logged = [each for each in stations(connection, row) if each.event == "logged"]
    assert [(each.detail["generation"], each.detail["leaf_index"]) for each in logged] == [
        (0, 1), (1, 1),
    ]  # fmt: skip
    audit(ledger)


def test_the_first_leaf_names_the_head_at_which_the_vote_ended_the_old_log(
    lost: tuple[Ledger, list[Receipt]],
) -> None:
    ledger, _ = lost
    voted = vote(ledger)
    begun = begin(ledger, voted)
    with ledger.node.database.read() as connection:
        ((index, row),) = statements.at_places(connection, 1, 0, 10)
    statement = read_leaf(row.leaf).statement
    assert (index, row.leaf_hash, statement.kind) == (0, begun.leaf_hash, "opening")
    assert statement.origin.endswith("/g1")
    said = opening_of(statement, 1)
    assert said == begun.opening
    assert (said.vote, said.origin) == (voted, statement.origin[:-1] + "0")
    _wait_until_alone(ledger)
    ledger.anchor()
    receipt = Receipt(row.leaf_hash, row.sealed_at, None, row.leaf)
    assert _verified(ledger, receipt).of("V12").code == "anchor-first"


def test_a_copy_that_begins_beside_the_living_original_shows_no_second_history(
    ledger: Ledger, tmp_path: Path
) -> None:
    _letters(ledger, "first")
    ledger.anchor()
    copy = ledger.cloned(tmp_path / "copy")
    voted = vote(ledger)
    begin(copy, voted)
    assert _refusal(copy) == "lease-watching"
    begin(ledger, voted)
    ledger.clock.move(RENEW_SECONDS)
    _letters(ledger, "the original goes on")
    ledger.anchor()
    copy.clock.move(LEASE_SECONDS)
    assert _refusal(copy) == "log-behind-chain"
    with copy.node.database.read() as connection:
        assert logs.latest_checkpoint(connection, 1) is None
    audit(ledger)


def test_a_node_that_lost_nothing_goes_on_at_once_and_only_once(ledger: Ledger) -> None:
    (first,) = _letters(ledger, "first")
    ledger.anchor()
    voted = vote(ledger)
    begun = begin(ledger, voted)
    assert (begun.watching, begun.opening.carried) == (False, 0)
    with pytest.raises(RefusedError, match="generation-begun"):
        begin(ledger, voted)
    (second,) = _letters(ledger, "second")
    ledger.anchor()
    assert [_place(ledger, each) for each in (first, second)] == [Place(0, 0), Place(1, 1)]
    assert ledger.statement(second).statement.origin.endswith("/g1")
    audit(ledger)


def test_a_second_vote_carries_the_same_statements_on(ledger: Ledger) -> None:
    ledger.node.fence.check()
    (first,) = _letters(ledger, "first")
    ledger.node.sequencer.run()
    for generation in (1, 2):
        assert begin(ledger).opening.carried == generation
        ledger.node.sequencer.run()
    ledger.anchor()
    # The opening of the first voted generation was never anchored there: it is carried as well.
    assert _place(ledger, first) == Place(2, 1)
    assert _verified(ledger, first).of("V6").params["origin"].endswith("/g2")
    audit(ledger)


def test_a_generation_that_was_lost_elsewhere_is_passed_over(ledger: Ledger) -> None:
    (first,) = _letters(ledger, "first")
    ledger.anchor()
    vote(ledger)
    begun = begin(ledger)
    assert (begun.generation, begun.opening.kept) == (2, 0)
    assert begun.opening.origin.endswith("/g1")
    _letters(ledger, "second")
    ledger.anchor()
    _verified(ledger, first)
    audit(ledger)


def test_nothing_is_begun_when_the_transaction_fails_at_its_end(
    lost: tuple[Ledger, list[Receipt]],
) -> None:
    ledger, receipts = lost
    voted = vote(ledger)

    def fail(_connection: Connection, _begun: Begun) -> None:
        raise RefusedError("log-read-only")

    before = [_place(ledger, each) for each in receipts]
    with pytest.raises(RefusedError, match="log-read-only"):
        replace(opener(ledger), also=fail).open(voted)
    assert [_place(ledger, each) for each in receipts] == before
    assert ledger.node.log.generation == 0
    assert begin(ledger, voted).opening.carried == 1
    _wait_until_alone(ledger)
    ledger.anchor()
    audit(ledger)


def test_a_statement_that_names_a_later_generation_than_its_log_proves_nothing(
    ledger: Ledger,
) -> None:
    ledger.node.fence.check()
    (first,) = _letters(ledger, "first")
    said = read_leaf(first.leaf)
    signed = said.signed_bytes.replace(b'/g0"', b'/g1"')
    signer = ledger.node.evidence_key
    forged = compose_leaf(signed, signature=signer.sign(signed), key=signer.public_key)
    with ledger.node.database.write() as connection:
        row = statements.by_leaf_hash(connection, first.leaf_hash)
        assert row is not None
        statements.insert(connection, [replace(row, leaf=forged, leaf_hash=leaf_hash(forged))], [])
    ledger.anchor()
    with pytest.raises(IntegrityError, match="export-refuted") as caught:
        ledger.export(replace(first, leaf_hash=leaf_hash(forged)))
    assert caught.value.params == {"check": "V6", "why": "leaf-of-another-log"}


def test_the_audit_finds_damage_in_a_closed_generation_and_goes_on_from_a_later_one(
    ledger: Ledger,
) -> None:
    _letters(ledger, "first", "second")
    ledger.anchor()
    begin(ledger)
    _letters(ledger, "third")
    ledger.anchor()
    seen: list[Place] = []
    report = ledger.node.auditor.run(progress=lambda done, _size: seen.append(done))
    assert (report.leaves, report.anchors, report.problems) == (4, 2, [])
    assert seen == [Place(0, 2), Place(1, 2)]
    with ledger.node.database.write() as connection:
        connection.execute(
            tile.update().where(tile.c.generation == 0, tile.c.level == 0).values(hashes=bytes(64))
        )
    found = [(each.where, each.code) for each in ledger.node.auditor.run().problems]
    assert found == [("g0 tile 0/0", "audit-tile")]
    later = ledger.node.auditor.run(start=Place(1, 0))
    assert (later.leaves, later.problems) == (2, [])


def test_a_lost_place_in_a_large_log_is_no_gap(sqlite_ledger: Ledger) -> None:
    ledger = sqlite_ledger
    ledger.seal_numbers(1500)
    ledger.node.sequencer.run()
    with ledger.node.database.write() as connection:
        ((_, gone),) = statements.at_places(connection, 0, 3, 1)
        lost_leaves.add(connection, 0, [(3, gone.leaf_hash)], at="2026-11-24T08:00:00.000Z")
        connection.execute(leaf.delete().where(leaf.c.leaf_index == 3))
        connection.execute(statement.delete().where(statement.c.leaf_hash == gone.leaf_hash))
    report = ledger.node.auditor.run()
    assert [(each.where, each.code) for each in report.findings] == [("leaf 3", "audit-lost")]
    assert (report.leaves, report.problems) == (1499, [])


def test_a_sequencer_that_waits_for_the_lock_places_in_the_new_generation(ledger: Ledger) -> None:
    ledger.node.fence.check()
    _letters(ledger, "waiting")
    voted, waiting = vote(ledger), opener(ledger)
    threads: list[Thread] = []

    def let_it_wait(_connection: Connection, _begun: Begun) -> None:
        threads.append(Thread(target=ledger.node.sequencer.run))
        threads[0].start()
        threads[0].join(0.5)
        assert threads[0].is_alive()

    replace(waiting, also=let_it_wait).open(voted)
    threads[0].join(30)
    with ledger.node.database.read() as connection:
        places: Sequence[int] = connection.scalars(select(leaf.c.generation)).all()
        sizes = {row.generation: row.size for row in connection.execute(select(log))}
    assert (list(places), sizes) == ([1, 1], {0: 0, 1: 2})
    ledger.anchor()
    audit(ledger)
