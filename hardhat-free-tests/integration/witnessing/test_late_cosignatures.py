"""Cosignatures that come late count in later packages: the first anchor with a quorum is chosen."""

from harness.ledger import Ledger

from ledger.services import gathering
from ledger.store import anchors, witnessed


def _anchored_size(ledger: Ledger, leaf_hash: bytes, quorum: int) -> int:
    with ledger.node.database.read() as connection:
        return gathering.find_anchored(connection, leaf_hash, quorum).anchor.size


def _cosign(ledger: Ledger, size: int, *names: str) -> None:
    with ledger.node.database.write() as connection:
        for name in names:
            witnessed.add_cosignature(connection, 0, size, witness=name, line=f"— {name} x\n")


def test_the_first_anchor_with_a_quorum_is_chosen_else_the_one_with_most(ledger: Ledger) -> None:
    receipt = ledger.seal(b"first" * 500)
    for at in range(3):
        ledger.anchor()
        ledger.seal(b"later" * 500 + bytes([at]))
    ledger.anchor()
    with ledger.node.database.read() as connection:
        first, second, third, last = [each.size for each in anchors.all_of(connection, 0)]
    assert _anchored_size(ledger, receipt.leaf_hash, 0) == first
    assert _anchored_size(ledger, receipt.leaf_hash, 2) == first
    _cosign(ledger, third, "b")
    assert _anchored_size(ledger, receipt.leaf_hash, 0) == first
    assert _anchored_size(ledger, receipt.leaf_hash, 1) == third
    assert _anchored_size(ledger, receipt.leaf_hash, 2) == third
    _cosign(ledger, second, "b", "c")
    _cosign(ledger, last, "b", "c", "d")
    assert _anchored_size(ledger, receipt.leaf_hash, 2) == second
    assert _anchored_size(ledger, receipt.leaf_hash, 3) == last
