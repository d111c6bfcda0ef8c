"""Opening, enrolment and the calendar of ceremonies: who may post when, and what closes a phase."""

import pytest
from contract.blacklist import (
    ACCUSING,
    ACTIVATED,
    ATTESTING,
    COMPLAINING,
    DEALING,
    FAILED,
    GENERATION,
    ID_NUMBER,
    JOINING,
    NO_PHASE,
    OPENING,
    PHASE_SECONDS,
    RECONSTRUCTING,
    RESHARING,
    REVEALING,
    Blacklist,
    found_blacklist,
    index_of,
    operator_of,
    word_of,
)
from contract.consortium import STRANGER, member_id, newcomer
from contract.evm import refuses

SHARE = 66


@pytest.fixture
def blacklist() -> Blacklist:
    return found_blacklist(4)


def names(outcome: object) -> list[str]:
    return [event.name for event in outcome.events]  # type: ignore[attr-defined] # an Outcome


def test_a_generation_is_opened_with_its_terms(blacklist: Blacklist) -> None:
    blacklist.chain.advance(blocks=6)
    outcome = blacklist.act(1, "openGeneration", ID_NUMBER)
    assert outcome.result == 1
    [event] = outcome.events
    assert event.name == "CeremonyOpened"
    assert event.values == {
        "ceremony": 1,
        "identifierType": ID_NUMBER,
        "kind": GENERATION,
        "keyEpoch": 1,
        "shareEpoch": 1,
        "threshold": 2,
        "presentNeeded": 3,
        "enrolled": bytes.fromhex("000100 000200 000300 000400"),
    }
    assert blacklist.ceremony(1) == {
        "openedBlock": 7,
        "phaseEnds": blacklist.now + PHASE_SECONDS,
        "keyEpoch": 1,
        "shareEpoch": 1,
        "kind": GENERATION,
        "phase": JOINING,
        "identifierType": ID_NUMBER,
        "contested": False,
        "threshold": 2,
        "eligible": 4,
        "presentNeeded": 3,
        "joined": 0,
        "dealers": 0,
        "posted": 0,
    }
    assert blacklist.read("ceremonyCount") == 1
    assert blacklist.read("runningCeremony", ID_NUMBER) == 1
    assert blacklist.read("runningCeremony", 2) == 0


@pytest.mark.parametrize(
    ("members", "threshold", "needed"),
    [(2, 2, 2), (3, 2, 3), (4, 2, 3), (5, 3, 5), (6, 3, 5), (7, 4, 7), (20, 10, 19)],
)
def test_the_threshold_is_half_of_who_could_hold(members: int, threshold: int, needed: int) -> None:
    blacklist = found_blacklist(members)
    state = blacklist.ceremony(blacklist.open())
    assert (state["threshold"], state["presentNeeded"]) == (threshold, needed)


@pytest.mark.parametrize("name", ["openGeneration", "openResharing"])
@pytest.mark.parametrize("identifier_type", [0, 7, 255])
def test_there_are_six_types(blacklist: Blacklist, name: str, identifier_type: int) -> None:
    with refuses("FraudBlacklistInvalidType", identifier_type):
        blacklist.act(0, name, identifier_type)


def test_types_have_their_ceremonies_side_by_side_and_one_each(blacklist: Blacklist) -> None:
    ceremonies = [blacklist.open(identifier_type=kind) for kind in range(1, 7)]
    assert ceremonies == [1, 2, 3, 4, 5, 6]
    for name in ("openGeneration", "openResharing"):
        with refuses("FraudBlacklistCeremonyRunning", 3):
            blacklist.act(1, name, 3)


def test_one_holder_alone_makes_no_key() -> None:
    blacklist = found_blacklist(3, named=False)
    blacklist.name_operator(0)
    with refuses("FraudBlacklistTooFewHolders", 1):
        blacklist.open()
    blacklist.name_operator(1)
    assert blacklist.ceremony(blacklist.open())["eligible"] == 2


def test_only_who_could_join_at_the_opening_can(blacklist: Blacklist) -> None:
    """Neither a newcomer nor who comes back takes another's place, or moves the threshold."""
    blacklist.suspend(3)
    ceremony = blacklist.open()
    blacklist.reinstate(3)
    blacklist.consortium.decide("admitMember", newcomer(7))
    blacklist.name_operator(7)
    assert blacklist.ceremony(ceremony)["eligible"] == 3
    for number, index in ((3, 4), (7, 5)):
        assert blacklist.read("partOf", ceremony, index) == (False, False, 0)
        with refuses("FraudBlacklistNoPart", ceremony, JOINING, index):
            blacklist.post(ceremony, JOINING, number, word_of("key"))
    blacklist.post_all(ceremony, JOINING, [0, 1, 2])
    assert blacklist.phase(ceremony) == DEALING


