"""Anchoring against reorganisations, lost answers, stuck transactions and refusals."""

from dataclasses import replace

import pytest
from harness.auditor import audit
from harness.ledger import Ledger
from harness.network import Transaction

from ledger.errors import IntegrityError, UnavailableError
from ledger.evidence.anchoring import MAX_REPLACEMENTS, STUCK_AFTER_BLOCKS, Phase


def _submitted(ledger: Ledger) -> None:
    ledger.seal(b"evidence" * 1000)
    done = ledger.tick()
    assert done.progress.phase is Phase.SUBMITTED


def _anchors_mined(ledger: Ledger) -> list[Transaction]:
    return [each for block in ledger.network.blocks for each in block.transactions if each.call]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_met_by_sending_the_same_bytes_again(ledger: Ledger, when: str) -> None:
    ledger.seal(b"evidence" * 1000)
    setattr(ledger.chain, f"fail_{when}_send", True)
    with pytest.raises(UnavailableError):
        ledger.tick()
    ledger = ledger.restarted()
    ledger.anchor()
    assert len(_anchors_mined(ledger)) == 1
    audit(ledger)


def test_a_reorganised_anchor_goes_back_and_is_mined_again(ledger: Ledger) -> None:
    ledger.network.finality = 3
    _submitted(ledger)
    ledger.network.mine()
    assert ledger.tick().progress.phase is Phase.INCLUDED
    ledger.network.reorg(1)
    done = ledger.tick()
    assert (done.progress.phase, done.alarms) == (Phase.SUBMITTED, ("anchor-reorged",))
    ledger.network.mine(4)
    assert ledger.tick().progress.frozen
    assert len(_anchors_mined(ledger)) == 1
    audit(ledger)


def test_a_reorganisation_that_loses_the_transaction_is_met_by_sending_it_again(
    ledger: Ledger,
) -> None:
    ledger.network.finality = 3
    _submitted(ledger)
    ledger.network.mine()
    ledger.tick()
    ledger.network.reorg(1, lost=True)
    ledger.tick()
    assert len(ledger.network.pool) == 1
    ledger.network.mine(4)
    assert ledger.tick().progress.frozen
    audit(ledger)


def test_a_stuck_transaction_is_replaced_under_the_same_nonce(ledger: Ledger) -> None:
    _submitted(ledger)
    (first,) = ledger.network.pool.values()
    ledger.network.mine(STUCK_AFTER_BLOCKS, full=False)
    ledger.tick()
    (second,) = ledger.network.pool.values()
    assert (second.nonce, second.price > first.price) == (first.nonce, True)
    ledger.anchor()
    assert _anchors_mined(ledger) == [second]
    audit(ledger)


def test_after_many_replacements_people_are_called_and_the_price_stays(ledger: Ledger) -> None:
    _submitted(ledger)
    alarms: set[str] = set()
    for _ in range(MAX_REPLACEMENTS + 3):
        ledger.network.mine(STUCK_AFTER_BLOCKS, full=False)
        alarms.update(ledger.tick().alarms)
    assert alarms == {"anchor-stuck"}
    price = next(iter(ledger.network.pool.values())).price
    ledger.network.mine(STUCK_AFTER_BLOCKS, full=False)
    ledger.tick()
    assert next(iter(ledger.network.pool.values())).price == price
    ledger.anchor()
    audit(ledger)


def test_a_reverted_anchor_waits_for_people_and_can_be_retried(ledger: Ledger) -> None:
    _submitted(ledger)
    institution = ledger.network.institutions[ledger.chain.account]
    institution.active = False
    ledger.network.mine()
    institution.active = True
    done = ledger.tick()
    assert (done.progress.phase, done.alarms) == (Phase.REFUSED, ("anchor-reverted",))
    ledger.seal(b"more" * 2000)
    assert ledger.tick().progress.phase is None, "nothing is planned over a refusal"
    assert ledger.node.anchorer.retry_refused()
    ledger.anchor()
    ledger.anchor()
    assert not ledger.node.anchorer.retry_refused()
    audit(ledger)


def test_a_refused_anchor_that_was_mined_after_all_is_not_sent_a_second_time(
    ledger: Ledger,
) -> None:
    """The contract takes the same head again without an event: a second transaction could never be proved."""
    _submitted(ledger)
    institution = ledger.network.institutions[ledger.chain.account]
    ledger.network.mine(STUCK_AFTER_BLOCKS, full=False)
    institution.active = False
    done = ledger.node.anchorer.tick()
    assert done.phase is Phase.REFUSED
    institution.active = True
    ledger.network.mine()
    ledger.node.anchorer.retry_refused()
    done = ledger.node.anchorer.tick()
    assert (done.phase, done.frozen) == (Phase.FINAL, True)
    ledger.network.mine()
    assert len(_anchors_mined(ledger)) == 1
    audit(ledger)


def test_an_anchor_whose_nonce_went_elsewhere_in_a_reorganisation_is_found_again(
    ledger: Ledger,
) -> None:
    """The nonce is read before the reorganisation and the receipts after it: the plan forgets its attempt."""
    ledger.network.finality = 2
    _submitted(ledger)
    (first,) = ledger.network.pool.values()
    ledger.network.mine()
    find = ledger.chain.find

    def reorganising(transactions: list[bytes]) -> object:
        ledger.chain.find = find  # type: ignore[method-assign]
        ledger.network.reorg(1)
        # What is signed now pays less, so that the pool keeps the first and mines it.
        ledger.chain.price = 1
        return find(transactions)

    ledger.chain.find = reorganising  # type: ignore[method-assign, assignment]
    ledger.node.anchorer.tick()
    ledger.network.mine(3)
    ledger.tick()
    ledger.network.mine(3)
    ledger.tick()
    assert _anchors_mined(ledger) == [first]
    audit(ledger)


def test_a_block_that_was_replaced_after_finality_raises_the_alarm(ledger: Ledger) -> None:
    _submitted(ledger)
    ledger.network.mine()
    ledger.chain.fail_next("freeze")
    with pytest.raises(UnavailableError):
        ledger.tick()
    ledger.network.reorg(1, lost=True)
    ledger.node.reconciler = replace(ledger.node.reconciler, forgetful=False)
    with pytest.raises(IntegrityError) as caught:
        ledger.tick()
    assert caught.value.code == "anchor-final-lost"


def test_a_proof_that_does_not_hold_is_never_stored(ledger: Ledger) -> None:
    _submitted(ledger)
    ledger.network.mine()
    freeze = ledger.chain.freeze

    def lying(*args: object, **named: object) -> object:
        proof = freeze(*args, **named)  # type: ignore[arg-type]
        return type(proof)(proof.header[:-1] + b"\x01", proof.receipt, proof.membership[:-9] + b"x")

    ledger.chain.freeze = lying  # type: ignore[method-assign, assignment]
    with pytest.raises(IntegrityError) as caught:
        ledger.tick()
    assert caught.value.code == "anchor-proof"
    ledger.chain.freeze = freeze  # type: ignore[method-assign]
    assert ledger.tick().progress.frozen
    audit(ledger)


def test_many_anchors_follow_each_other(ledger: Ledger) -> None:
    for number in range(4):
        ledger.seal_numbers(number * 90 + 1)
        ledger.anchor()
    sizes = [each.call[1] for each in _anchors_mined(ledger)]
    assert sizes == [1, 92, 273, 544]
    audit(ledger)
