"""A witness follows honest logs, and convicts those that show two histories, with a file for anybody."""

from dataclasses import replace

import pytest
from harness.ledger import Ledger
from harness.peer_log import PeerLog, leaves

from ledger.errors import MalformedError, RefusedError
from ledger.primitives import ed25519
from ledger.primitives.note import COSIGNATURE_V1, VerifierKey, signed_message
from ledger.proof.misbehaviour import Misbehaviour, verify_misbehaviour
from ledger.proof.trust import Trust
from ledger.services.witnessing import ROLLED_BACK, TILES_DIFFER, TWO_HISTORIES, Witness
from ledger.store import alarms, witnessed
from ledger.store.alarms import PeerAlarm
from ledger.store.witnessed import WitnessedLog

SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257, 512, 600]


@pytest.fixture
def witness(ledger: Ledger) -> Witness:
    node = ledger.node
    return Witness(node.database.write, node.log_key, node.settings.origin, ledger.clock)


def _alarms(ledger: Ledger) -> list[PeerAlarm]:
    with ledger.node.database.read() as connection:
        return alarms.read_all(connection)


def _seen(ledger: Ledger, log: PeerLog) -> WitnessedLog | None:
    with ledger.node.database.read() as connection:
        return witnessed.read(connection, log.checkpoint_origin)


def _observe(witness: Witness, log: PeerLog) -> bool:
    return witness.observe(log.member, log.checkpoint_origin, log)


def _trust(ledger: Ledger, log: PeerLog) -> Trust:
    return replace(ledger.node.trust, members={log.member.member: log.member})


def _convicts(ledger: Ledger, log: PeerLog) -> tuple[int, int]:
    """Check that the only alarm's proof convicts the log's member; return the sizes."""
    (alarm,) = _alarms(ledger)
    assert alarm.code == TWO_HISTORIES
    assert alarm.proof is not None
    proof = Misbehaviour.from_bytes(alarm.proof)
    conviction = verify_misbehaviour(proof, _trust(ledger, log))
    assert conviction.member == log.member
    assert conviction.roots[0] != conviction.roots[1]
    return conviction.sizes


def test_a_growing_log_is_cosigned_at_each_size(ledger: Ledger, witness: Witness) -> None:
    log, old = PeerLog(hashes=leaves(SIZES[-1])), 0
    for size in SIZES:
        line = witness.cosign(log.member, log.request(old, size))
        key = VerifierKey(witness.name, COSIGNATURE_V1, witness.signer.public_key)
        message, signature, moment = signed_message(log.checkpoint(size).text, line, key)
        assert ed25519.verify(key.public_key, message, signature)
        assert moment == int(ledger.clock.now().timestamp())
        old = size
    assert _alarms(ledger) == []


def test_the_same_checkpoint_is_cosigned_again(witness: Witness) -> None:
    log = PeerLog(hashes=leaves(5))
    witness.cosign(log.member, log.request(0))
    assert witness.cosign(log.member, log.request(5))


@pytest.mark.parametrize(("old", "size"), [(0, 9), (4, 9), (5, 4), (6, 9)])
def test_a_request_from_another_size_is_told_what_was_seen(
    witness: Witness, old: int, size: int
) -> None:
    log = PeerLog(hashes=leaves(9))
    witness.cosign(log.member, log.request(0, 5))
    request = log.request(min(old, size), size)
    with pytest.raises(RefusedError, match="witness-stale") as refused:
        witness.cosign(log.member, replace(request, old_size=old))
    assert refused.value.params["size"] == 5


def test_a_growth_that_is_not_proved_is_not_cosigned(ledger: Ledger, witness: Witness) -> None:
    log = PeerLog(hashes=leaves(9))
    witness.cosign(log.member, log.request(0, 5))
    other = log.told(leaves(9, "b"))
    with pytest.raises(RefusedError, match="witness-inconsistent"):
        witness.cosign(log.member, other.request(5))
    seen = _seen(ledger, log)
    assert seen is not None
    assert (seen.size, seen.root) == (5, log.root(5))