def test_a_posting_is_kept_once_and_as_it_was_sent(blacklist: Blacklist) -> None:
    ceremony = blacklist.open()
    data = word_of("key")
    [event] = blacklist.post(ceremony, JOINING, 2, data).events
    assert event.name == "Posted"
    assert event.values == {"ceremony": ceremony, "phase": JOINING, "index": 3, "data": data}
    assert blacklist.read("partOf", ceremony, 3) == (True, False, 1 << JOINING)
    state = blacklist.ceremony(ceremony)
    assert (state["joined"], state["dealers"], state["posted"]) == (1, 1, 1)
    with refuses("FraudBlacklistAlreadyPosted", ceremony, JOINING, 3):
        blacklist.post(ceremony, JOINING, 2, word_of("another key"))


def test_an_institution_posts_once_whoever_its_operator_is(blacklist: Blacklist) -> None:
    ceremony = blacklist.open()
    blacklist.post(ceremony, JOINING, 2, word_of("key"))
    blacklist.name_operator(2, STRANGER)
    with refuses("FraudBlacklistAlreadyPosted", ceremony, JOINING, 3):
        blacklist.contract.send(STRANGER, "post", ceremony, JOINING, word_of("key"))
    blacklist.post_all(ceremony, JOINING, [0, 1, 3])
    data = blacklist.posting(ceremony, DEALING, 2)
    [event] = blacklist.contract.send(STRANGER, "post", ceremony, DEALING, data).events
    assert event.values["index"] == 3


def test_unknown_ceremonies_are_refused(blacklist: Blacklist) -> None:
    blacklist.open()
    for unknown in (0, 2, 2**64 - 1):
        for name, arguments in (
            ("post", (JOINING, b"")),
            ("close", ()),
            ("activate", (b"",)),
        ):
            with refuses("FraudBlacklistUnknownCeremony", unknown):
                blacklist.act(0, name, unknown, *arguments)
        for name, arguments in (("ceremony", ()), ("partOf", (1,))):
            with refuses("FraudBlacklistUnknownCeremony", unknown):
                blacklist.read(name, unknown, *arguments)


def test_phases_close_as_soon_as_all_have_posted(blacklist: Blacklist) -> None:
    ceremony = blacklist.open()
    for phase, following in (
        (JOINING, DEALING),
        (DEALING, COMPLAINING),
        (COMPLAINING, OPENING),
        (OPENING, ACCUSING),
        (ACCUSING, ATTESTING),
    ):
        blacklist.chain.advance(seconds=7)
        blacklist.post_all(ceremony, phase, [0, 1, 2])
        assert blacklist.phase(ceremony) == phase
        data = blacklist.posting(ceremony, phase, 3)
        outcome = blacklist.post(ceremony, phase, 3, data)
        assert names(outcome) == ["Posted", "PhaseClosed"]
        assert outcome.events[1].values == {
            "ceremony": ceremony,
            "from": phase,
            "to": following,
        }
        state = blacklist.ceremony(ceremony)
        assert (state["phase"], state["posted"]) == (following, 0)
        assert state["phaseEnds"] == blacklist.now + PHASE_SECONDS


@pytest.mark.parametrize(
    ("phase", "contest", "following"),
    [
        (COMPLAINING, b"\0\x01", REVEALING),
        (ACCUSING, bytes(SHARE), RECONSTRUCTING),
    ],
)
def test_one_complaint_is_enough_for_an_answer(
    blacklist: Blacklist, phase: int, contest: bytes, following: int
) -> None:
    ceremony = blacklist.open()
    blacklist.reach(ceremony, phase)
    blacklist.post(ceremony, phase, 1, contest)
    assert blacklist.ceremony(ceremony)["contested"]
    blacklist.post_all(ceremony, phase, [0, 2, 3])
    assert blacklist.phase(ceremony) == following
    assert not blacklist.ceremony(ceremony)["contested"]
    blacklist.post_all(ceremony, following)
    assert blacklist.phase(ceremony) == (OPENING if following == REVEALING else ATTESTING)


