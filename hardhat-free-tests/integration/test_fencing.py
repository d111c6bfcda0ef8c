"""Fencing: who may sequence, and what a copy, a move, a restored backup or an outage changes."""

from pathlib import Path

import pytest
from harness.auditor import audit
from harness.ledger import Ledger
from harness.network import Transaction

from ledger.errors import RefusedError, UnavailableError
from ledger.services.fencing import CLOSED, LEASE_SECONDS, RENEW_SECONDS, arrive
from ledger.store import leases
from ledger.store.leases import LeaseRow


def _refusal(ledger: Ledger) -> str:
    with pytest.raises((RefusedError, UnavailableError)) as caught:
        ledger.node.fence.check()
    return caught.value.code


def _anchored(ledger: Ledger, content: bytes = b"first" * 1000) -> None:
    ledger.seal(content)
    ledger.anchor()


def test_the_first_start_may_sequence_at_once(ledger: Ledger) -> None:
    ledger.node.fence.check()
    _anchored(ledger)
    audit(ledger)


def test_a_restart_on_the_same_machine_may_sequence_at_once(ledger: Ledger) -> None:
    _anchored(ledger)
    ledger = ledger.restarted()
    _anchored(ledger, b"second" * 1000)
    audit(ledger)


def test_a_clone_beside_the_original_is_refused_for_good(ledger: Ledger, tmp_path: Path) -> None:
    _anchored(ledger)
    clone = ledger.cloned(tmp_path / "clone")
    assert _refusal(clone) == "lease-watching"
    ledger.clock.move(RENEW_SECONDS)
    _anchored(ledger, b"the original goes on" * 300)
    ledger.clock.move(LEASE_SECONDS)
    assert _refusal(clone) == "log-behind-chain"
    ledger.clock.move(10 * LEASE_SECONDS)
    assert _refusal(clone) == "log-behind-chain"
    clone.close()
    audit(ledger)


def test_a_clone_is_refused_while_the_idle_original_only_renews_its_lease(
    ledger: Ledger, tmp_path: Path
) -> None:
    _anchored(ledger)
    clone = ledger.cloned(tmp_path / "clone")
    assert _refusal(clone) == "lease-watching"
    ledger.clock.move(RENEW_SECONDS)
    ledger.tick()
    ledger.network.mine()
    ledger.clock.move(LEASE_SECONDS)
    assert _refusal(clone) == "lease-used-elsewhere"
    clone.close()
    ledger.tick()
    audit(ledger)


def test_a_moved_copy_watches_and_then_takes_over(ledger: Ledger, tmp_path: Path) -> None:
    _anchored(ledger)
    moved = ledger.cloned(tmp_path / "moved")
    assert _refusal(moved) == "lease-watching"
    moved.clock.move(LEASE_SECONDS - 1)
    assert _refusal(moved) == "lease-watching"
    assert not moved.network.pool, "it must not send while it watches"
    moved.clock.move(1)
    assert _refusal(moved) == "lease-watching"
    moved.network.mine()
    moved.node.fence.check()
    _anchored(moved, b"after the move" * 500)
    audit(moved)
    assert _refusal(ledger) in ("log-behind-chain", "lease-used-elsewhere")
    moved.close()


def test_a_transaction_of_somebody_else_stops_the_node(ledger: Ledger) -> None:
    _anchored(ledger)
    nonce = ledger.network.state.nonces[ledger.chain.account]
    ledger.network.send(Transaction(ledger.chain.account, nonce, price=1))
    ledger.network.mine()
    assert _refusal(ledger) == "lease-used-elsewhere"
    ledger.clock.move(10 * LEASE_SECONDS)
    assert _refusal(ledger) == "lease-used-elsewhere"
    audit(ledger)


def test_a_foreign_transaction_under_a_nonce_of_ours_stops_the_node(ledger: Ledger) -> None:
    _anchored(ledger)
    ledger.seal(b"second" * 1000)
    ledger.tick()
    nonce = ledger.network.state.nonces[ledger.chain.account]
    ledger.network.pool[ledger.chain.account, nonce] = Transaction(
        ledger.chain.account, nonce, price=10**6
    )
    ledger.network.mine()
    assert _refusal(ledger) == "lease-used-elsewhere"
    audit(ledger)


def test_a_restored_older_database_stays_read_only(ledger: Ledger, tmp_path: Path) -> None:
    _anchored(ledger)
    restored = ledger.cloned(tmp_path / "restored")
    _anchored(ledger, b"lost in the restore" * 300)
    assert _refusal(restored) == "log-behind-chain"
    with pytest.raises(RefusedError):
        restored.tick()
    assert restored.size() == 1
    with pytest.raises(RefusedError) as caught:
        restored.seal(b"a promise that could not be kept" * 200)
    assert caught.value.code == "log-read-only"
    assert restored.size() == 1
    restored.close()
    audit(ledger)


