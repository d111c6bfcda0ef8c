"""Places, tiles, checkpoints, the audit that reads them again, and erasure."""

from collections.abc import Callable

import pytest
from harness.auditor import audit
from harness.ledger import RECORDING, Databases, Ledger
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from ledger.errors import RefusedError
from ledger.evidence import tiles
from ledger.primitives import merkle_proofs
from ledger.primitives.digest import sha256
from ledger.primitives.frontier import Frontier
from ledger.proof.report import ExitCode
from ledger.proof.verify import verify_package
from ledger.services.sequencing import Sequencer
from ledger.store.statements import Place
from node.memory_package import MemoryPackage


def _hashes(count: int, start: int = 0) -> list[bytes]:
    return [sha256(b"%d" % number) for number in range(start, start + count)]


@given(steps=st.lists(st.integers(1, 700), min_size=1, max_size=4), data=st.data())
def test_tiles_give_the_same_roots_and_proofs_as_the_tree(
    steps: list[int], data: st.DataObject
) -> None:
    store: dict[tiles.TileName, bytes] = {}
    frontier, size = Frontier.empty(), 0
    for step in steps:
        added = _hashes(step, size)
        edge = {name: store[name] for name in tiles.edge(size)}
        store.update(tiles.append(size, added, edge))
        frontier, _ = frontier.append(added)
        size += step
    read = tiles.vertices(store.__getitem__)
    assert merkle_proofs.root(size, read) == frontier.root()
    index = data.draw(st.integers(0, size - 1))
    from ledger.primitives.merkle import verify_inclusion  # noqa: PLC0415 - one use

    path = merkle_proofs.inclusion_path(index, size, read)
    leaf = sha256(b"%d" % index)
    verify_inclusion(leaf=leaf, index=index, size=size, path=path, root=frontier.root())
    assert all(len(each) <= 32 * tiles.WIDTH for each in store.values())


def test_a_crash_between_placing_and_the_checkpoint_is_made_good(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.seal_numbers(300)
    with monkeypatch.context() as broken:
        broken.setattr(Sequencer, "sign_checkpoint", lambda _self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ledger.node.sequencer.run()
    assert ledger.size() == 300
    ledger = ledger.restarted()
    ledger.anchor()
    report = ledger.node.auditor.run()
    assert (report.checkpoints, report.waiting) == (1, 0)
    audit(ledger)


def test_more_than_a_batch_is_placed_in_order(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.services.sequencing.BATCH", 70)
    ledger.seal_numbers(256)
    assert ledger.node.sequencer.run() == 256
    assert ledger.node.sequencer.run() == 0
    ledger.seal_numbers(1)
    assert ledger.node.sequencer.run() == 1
    audit(ledger)


DAMAGE = {
    "a leaf tile": ("UPDATE tile SET hashes = :z WHERE level = 0 AND number = 0", "audit-tile"),
    "a tile above": ("UPDATE tile SET hashes = :z WHERE level = 1 AND number = 0", "audit-tile"),
    "a missing tile": ("DELETE FROM tile WHERE level = 1", "store-tile-missing"),
    "a checkpoint": ("UPDATE checkpoint SET root = :z", "audit-checkpoint"),
    "a note": ("UPDATE checkpoint SET note = replace(note, ' ', '  ')", "audit-checkpoint"),
    "a leaf": ("UPDATE statement SET leaf = :z WHERE seq = 5", "canonical-syntax"),
    "a leaf's name": ("UPDATE statement SET leaf_hash = :z WHERE seq = 5", "audit-leaf-hash"),
    "clear values": ("UPDATE statement SET sealed_fields = :z WHERE seq = 5", "fields-changed"),
    "a lost place": ("DELETE FROM leaf WHERE leaf_index = 599", "audit-places"),
    "an acknowledged item": ("DELETE FROM outbox", "audit-places"),
    "an anchor's proof": ("UPDATE anchor SET receipt = :z", "anchor-proof"),
    "an anchor's root": ("UPDATE anchor SET root = :z", "audit-anchor-checkpoint"),
}


@pytest.fixture(scope="module")
def damaged(sqlite_databases: Databases) -> Databases:
    return sqlite_databases


@pytest.mark.parametrize("name", DAMAGE)
def test_the_audit_finds_damage(
    damaged: Databases, make_ledger: Callable[..., Ledger], name: str
) -> None:
    ledger = make_ledger(damaged)
    ledger.seal_numbers(600)
    ledger.anchor()
    ledger.seal_numbers(1)
    assert ledger.node.auditor.run().problems == []
    statement, code = DAMAGE[name]
    with ledger.node.database.write() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        values = {"z": b"z" * 32} if ":z" in statement else {}
        connection.execute(text(statement), values)
    found = {each.code for each in ledger.node.auditor.run().problems}
    assert code in found


def test_an_audit_that_goes_on_later_finds_the_same(ledger: Ledger) -> None:
    ledger.seal_numbers(1300)
    ledger.anchor()
    report = ledger.node.auditor.run(start=Place(0, 1024))
    assert (report.leaves, report.checkpoints, report.problems) == (276, 1, [])
    audit(ledger)


def test_erasure_destroys_what_is_clear_and_leaves_every_proof(ledger: Ledger) -> None:
    case = ledger.node.lookups.case("c")
    receipt = ledger.seal(RECORDING * 20, case=case, fields={"phone": "13900000000"})
    ledger.anchor()
    done = ledger.node.eraser.erase(receipt.leaf_hash, reason="retention is over")
    assert done.complete_after > done.requested_at
    assert list(ledger.node.vault.object_ids()) == []
    with pytest.raises(RefusedError) as caught:
        ledger.node.eraser.erase(receipt.leaf_hash, reason="again")
    assert caught.value.code == "evidence-erased"
    ledger.anchor()
    report = verify_package(MemoryPackage(ledger.export(receipt)), ledger.node.trust)
    assert (report.exit_code, report.disclosed) == (ExitCode.PROVED, {})
    assert report.of("V5").params["withheld"] == 1
    assert report.of("V15").verdict.value == "proved"
    audit(ledger)


def test_a_case_under_legal_hold_is_not_erased(ledger: Ledger) -> None:
    from node import evidence_view  # noqa: PLC0415 - one use

    receipt = ledger.seal(case=ledger.node.lookups.case("c"), fields={"phone": "1"})
    with ledger.node.database.write() as connection:
        row = evidence_view.resolve(connection, receipt.leaf_hash.hex())
        evidence_view.set_hold(connection, row, hold=True)
    before = ledger.node.record_keys.count()
    with pytest.raises(RefusedError) as caught:
        ledger.node.eraser.erase(receipt.leaf_hash, reason="x")
    assert caught.value.code == "evidence-on-hold"
    assert ledger.node.record_keys.count() == before
    audit(ledger)


def test_an_erasure_that_a_crash_cut_short_is_carried_out_when_it_is_asked_again(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = ledger.seal(fields={"phone": "1"})
    with monkeypatch.context() as broken:
        broken.setattr("ledger.services.erasing.erasures.finish", lambda *_a, **_k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ledger.node.eraser.erase(receipt.leaf_hash, reason="x")
    ledger.node.eraser.erase(receipt.leaf_hash, reason="x")
    audit(ledger)