def test_a_stranger_s_checkpoint_is_not_cosigned(witness: Witness) -> None:
    log, stranger = PeerLog(hashes=leaves(5)), PeerLog(hashes=leaves(5))
    with pytest.raises(MalformedError, match="misbehaviour-signature"):
        witness.cosign(log.member, stranger.request(0))
    other = PeerLog(origin="lianzheng.example/other", hashes=leaves(5), key=log.key)
    with pytest.raises(MalformedError, match="misbehaviour-other-log"):
        witness.cosign(log.member, other.request(0))


def test_two_roots_of_one_size_convict(ledger: Ledger, witness: Witness) -> None:
    log = PeerLog(hashes=leaves(5))
    witness.cosign(log.member, log.request(0))
    with pytest.raises(RefusedError, match="witness-history"):
        witness.cosign(log.member, replace(log.told(leaves(5, "b")).request(5), path=()))
    assert _convicts(ledger, log) == (5, 5)
    with pytest.raises(RefusedError, match="witness-history"):
        witness.cosign(log.member, log.request(5))


@pytest.mark.parametrize("old", [1, 2, 3, 8, 9, 256, 300, 512])
def test_a_log_that_tells_another_story_later_is_convicted(
    ledger: Ledger, witness: Witness, old: int
) -> None:
    log = PeerLog(hashes=leaves(old))
    assert _observe(witness, log)
    assert not _observe(witness, log.told(leaves(SIZES[-1], "b")))
    assert _convicts(ledger, log) == (old, SIZES[-1])
    seen = _seen(ledger, log)
    assert seen is not None
    assert (seen.size, seen.mirrored) == (old, old)


def test_a_change_of_one_old_leaf_convicts(ledger: Ledger, witness: Witness) -> None:
    log = PeerLog(hashes=leaves(300))
    assert _observe(witness, log)
    changed = leaves(400)
    changed[7] = leaves(1, "b")[0]
    assert not _observe(witness, log.told(changed))
    assert _convicts(ledger, log) == (300, 400)


def test_what_one_was_shown_and_another_was_shown_convict_together(
    ledger: Ledger, witness: Witness
) -> None:
    log = PeerLog(hashes=leaves(300))
    assert _observe(witness, log)
    assert witness.compare(log.member, log.checkpoint(8))
    assert witness.compare(log.member, log.told(leaves(400)).checkpoint())
    assert _alarms(ledger) == []
    assert not witness.compare(log.member, log.told(leaves(200, "b")).checkpoint())
    assert _convicts(ledger, log) == (200, 300)


def test_a_mirror_grows_in_steps_and_equals_the_log(ledger: Ledger, witness: Witness) -> None:
    whole = leaves(SIZES[-1])
    log = PeerLog()
    for size in SIZES:
        log.hashes = whole[:size]
        assert _observe(witness, log)
        seen = _seen(ledger, log)
        assert seen is not None
        assert (seen.size, seen.mirrored, seen.root) == (size, size, log.root(size))
    assert _alarms(ledger) == []


def test_a_log_that_rolls_back_is_an_alarm_until_it_is_back(
    ledger: Ledger, witness: Witness
) -> None:
    log = PeerLog(hashes=leaves(9))
    assert _observe(witness, log)
    assert not _observe(witness, log.told(leaves(5)))
    (alarm,) = _alarms(ledger)
    assert (alarm.code, alarm.proof, alarm.ended_at) == (ROLLED_BACK, None, None)
    assert _observe(witness, log.told(leaves(10)))
    (alarm,) = _alarms(ledger)
    assert alarm.ended_at is not None