def test_the_last_second_counts_and_the_next_does_not(blacklist: Blacklist) -> None:
    ceremony = blacklist.open()
    ends = blacklist.ceremony(ceremony)["phaseEnds"]
    blacklist.post_all(ceremony, JOINING, [0, 1])
    blacklist.chain.advance(seconds=PHASE_SECONDS)
    with refuses("FraudBlacklistPhaseOpen", ceremony, JOINING, ends):
        blacklist.contract.send(STRANGER, "close", ceremony)
    with blacklist.chain.undone():
        blacklist.post_all(ceremony, JOINING, [2])
        blacklist.chain.advance(seconds=1)
        [event] = blacklist.contract.send(STRANGER, "close", ceremony).events
        assert event.values == {"ceremony": ceremony, "from": JOINING, "to": DEALING}
    blacklist.chain.advance(seconds=1)
    with refuses("FraudBlacklistWrongPhase", ceremony, JOINING, FAILED):
        blacklist.post(ceremony, JOINING, 2, word_of("key"))
    assert blacklist.phase(ceremony) == JOINING
    [event] = blacklist.contract.send(STRANGER, "close", ceremony).events
    assert event.name == "CeremonyFailed"
    assert event.values == {"ceremony": ceremony, "phase": JOINING}
    assert blacklist.read("runningCeremony", ID_NUMBER) == 0


def test_a_posting_for_the_next_phase_closes_the_one_that_is_over(blacklist: Blacklist) -> None:
    ceremony = blacklist.open()
    blacklist.reach(ceremony, DEALING)
    blacklist.post_all(ceremony, DEALING, [0, 1, 2])
    with refuses("FraudBlacklistWrongPhase", ceremony, COMPLAINING, DEALING):
        blacklist.post(ceremony, COMPLAINING, 0, b"")
    blacklist.run_out(ceremony)
    late = blacklist.posting(ceremony, DEALING, 3)
    with refuses("FraudBlacklistWrongPhase", ceremony, DEALING, COMPLAINING):
        blacklist.post(ceremony, DEALING, 3, late)
    outcome = blacklist.post(ceremony, COMPLAINING, 0, b"")
    assert names(outcome) == ["PhaseClosed", "Posted"]
    assert blacklist.ceremony(ceremony)["phaseEnds"] == blacklist.now + PHASE_SECONDS
    # One phase at a time: the next one has its whole time.
    with refuses("FraudBlacklistWrongPhase", ceremony, OPENING, COMPLAINING):
        blacklist.post(ceremony, OPENING, 0, blacklist.posting(ceremony, OPENING, 0))


def test_a_ceremony_that_nobody_goes_on_with_can_be_left_at_every_phase(
    blacklist: Blacklist,
) -> None:
    steps = {
        JOINING: DEALING,
        COMPLAINING: OPENING,
        REVEALING: OPENING,
        OPENING: ACCUSING,
        ACCUSING: ATTESTING,
        RECONSTRUCTING: ATTESTING,
        ATTESTING: FAILED,
    }
    for phase, following in steps.items():
        with blacklist.chain.undone():
            ceremony = blacklist.open()
            if phase in (REVEALING, RECONSTRUCTING):
                blacklist.reach(ceremony, phase - 1)
                contest = b"\0\x01" if phase == REVEALING else bytes(SHARE)
                blacklist.post(ceremony, phase - 1, 0, contest)
                blacklist.close(ceremony)
            else:
                blacklist.reach(ceremony, phase)
            if phase == JOINING:
                blacklist.post_all(ceremony, JOINING, [0, 1, 2])
            assert blacklist.phase(ceremony) == phase
            blacklist.close(ceremony)
            assert blacklist.phase(ceremony) == following
            while blacklist.phase(ceremony) != FAILED:
                blacklist.close(ceremony)
            assert blacklist.open() == ceremony + 1


def test_fewer_deals_than_the_threshold_end_a_ceremony_at_once(blacklist: Blacklist) -> None:
    ceremony = blacklist.open()
    blacklist.reach(ceremony, DEALING)
    blacklist.post_all(ceremony, DEALING, [0])
    with blacklist.chain.undone():
        [event] = blacklist.close(ceremony).events
        assert event.values == {"ceremony": ceremony, "phase": DEALING}
    blacklist.post_all(ceremony, DEALING, [1])
    blacklist.close(ceremony)
    assert blacklist.phase(ceremony) == COMPLAINING


