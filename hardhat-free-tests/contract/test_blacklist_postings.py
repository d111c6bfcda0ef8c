"""The form of postings, phase by phase, and the constant of a resharing."""

import pytest
from contract.blacklist import (
    ACCUSING,
    ATTESTING,
    COMPLAINING,
    DEALING,
    ID_NUMBER,
    JOINING,
    OPENING,
    RECONSTRUCTING,
    RESHARING,
    REVEALING,
    Blacklist,
    found_blacklist,
    index_of,
    word_of,
)
from contract.consortium import admin_of, newcomer
from contract.evm import refuses

POINT, SHARE, INDEX = 32, 66, 2
# Two points each, in a consortium of four.
DEAL, OPENED = 3 * POINT, 2 * POINT


@pytest.fixture
def blacklist() -> Blacklist:
    return found_blacklist(4)


def reach(blacklist: Blacklist, phase: int) -> int:
    """Open a ceremony and bring it to any phase, those with their reasons included."""
    ceremony = blacklist.open()
    contest = {REVEALING: b"\0\x01", RECONSTRUCTING: bytes(SHARE)}.get(phase)
    if contest is None:
        blacklist.reach(ceremony, phase)
        return ceremony
    blacklist.reach(ceremony, phase - 1)
    blacklist.post(ceremony, phase - 1, 3, contest)
    blacklist.post_all(ceremony, phase - 1, [0, 1, 2])
    assert blacklist.phase(ceremony) == phase
    return ceremony


@pytest.mark.parametrize(
    ("phase", "fitting", "unfitting"),
    [
        (JOINING, [POINT], [0, POINT - 1, POINT + 1]),
        (DEALING, [DEAL], [0, DEAL - 1, DEAL + 1, DEAL + POINT]),
        (COMPLAINING, [0, INDEX, 4 * INDEX], [1, INDEX + 1, 5 * INDEX]),
        (REVEALING, [0, SHARE, 4 * SHARE], [1, SHARE + 1, SHARE - 1, 5 * SHARE]),
        (OPENING, [OPENED], [0, OPENED - 1, OPENED + 1, OPENED + POINT]),
        (ACCUSING, [0, SHARE, 4 * SHARE], [1, SHARE + 1, SHARE - 1, 5 * SHARE]),
        (RECONSTRUCTING, [0, SHARE, 4 * SHARE], [1, SHARE + 1, 5 * SHARE]),
        (ATTESTING, [POINT], [0, POINT - 1, POINT + 1]),
    ],
)
def test_a_posting_is_as_long_as_its_phase_asks_for(
    blacklist: Blacklist, phase: int, fitting: list[int], unfitting: list[int]
) -> None:
    ceremony = reach(blacklist, phase)
    for length in unfitting:
        with refuses("FraudBlacklistInvalidPosting", phase, length):
            blacklist.post(ceremony, phase, 0, b"\x01" * length)
    for length in fitting:
        with blacklist.chain.undone():
            blacklist.post(ceremony, phase, 0, b"\x01" * length)


@pytest.mark.parametrize("phase", [JOINING, ATTESTING])
def test_zero_is_neither_a_key_nor_a_digest(blacklist: Blacklist, phase: int) -> None:
    ceremony = reach(blacklist, phase)
    with refuses("FraudBlacklistInvalidPosting", phase, 32):
        blacklist.post(ceremony, phase, 0, bytes(32))


def test_there_is_nothing_to_reshare_before_a_key(blacklist: Blacklist) -> None:
    with refuses("FraudBlacklistNoKey", ID_NUMBER):
        blacklist.open(RESHARING)


def test_a_resharing_takes_the_threshold_and_the_key_epoch_with_it(blacklist: Blacklist) -> None:
    blacklist.make_key()
    state = blacklist.ceremony(blacklist.open(RESHARING))
    assert state["kind"] == RESHARING
    assert (state["keyEpoch"], state["shareEpoch"]) == (1, 2)
    assert (state["threshold"], state["presentNeeded"], state["dealers"]) == (2, 3, 4)


def test_who_deals_anew_deals_its_own_share(blacklist: Blacklist) -> None:
    blacklist.make_key()
    ceremony = blacklist.open(RESHARING)
    blacklist.reach(ceremony, DEALING)
    honest = blacklist.posting(ceremony, DEALING, 0)
    expected = blacklist.share_key(ID_NUMBER, index_of(0))
    for given in (word_of("another"), blacklist.share_key(ID_NUMBER, index_of(1)), bytes(32)):
        with refuses("FraudBlacklistWrongConstant", 1, given, expected):
            blacklist.post(ceremony, DEALING, 0, given + honest[32:])
    with refuses("FraudBlacklistInvalidPosting", DEALING, 31):
        blacklist.post(ceremony, DEALING, 0, honest[:31])
    blacklist.post(ceremony, DEALING, 0, honest)