def test_a_voted_generation_is_a_log_of_its_own_and_no_second_history(
    ledger: Ledger, witness: Witness
) -> None:
    old = PeerLog(hashes=leaves(9))
    assert _observe(witness, old)
    assert not _observe(witness, old.told(leaves(5)))
    new = replace(old, hashes=leaves(3, "after the vote"), generation=1)
    # The members have voted, and the node still shows the old log, short as it is.
    assert witness.observe(old.member, new.checkpoint_origin, old.told(leaves(5)))
    assert _seen(ledger, new) is None
    assert _observe(witness, new)
    assert witness.cosign(new.member, new.request(3))
    (alarm,) = _alarms(ledger)
    assert (alarm.code, alarm.ended_at is None) == (ROLLED_BACK, False)
    kept, seen = _seen(ledger, old), _seen(ledger, new)
    assert kept is not None
    assert (kept.size, kept.mirrored, kept.generation) == (9, 9, 0)
    assert seen is not None
    assert (seen.size, seen.mirrored, seen.generation) == (3, 3, 1)


def test_a_generation_that_nobody_voted_is_not_taken_over(ledger: Ledger, witness: Witness) -> None:
    old = PeerLog(hashes=leaves(9))
    ahead = replace(old, hashes=leaves(3), generation=1)
    with pytest.raises(MalformedError, match="misbehaviour-other-log"):
        witness.observe(old.member, old.checkpoint_origin, ahead)
    assert (_seen(ledger, old), _seen(ledger, ahead)) == (None, None)


def test_two_histories_of_a_closed_generation_still_convict(
    ledger: Ledger, witness: Witness
) -> None:
    old = PeerLog(hashes=leaves(9))
    assert _observe(witness, old)
    assert _observe(witness, replace(old, hashes=leaves(3), generation=1))
    assert not witness.compare(old.member, old.told(leaves(9, "b")).checkpoint())
    assert _convicts(ledger, old) == (9, 9)


def test_hashes_that_do_not_give_the_root_are_not_mirrored(
    ledger: Ledger, witness: Witness
) -> None:
    log = PeerLog(hashes=leaves(9))

    class Lying(PeerLog):
        def leaf_hashes(self, first: int, size: int) -> list[bytes]:
            return leaves(size, "b")[first:]

    lying = Lying(log.origin, log.hashes, log.key)
    assert not _observe(witness, lying)
    (alarm,) = _alarms(ledger)
    assert (alarm.code, alarm.proof) == (TILES_DIFFER, None)
    assert _seen(ledger, log) is None


def test_a_cosigned_log_that_is_observed_later_is_compared_with_what_was_cosigned(
    ledger: Ledger, witness: Witness
) -> None:
    log = PeerLog(hashes=leaves(9))
    witness.cosign(log.member, log.request(0))
    assert not _observe(witness, log.told(leaves(12, "b")))
    assert _convicts(ledger, log) == (9, 12)


def test_a_proof_with_any_part_changed_convicts_nobody(ledger: Ledger, witness: Witness) -> None:
    log = PeerLog(hashes=leaves(5))
    assert _observe(witness, log)
    _observe(witness, log.told(leaves(9, "b")))
    (alarm,) = _alarms(ledger)
    assert alarm.proof is not None
    proof, trust = Misbehaviour.from_bytes(alarm.proof), _trust(ledger, log)
    assert Misbehaviour.from_bytes(proof.to_bytes()) == proof
    honest, stranger = log.told(leaves(9)), PeerLog(hashes=leaves(9, "b"))
    for changed in (
        replace(proof, path=proof.path[:-1]),
        replace(proof, path=(*proof.path[:-1], bytes(32))),
        replace(proof, path=(bytes(32), *proof.path[1:])),
        replace(proof, second=honest.checkpoint()),
        replace(proof, second=stranger.checkpoint()),
        replace(proof, first=log.checkpoint(3)),
        replace(proof, first=proof.second),
        replace(proof, member=bytes(32)),
    ):
        with pytest.raises(MalformedError):
            verify_misbehaviour(changed, trust)
    verify_misbehaviour(proof, trust)