def test_a_chain_that_is_down_is_bridged_for_the_length_of_the_lease(ledger: Ledger) -> None:
    _anchored(ledger)
    ledger.node.fence.check()
    ledger.chain.down = True
    ledger.clock.move(LEASE_SECONDS)
    ledger.node.fence.check()
    ledger.clock.move(1)
    assert _refusal(ledger) == "chain-comparison-too-old"
    audit(ledger)


def test_a_clock_that_stepped_back_does_not_stretch_the_grace(ledger: Ledger) -> None:
    ledger.node.fence.check()
    ledger.chain.down = True
    ledger.clock.move(-LEASE_SECONDS - 1)
    assert _refusal(ledger) == "chain-comparison-too-old"
    audit(ledger)


def test_without_one_comparison_nothing_is_sequenced(ledger: Ledger, tmp_path: Path) -> None:
    ledger.chain.down = True
    assert _refusal(ledger) == "chain-never-compared"
    ledger.chain.down = False
    ledger.node.fence.check()
    copy = ledger.cloned(tmp_path / "copy")
    copy.chain.down = True
    assert _refusal(copy) == "chain-never-compared"
    copy.close()
    audit(ledger)


def test_a_key_that_is_no_member_s_is_refused(ledger: Ledger) -> None:
    ledger.network.institutions[ledger.chain.account].active = False
    assert _refusal(ledger) == "key-not-a-member"
    audit(ledger)


def test_a_generation_that_was_voted_elsewhere_is_refused(ledger: Ledger) -> None:
    ledger.network.institutions[ledger.chain.account].generation = 1
    assert _refusal(ledger) == "log-generation-moved"
    audit(ledger)


def test_the_lease_is_renewed_only_after_a_third_of_its_time(ledger: Ledger) -> None:
    _anchored(ledger)
    ledger.clock.move(RENEW_SECONDS - 1)
    ledger.tick()
    assert not ledger.network.pool
    ledger.clock.move(1)
    ledger.tick()
    assert len(ledger.network.pool) == 1
    audit(ledger)


def test_a_database_that_was_recovered_takes_items_in_again(ledger: Ledger) -> None:
    _anchored(ledger)
    with ledger.node.database.write() as connection:
        leases.write(connection, CLOSED, LeaseRow("x", 0, "2026-11-24T08:00:00.000Z"))
    with pytest.raises(RefusedError, match="log-read-only"):
        ledger.seal(b"refused" * 500)
    ledger.node.fence.check()
    assert ledger.seal(b"taken in" * 500).leaf_hash
    audit(ledger)


def test_a_copy_that_arrives_takes_nothing_in_until_it_holds_the_lease(
    ledger: Ledger, tmp_path: Path
) -> None:
    _anchored(ledger)
    ledger.node.fence.check()
    copy = ledger.cloned(tmp_path / "copy")
    arrive(copy.node.database.write, copy.clock, copy.node.fingerprint)
    with pytest.raises(RefusedError, match="log-read-only"):
        copy.seal(b"too early" * 500)
    copy.close()
    arrive(ledger.node.database.write, ledger.clock, ledger.node.fingerprint)
    assert ledger.seal(b"the one that led" * 500).leaf_hash


def test_a_service_without_a_chain_arrives_too(ledger: Ledger) -> None:
    arrive(ledger.node.database.write, ledger.clock, "anybody")
    assert ledger.seal(b"nobody led before" * 500).leaf_hash


def test_a_database_that_was_made_good_watches_although_it_lies_where_it_lay(
    ledger: Ledger,
) -> None:
    _anchored(ledger)
    fence = ledger.node.fence
    assert fence.unknown_nonce() is None
    ledger.chain.broadcast(ledger.chain.sign_lease().raw)  # by what the restored database forgot
    ledger.network.mine()
    assert _refusal(ledger) == "lease-used-elsewhere"
    nonce = fence.unknown_nonce()
    assert nonce == ledger.chain.next_nonce()
    with ledger.node.database.write() as connection:
        fence.watch_again(connection, nonce)
    assert _refusal(ledger) == "lease-watching"
    with pytest.raises(RefusedError, match="log-read-only"):
        ledger.seal(b"too early" * 500)
    ledger.clock.move(LEASE_SECONDS)
    assert _refusal(ledger) == "lease-watching"
    ledger.network.mine()
    fence.check()
    assert ledger.seal(b"taken in" * 500).leaf_hash
    audit(ledger)


def test_whoever_uses_the_account_during_that_watch_stops_it(ledger: Ledger) -> None:
    _anchored(ledger)
    fence = ledger.node.fence
    with ledger.node.database.write() as connection:
        fence.watch_again(connection, ledger.chain.next_nonce())
    assert _refusal(ledger) == "lease-watching"
    ledger.chain.broadcast(ledger.chain.sign_lease().raw)
    ledger.network.mine()
    ledger.clock.move(LEASE_SECONDS)
    assert _refusal(ledger) == "lease-used-elsewhere"
