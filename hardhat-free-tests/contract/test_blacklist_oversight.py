"""Challenges that a server has to answer, and draws of random values."""

import pytest
from contract.blacklist import PHASE_SECONDS, Blacklist, found_blacklist, word_of
from contract.consortium import NOBODY, OBSERVER, admin_of, member_id, newcomer
from contract.evm import refuses
from eth_abi import encode
from eth_utils import keccak

REQUEST = word_of("request")
POINTS = b"\x07" * 64
CHALLENGER, SERVER = 0, 1


@pytest.fixture
def blacklist() -> Blacklist:
    return found_blacklist(4)


def challenge(
    blacklist: Blacklist, by: int = CHALLENGER, server: int = SERVER, blinded: bytes = POINTS
) -> int:
    sent = blacklist.act(by, "challenge", member_id(server), REQUEST, blinded)
    return int(sent.result)


def test_a_challenge_is_answered_in_public(blacklist: Blacklist) -> None:
    outcome = blacklist.act(CHALLENGER, "challenge", member_id(SERVER), REQUEST, POINTS)
    [event] = outcome.events
    assert event.name == "EvaluationChallenged"
    assert event.values == {
        "id": 1,
        "challenger": member_id(CHALLENGER),
        "server": member_id(SERVER),
        "request": REQUEST,
        "blinded": POINTS,
    }
    assert blacklist.read("challengeOf", 1) == {
        "challenger": member_id(CHALLENGER),
        "server": member_id(SERVER),
        "request": REQUEST,
        "answerBy": blacklist.now + PHASE_SECONDS,
        "answeredAt": 0,
    }
    blacklist.chain.advance(seconds=PHASE_SECONDS)
    [event] = blacklist.act(SERVER, "answer", 1, b"answer").events
    assert (event.name, event.values) == ("ChallengeAnswered", {"id": 1, "answer": b"answer"})
    assert blacklist.read("challengeOf", 1)["answeredAt"] == blacklist.now
    blacklist.chain.advance(seconds=1)
    assert not blacklist.read("isUnanswered", 1)
    with refuses("FraudBlacklistChallengeClosed", 1):
        blacklist.act(SERVER, "answer", 1, b"another")


def test_a_challenge_is_unanswered_after_its_last_second(blacklist: Blacklist) -> None:
    challenge(blacklist)
    blacklist.chain.advance(seconds=PHASE_SECONDS)
    assert not blacklist.read("isUnanswered", 1)
    blacklist.chain.advance(seconds=1)
    assert blacklist.read("isUnanswered", 1)
    with refuses("FraudBlacklistChallengeClosed", 1):
        blacklist.act(SERVER, "answer", 1, b"late")


@pytest.mark.parametrize(("length", "fits"), [(0, False), (31, False), (32, True), (33, False)])
def test_a_challenge_names_points(blacklist: Blacklist, length: int, fits: bool) -> None:
    if fits:
        challenge(blacklist, blinded=b"\x01" * length)
        return
    with refuses("FraudBlacklistInvalidChallenge"):
        challenge(blacklist, blinded=b"\x01" * length)


def test_a_challenge_names_at_most_32_points(blacklist: Blacklist) -> None:
    with refuses("FraudBlacklistInvalidChallenge"):
        challenge(blacklist, blinded=b"\x01" * 33 * 32)
    challenge(blacklist, blinded=b"\x01" * 32 * 32)


def test_only_who_could_answer_is_challenged(blacklist: Blacklist) -> None:
    blacklist.consortium.decide("admitMember", newcomer(7, roles=OBSERVER))
    blacklist.consortium.decide("admitMember", newcomer(8))
    blacklist.suspend(3)
    for server in (CHALLENGER, 3, 7, 8, 9):
        with refuses("FraudBlacklistInvalidChallenge"):
            challenge(blacklist, server=server)
    blacklist.reinstate(3)
    challenge(blacklist, server=3)
    blacklist.consortium.registry.send(admin_of(3), "resign")
    with refuses("FraudBlacklistNotEntitled", member_id(3)):
        blacklist.act(3, "answer", 1, b"answer")
    with refuses("FraudBlacklistInvalidChallenge"):
        challenge(blacklist, by=2, server=3)


def test_one_challenge_at_a_time_from_each_to_each(blacklist: Blacklist) -> None:
    assert challenge(blacklist) == 1
    with refuses("FraudBlacklistChallengeOpen", 1):
        challenge(blacklist)
    assert challenge(blacklist, by=SERVER, server=CHALLENGER) == 2
    assert challenge(blacklist, by=2) == 3
    with blacklist.chain.undone():
        blacklist.act(SERVER, "answer", 1, b"answer")
        assert challenge(blacklist) == 4
    blacklist.chain.advance(seconds=PHASE_SECONDS)
    with refuses("FraudBlacklistChallengeOpen", 1):
        challenge(blacklist)
    blacklist.chain.advance(seconds=1)
    assert challenge(blacklist) == 4


def test_only_the_server_answers(blacklist: Blacklist) -> None:
    challenge(blacklist)
    with refuses("FraudBlacklistNotChallenged", 1, member_id(2)):
        blacklist.act(2, "answer", 1, b"answer")


@pytest.mark.parametrize(("length", "fits"), [(0, False), (1, True), (4096, True), (4097, False)])
def test_an_answer_is_neither_empty_nor_endless(
    blacklist: Blacklist, length: int, fits: bool
) -> None:
    challenge(blacklist)
    if fits:
        blacklist.act(SERVER, "answer", 1, b"a" * length)
        return
    with refuses("FraudBlacklistInvalidAnswer", length):
        blacklist.act(SERVER, "answer", 1, b"a" * length)