def test_the_opening_of_the_next_ceremony_ends_one_that_is_over(blacklist: Blacklist) -> None:
    first = blacklist.open(by=3)
    blacklist.chain.advance(seconds=PHASE_SECONDS)
    with refuses("FraudBlacklistCeremonyRunning", first):
        blacklist.open(by=0)
    blacklist.chain.advance(seconds=1)
    outcome = blacklist.act(0, "openGeneration", ID_NUMBER)
    assert names(outcome) == ["CeremonyFailed", "CeremonyOpened"]
    assert blacklist.phase(first) == FAILED
    assert blacklist.read("runningCeremony", ID_NUMBER) == outcome.result == first + 1


def test_an_opening_does_not_end_a_ceremony_that_goes_on(blacklist: Blacklist) -> None:
    ceremony = blacklist.open()
    blacklist.post_all(ceremony, JOINING, [0, 1, 2])
    blacklist.run_out(ceremony)
    with refuses("FraudBlacklistCeremonyRunning", ceremony):
        blacklist.open()
    assert blacklist.phase(ceremony) == JOINING
    blacklist.act(0, "close", ceremony)
    assert blacklist.phase(ceremony) == DEALING


def test_who_did_not_join_has_no_part_in_what_follows(blacklist: Blacklist) -> None:
    ceremony = blacklist.open()
    blacklist.post_all(ceremony, JOINING, [0, 1, 2])
    blacklist.close(ceremony)
    for phase in (DEALING, COMPLAINING, OPENING, ACCUSING, ATTESTING):
        assert blacklist.phase(ceremony) == phase
        with refuses("FraudBlacklistNoPart", ceremony, phase, 4):
            blacklist.post(ceremony, phase, 3, blacklist.posting(ceremony, phase, 3))
        if phase != ATTESTING:
            blacklist.post_all(ceremony, phase, [0, 1, 2])


def test_who_is_suspended_in_the_middle_stops_and_the_others_go_on(blacklist: Blacklist) -> None:
    ceremony = blacklist.open()
    blacklist.reach(ceremony, DEALING)
    blacklist.suspend(3)
    blacklist.post_all(ceremony, DEALING, [0, 1, 2])
    with refuses("FraudBlacklistNotEntitled", member_id(3)):
        blacklist.post(ceremony, DEALING, 3, blacklist.posting(ceremony, DEALING, 3))
    assert blacklist.phase(ceremony) == DEALING
    blacklist.close(ceremony)
    blacklist.post_all(ceremony, COMPLAINING, [0, 1, 2])
    blacklist.reinstate(3)
    blacklist.post_all(ceremony, COMPLAINING, [3])
    assert blacklist.phase(ceremony) == OPENING


@pytest.mark.parametrize("phase", [NO_PHASE, ACTIVATED, FAILED])
def test_nobody_posts_in_a_phase_that_is_none(blacklist: Blacklist, phase: int) -> None:
    ceremony = blacklist.open()
    with refuses("FraudBlacklistWrongPhase", ceremony, phase, JOINING):
        blacklist.post(ceremony, phase, 0, word_of("key"))


def test_a_failed_ceremony_stays_failed(blacklist: Blacklist) -> None:
    ceremony = blacklist.open()
    blacklist.reach(ceremony, ATTESTING)
    blacklist.close(ceremony)
    blacklist.chain.advance(seconds=10 * PHASE_SECONDS)
    for phase in range(JOINING, FAILED + 1):
        with refuses("FraudBlacklistWrongPhase", ceremony, phase, FAILED):
            blacklist.post(ceremony, phase, 0, word_of("digest"))
    with refuses("FraudBlacklistWrongPhase", ceremony, FAILED, FAILED):
        blacklist.act(0, "close", ceremony)
    with refuses("FraudBlacklistWrongPhase", ceremony, ATTESTING, FAILED):
        blacklist.act(0, "activate", ceremony, b"")


def test_a_loop_over_256_institutions_fits_into_a_block() -> None:
    """All that loops: the enrolment, and the keys on activation. The test's blocks have 30 million gas."""
    blacklist = found_blacklist(2)
    for number in range(2, 256):
        blacklist.consortium.decide("admitMember", newcomer(number, keys=[]))
        blacklist.name_operator(number)
        blacklist.members.append(number)
    blacklist.make_key()
    assert blacklist.read("keyState", ID_NUMBER)["holders"] == 256
    assert blacklist.share_key(ID_NUMBER, index_of(255)) != bytes(32)
    ceremony = blacklist.open(RESHARING)
    assert blacklist.ceremony(ceremony)["dealers"] == 256
    assert blacklist.read("memberOfOperator", operator_of(255)) == member_id(255)