def test_who_leaves_deals_without_joining_and_a_newcomer_joins_without_dealing(
    blacklist: Blacklist,
) -> None:
    blacklist.suspend(3)
    blacklist.members = [0, 1, 2]
    blacklist.make_key()
    blacklist.reinstate(3)
    outcome = blacklist.act(0, "openResharing", ID_NUMBER)
    ceremony = outcome.result
    enrolled = outcome.events[0].values["enrolled"]
    assert enrolled == bytes.fromhex("000101 000201 000301 000400")
    parts = [blacklist.read("partOf", ceremony, index)[:2] for index in range(1, 5)]
    assert parts == [(True, True), (True, True), (True, True), (True, False)]
    blacklist.post_all(ceremony, JOINING, [1, 2, 3])
    blacklist.close(ceremony)
    with refuses("FraudBlacklistNoPart", ceremony, DEALING, 4):
        blacklist.post(ceremony, DEALING, 3, bytes(DEAL))
    blacklist.post_all(ceremony, DEALING, [0, 1, 2])
    with refuses("FraudBlacklistNoPart", ceremony, COMPLAINING, 1):
        blacklist.post(ceremony, COMPLAINING, 0, b"")
    blacklist.post(ceremony, COMPLAINING, 3, b"\0\x01")
    blacklist.post_all(ceremony, COMPLAINING, [1, 2])
    with refuses("FraudBlacklistNoPart", ceremony, REVEALING, 4):
        blacklist.post(ceremony, REVEALING, 3, b"")
    blacklist.post_all(ceremony, REVEALING, [0, 1, 2])
    assert blacklist.phase(ceremony) == ATTESTING


def test_complaints_are_about_dealers_and_answers_to_receivers(blacklist: Blacklist) -> None:
    blacklist.suspend(3)
    blacklist.members = [0, 1, 2]
    blacklist.make_key()
    blacklist.reinstate(3)
    ceremony = blacklist.open(RESHARING)
    blacklist.post_all(ceremony, JOINING, [0, 1, 2, 3])
    blacklist.post_all(ceremony, DEALING, [0, 1, 2])
    with refuses("FraudBlacklistInvalidPosting", COMPLAINING, 4 * INDEX):
        blacklist.post(ceremony, COMPLAINING, 3, b"\1" * 4 * INDEX)
    blacklist.post(ceremony, COMPLAINING, 3, b"\1" * 3 * INDEX)
    blacklist.post_all(ceremony, COMPLAINING, [0, 1, 2])
    with refuses("FraudBlacklistInvalidPosting", REVEALING, 5 * SHARE):
        blacklist.post(ceremony, REVEALING, 0, b"\1" * 5 * SHARE)
    blacklist.post(ceremony, REVEALING, 0, b"\1" * 4 * SHARE)


def test_a_resharing_has_no_openings(blacklist: Blacklist) -> None:
    blacklist.make_key()
    ceremony = blacklist.open(RESHARING)
    blacklist.reach(ceremony, COMPLAINING)
    blacklist.post_all(ceremony, COMPLAINING)
    assert blacklist.phase(ceremony) == ATTESTING


def test_a_holder_that_is_suspended_at_the_opening_neither_deals_nor_counts() -> None:
    blacklist = found_blacklist(4)
    blacklist.make_key()
    blacklist.suspend(3)
    ceremony = blacklist.open(RESHARING)
    blacklist.reinstate(3)
    assert blacklist.ceremony(ceremony)["dealers"] == 3
    blacklist.post_all(ceremony, JOINING, [0, 1, 2])
    with refuses("FraudBlacklistNoPart", ceremony, DEALING, 4):
        blacklist.post(ceremony, DEALING, 3, blacklist.posting(ceremony, DEALING, 3))
    blacklist.post_all(ceremony, DEALING, [0, 1, 2])
    assert blacklist.phase(ceremony) == COMPLAINING


def test_fewer_holders_than_the_threshold_cannot_deal_anew() -> None:
    blacklist = found_blacklist(4)
    blacklist.make_key()
    for number in (3, 2, 1):
        blacklist.consortium.registry.send(admin_of(number), "resign")
    for number in (7, 8):
        blacklist.consortium.decide("admitMember", newcomer(number), by=[0])
        blacklist.name_operator(number)
    with refuses("FraudBlacklistTooFewHolders", 1):
        blacklist.open(RESHARING)


def test_more_members_than_the_threshold_allows_need_a_new_key(blacklist: Blacklist) -> None:
    blacklist.make_key()
    blacklist.consortium.decide("admitMember", newcomer(7))
    blacklist.name_operator(7)
    with refuses("FraudBlacklistThresholdRises", 2, 3):
        blacklist.open(RESHARING)
    state = blacklist.ceremony(blacklist.open())
    assert (state["threshold"], state["keyEpoch"], state["shareEpoch"]) == (3, 2, 1)


def test_a_smaller_consortium_keeps_its_threshold() -> None:
    blacklist = found_blacklist(6)
    blacklist.make_key()
    for number in (4, 5):
        blacklist.suspend(number)
        blacklist.members.remove(number)
    state = blacklist.ceremony(blacklist.open(RESHARING))
    assert (state["threshold"], state["eligible"], state["presentNeeded"]) == (3, 4, 4)