@pytest.mark.parametrize("unknown", [0, 2, 2**64 - 1])
def test_unknown_challenges_are_refused(blacklist: Blacklist, unknown: int) -> None:
    challenge(blacklist)
    with refuses("FraudBlacklistUnknownChallenge", unknown):
        blacklist.act(SERVER, "answer", unknown, b"answer")
    for name in ("challengeOf", "isUnanswered"):
        with refuses("FraudBlacklistUnknownChallenge", unknown):
            blacklist.read(name, unknown)


def committed(draw: int, number: int, value: bytes) -> bytes:
    types = ["uint64", "bytes32", "bytes32"]
    return keccak(encode(types, [draw, member_id(number), value]))


def commit(blacklist: Blacklist, number: int, value: bytes | None = None) -> None:
    commitment = committed(1, number, value or word_of("value", number))
    blacklist.act(number, "commitDraw", 1, commitment)


def test_a_draw_is_committed_to_and_then_revealed(blacklist: Blacklist) -> None:
    [event] = blacklist.act(0, "openDraw").events
    commit_by = blacklist.now + PHASE_SECONDS
    assert event.name == "DrawOpened"
    assert event.values == {
        "id": 1,
        "commitBy": commit_by,
        "revealBy": commit_by + PHASE_SECONDS,
    }
    value = word_of("value")
    commitment = blacklist.read("drawCommitment", 1, member_id(2), value)
    assert commitment == committed(1, 2, value)
    [event] = blacklist.act(2, "commitDraw", 1, commitment).events
    assert event.name == "DrawCommitted"
    assert event.values == {"id": 1, "index": 3, "commitment": commitment}
    blacklist.chain.advance(seconds=PHASE_SECONDS + 1)
    [event] = blacklist.act(2, "revealDraw", 1, value).events
    assert event.name == "DrawRevealed"
    assert event.values == {"id": 1, "index": 3, "value": value}
    assert blacklist.read("draw", 1) == {
        "commitBy": commit_by,
        "revealBy": commit_by + PHASE_SECONDS,
        "commitments": 1,
        "reveals": 1,
    }


def test_the_steps_of_a_draw_do_not_overlap(blacklist: Blacklist) -> None:
    blacklist.act(0, "openDraw")
    commit(blacklist, 1)
    blacklist.chain.advance(seconds=PHASE_SECONDS)
    with refuses("FraudBlacklistDrawClosed", 1):
        blacklist.act(1, "revealDraw", 1, word_of("value", 1))
    commit(blacklist, 2)
    blacklist.chain.advance(seconds=1)
    with refuses("FraudBlacklistDrawClosed", 1):
        commit(blacklist, 3)
    blacklist.act(1, "revealDraw", 1, word_of("value", 1))
    blacklist.chain.advance(seconds=PHASE_SECONDS - 1)
    with blacklist.chain.undone():
        blacklist.act(2, "revealDraw", 1, word_of("value", 2))
    with refuses("FraudBlacklistDrawRunning", 1):
        blacklist.act(3, "openDraw")
    blacklist.chain.advance(seconds=1)
    with refuses("FraudBlacklistDrawClosed", 1):
        blacklist.act(2, "revealDraw", 1, word_of("value", 2))
    # Who kept silent is seen.
    state = blacklist.read("draw", 1)
    assert (state["commitments"], state["reveals"]) == (2, 1)
    assert blacklist.act(3, "openDraw").result == 2


def test_a_commitment_is_made_once_and_is_not_zero(blacklist: Blacklist) -> None:
    blacklist.act(0, "openDraw")
    with refuses("FraudBlacklistInvalidCommitment", 1, 2):
        blacklist.act(1, "commitDraw", 1, NOBODY)
    commit(blacklist, 1)
    with refuses("FraudBlacklistAlreadyCommitted", 1, 2):
        commit(blacklist, 1, word_of("another"))


def test_only_what_was_committed_to_is_revealed_and_once(blacklist: Blacklist) -> None:
    blacklist.act(0, "openDraw")
    commit(blacklist, 1)
    # A copied commitment is of no use: it names its institution.
    blacklist.act(2, "commitDraw", 1, committed(1, 1, word_of("value", 1)))
    blacklist.chain.advance(seconds=PHASE_SECONDS + 1)
    for number, value in ((1, word_of("another")), (2, word_of("value", 1)), (3, NOBODY)):
        with refuses("FraudBlacklistInvalidReveal", 1, number + 1):
            blacklist.act(number, "revealDraw", 1, value)
    blacklist.act(1, "revealDraw", 1, word_of("value", 1))
    with refuses("FraudBlacklistInvalidReveal", 1, 2):
        blacklist.act(1, "revealDraw", 1, word_of("value", 1))


@pytest.mark.parametrize("unknown", [0, 2, 2**64 - 1])
def test_unknown_draws_are_refused(blacklist: Blacklist, unknown: int) -> None:
    blacklist.act(0, "openDraw")
    for name in ("commitDraw", "revealDraw"):
        with refuses("FraudBlacklistUnknownDraw", unknown):
            blacklist.act(1, name, unknown, REQUEST)
    with refuses("FraudBlacklistUnknownDraw", unknown):
        blacklist.read("draw", unknown)
