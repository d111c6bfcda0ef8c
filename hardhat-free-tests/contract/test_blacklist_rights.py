"""Dispute and decision with their clocks, correction, withdrawal, and what is done against their abuse."""

import pytest
from contract.blacklist import Blacklist, found_blacklist
from contract.blacklist_entries import (
    ACTIVE,
    CORRECTED,
    DAY,
    DECIDED_CORRECTED,
    DECIDED_WITHDRAWN,
    DISPUTE_PAUSE,
    DISPUTE_TERM,
    DISPUTED,
    EXPIRED,
    FACTS,
    LATER,
    MAX_TERM,
    NO_DECISION,
    NO_DIGEST,
    OVERDUE,
    REASONS,
    STATEMENT,
    UPHELD,
    WITHDRAWN,
    corroborate,
    enlist,
)
from contract.consortium import admin_of, member_id
from contract.evm import FIRST_SECOND, refuses

REPORTER = 1


@pytest.fixture
def blacklist() -> Blacklist:
    founded = found_blacklist(4)
    founded.make_key()
    return founded


@pytest.fixture
def entry(blacklist: Blacklist) -> bytes:
    return enlist(blacklist, REPORTER, "a")


def standing(blacklist: Blacklist, entry: bytes) -> int:
    return int(blacklist.read("standing", entry))


def decide(
    blacklist: Blacklist, entry: bytes, decision: int, facts: bytes = NO_DIGEST, expires: int = 0
) -> list[tuple[str, dict[str, object]]]:
    outcome = blacklist.act(REPORTER, "decide", entry, decision, REASONS, facts, expires)
    return [(event.name, event.values) for event in outcome.events]


@pytest.mark.parametrize("desk", [0, REPORTER])
def test_any_members_desk_takes_a_dispute(blacklist: Blacklist, entry: bytes, desk: int) -> None:
    [event] = blacklist.act(desk, "dispute", entry, STATEMENT).events
    assert event.name == "EntryDisputed"
    assert event.values == {
        "id": entry,
        "receivedBy": member_id(desk),
        "statement": STATEMENT,
        "decideBy": blacklist.now + DISPUTE_TERM,
    }
    assert blacklist.read("entry", entry)["disputedAt"] == blacklist.now
    assert standing(blacklist, entry) == DISPUTED
    with refuses("FraudBlacklistWrongStanding", entry, DISPUTED):
        blacklist.act(2, "dispute", entry, STATEMENT)


def test_the_twentieth_day_is_in_time_to_the_second(blacklist: Blacklist, entry: bytes) -> None:
    blacklist.act(0, "dispute", entry, STATEMENT)
    blacklist.chain.advance(seconds=DISPUTE_TERM)
    assert standing(blacklist, entry) == DISPUTED
    with blacklist.chain.undone():
        [(name, values)] = decide(blacklist, entry, UPHELD)
        assert name == "DisputeDecided"
        assert values == {"id": entry, "decision": UPHELD, "reasons": REASONS, "inTime": True}
        assert standing(blacklist, entry) == ACTIVE
    blacklist.chain.advance(seconds=1)
    assert standing(blacklist, entry) == OVERDUE
    with refuses("FraudBlacklistWrongStanding", entry, OVERDUE):
        corroborate(blacklist, 2, REPORTER, "a")
    [(_, values)] = decide(blacklist, entry, UPHELD)
    assert values["inTime"] is False
    assert standing(blacklist, entry) == ACTIVE


def test_a_dispute_ends_as_corrected(blacklist: Blacklist, entry: bytes) -> None:
    blacklist.act(0, "dispute", entry, STATEMENT)
    events = decide(blacklist, entry, DECIDED_CORRECTED, FACTS, LATER - DAY)
    assert [name for name, _ in events] == ["DisputeDecided", "EntryCorrected"]
    assert events[1][1] == {"id": entry, "facts": FACTS, "expiresAt": LATER - DAY}
    stored = blacklist.read("entry", entry)
    assert (stored["facts"], stored["expiresAt"]) == (FACTS, LATER - DAY)
    assert (stored["disputedAt"], stored["corrected"]) == (0, True)
    assert standing(blacklist, entry) == CORRECTED


def test_a_dispute_ends_as_withdrawn(blacklist: Blacklist, entry: bytes) -> None:
    blacklist.act(0, "dispute", entry, STATEMENT)
    events = decide(blacklist, entry, DECIDED_WITHDRAWN)
    assert [name for name, _ in events] == ["DisputeDecided", "EntryWithdrawn"]
    assert events[1][1] == {"id": entry, "reasons": REASONS}
    assert standing(blacklist, entry) == WITHDRAWN


def test_a_withdrawal_ends_an_open_dispute_and_says_so(blacklist: Blacklist, entry: bytes) -> None:
    blacklist.act(0, "dispute", entry, STATEMENT)
    blacklist.chain.advance(seconds=DISPUTE_TERM + 1)
    events = blacklist.act(REPORTER, "withdraw", entry, REASONS).events
    assert [event.name for event in events] == ["DisputeDecided", "EntryWithdrawn"]
    assert events[0].values == {
        "id": entry,
        "decision": DECIDED_WITHDRAWN,
        "reasons": REASONS,
        "inTime": False,
    }
    assert blacklist.read("entry", entry)["disputedAt"] == 0


def test_what_was_withdrawn_stays_withdrawn(blacklist: Blacklist, entry: bytes) -> None:
    [event] = blacklist.act(REPORTER, "withdraw", entry, REASONS).events
    assert event.values == {"id": entry, "reasons": REASONS}
    for number, name, arguments in (
        (0, "dispute", (STATEMENT,)),
        (REPORTER, "decide", (UPHELD, REASONS, NO_DIGEST, 0)),
        (REPORTER, "correct", (FACTS, LATER)),
        (REPORTER, "withdraw", (REASONS,)),
    ):
        with refuses("FraudBlacklistWrongStanding", entry, WITHDRAWN):
            blacklist.act(number, name, entry, *arguments)


def test_only_the_reporter_decides_corrects_and_withdraws(
    blacklist: Blacklist, entry: bytes
) -> None:
    blacklist.act(0, "dispute", entry, STATEMENT)
    for name, arguments in (
        ("decide", (UPHELD, REASONS, NO_DIGEST, 0)),
        ("correct", (FACTS, LATER)),
        ("withdraw", (REASONS,)),
    ):
        with refuses("FraudBlacklistNotReporter", entry, member_id(0)):
            blacklist.act(0, name, entry, *arguments)


def test_a_decision_needs_a_dispute(blacklist: Blacklist, entry: bytes) -> None:
    with refuses("FraudBlacklistWrongStanding", entry, ACTIVE):
        decide(blacklist, entry, UPHELD)


@pytest.mark.parametrize(
    ("decision", "facts", "expires"),
    [
        (NO_DECISION, NO_DIGEST, 0),
        (UPHELD, FACTS, 0),
        (UPHELD, NO_DIGEST, LATER),
        (DECIDED_WITHDRAWN, FACTS, LATER),
    ],
)
def test_new_facts_belong_to_a_correction_alone(
    blacklist: Blacklist, entry: bytes, decision: int, facts: bytes, expires: int
) -> None:
    blacklist.act(0, "dispute", entry, STATEMENT)
    with refuses("FraudBlacklistInvalidDecision", decision):
        decide(blacklist, entry, decision, facts, expires)


def test_statements_and_answers_are_named(blacklist: Blacklist, entry: bytes) -> None:
    with refuses("FraudBlacklistMissingDigest", entry):
        blacklist.act(0, "dispute", entry, NO_DIGEST)
    with refuses("FraudBlacklistMissingDigest", entry):
        blacklist.act(REPORTER, "withdraw", entry, NO_DIGEST)
    blacklist.act(0, "dispute", entry, STATEMENT)
    with refuses("FraudBlacklistMissingDigest", entry):
        blacklist.act(REPORTER, "decide", entry, UPHELD, NO_DIGEST, NO_DIGEST, 0)
    with refuses("FraudBlacklistInvalidListing", entry):
        decide(blacklist, entry, DECIDED_CORRECTED, NO_DIGEST, LATER)


def test_facts_are_corrected_without_a_dispute_too(blacklist: Blacklist, entry: bytes) -> None:
    [event] = blacklist.act(REPORTER, "correct", entry, FACTS, LATER).events
    assert event.values == {"id": entry, "facts": FACTS, "expiresAt": LATER}
    assert standing(blacklist, entry) == CORRECTED
    corroborate(blacklist, 2, REPORTER, "a")
    with refuses("FraudBlacklistInvalidListing", entry):
        blacklist.act(REPORTER, "correct", entry, NO_DIGEST, LATER)
    blacklist.act(0, "dispute", entry, STATEMENT)
    with refuses("FraudBlacklistWrongStanding", entry, DISPUTED):
        blacklist.act(REPORTER, "correct", entry, FACTS, LATER)
    decide(blacklist, entry, UPHELD)
    assert standing(blacklist, entry) == CORRECTED


def test_no_correction_keeps_an_entry_beyond_the_term_of_its_listing(
    blacklist: Blacklist, entry: bytes
) -> None:
    latest = FIRST_SECOND + MAX_TERM
    assert blacklist.read("entry", entry)["listedAt"] == FIRST_SECOND
    blacklist.chain.advance(seconds=100 * DAY)
    with refuses("FraudBlacklistInvalidExpiry", latest + 1):
        blacklist.act(REPORTER, "correct", entry, FACTS, latest + 1)
    with refuses("FraudBlacklistInvalidExpiry", blacklist.now):
        blacklist.act(REPORTER, "correct", entry, FACTS, blacklist.now)
    blacklist.act(0, "dispute", entry, STATEMENT)
    with refuses("FraudBlacklistInvalidExpiry", latest + 1):
        decide(blacklist, entry, DECIDED_CORRECTED, FACTS, latest + 1)
    decide(blacklist, entry, DECIDED_CORRECTED, FACTS, latest)
    blacklist.chain.advance(seconds=latest - blacklist.now)
    assert standing(blacklist, entry) == EXPIRED


def test_a_desk_cannot_keep_an_entry_in_dispute(blacklist: Blacklist, entry: bytes) -> None:
    blacklist.act(0, "dispute", entry, STATEMENT)
    again = blacklist.now + DISPUTE_PAUSE
    decide(blacklist, entry, UPHELD)
    with refuses("FraudBlacklistDisputedLately", entry, member_id(0), again):
        blacklist.act(0, "dispute", entry, STATEMENT)
    with blacklist.chain.undone():
        # Nobody is cut off: every other desk takes it.
        blacklist.act(2, "dispute", entry, STATEMENT)
    with blacklist.chain.undone():
        # And so does the same one about other facts, or another entry.
        blacklist.act(REPORTER, "correct", entry, FACTS, LATER)
        blacklist.act(0, "dispute", entry, STATEMENT)
        blacklist.act(0, "dispute", enlist(blacklist, REPORTER, "b"), STATEMENT)
    blacklist.chain.advance(seconds=DISPUTE_PAUSE - 1)
    with refuses("FraudBlacklistDisputedLately", entry, member_id(0), again):
        blacklist.act(0, "dispute", entry, STATEMENT)
    blacklist.chain.advance(seconds=1)
    blacklist.act(0, "dispute", entry, STATEMENT)
    assert standing(blacklist, entry) == DISPUTED


def test_facts_of_another_entry_do_not_shut_a_desk(blacklist: Blacklist, entry: bytes) -> None:
    """A reporter that copies a commitment gains nothing by it."""
    copied = enlist(blacklist, REPORTER, "b", facts=blacklist.read("entry", entry)["facts"])
    blacklist.act(0, "dispute", copied, STATEMENT)
    blacklist.act(0, "dispute", entry, STATEMENT)


def test_the_dispute_of_a_reporter_that_left_is_never_decided_and_not_relied_on(
    blacklist: Blacklist, entry: bytes
) -> None:
    blacklist.consortium.registry.send(admin_of(REPORTER), "resign")
    assert standing(blacklist, entry) == ACTIVE
    blacklist.act(0, "dispute", entry, STATEMENT)
    with refuses("FraudBlacklistNotEntitled", member_id(REPORTER)):
        decide(blacklist, entry, UPHELD)
    blacklist.chain.advance(seconds=DISPUTE_TERM + 1)
    assert standing(blacklist, entry) == OVERDUE
    blacklist.chain.advance(seconds=LATER - blacklist.now)
    assert standing(blacklist, entry) == EXPIRED


def test_a_suspended_reporter_answers_when_it_is_back(blacklist: Blacklist, entry: bytes) -> None:
    blacklist.suspend(REPORTER)
    blacklist.act(0, "dispute", entry, STATEMENT)
    with refuses("FraudBlacklistNotEntitled", member_id(REPORTER)):
        decide(blacklist, entry, UPHELD)
    blacklist.reinstate(REPORTER)
    decide(blacklist, entry, UPHELD)


def test_an_entry_that_expires_in_dispute_is_expired(blacklist: Blacklist) -> None:
    entry = enlist(blacklist, REPORTER, "b", expiresAt=blacklist.now + DAY)
    blacklist.act(0, "dispute", entry, STATEMENT)
    blacklist.chain.advance(seconds=DAY)
    assert standing(blacklist, entry) == EXPIRED
    with refuses("FraudBlacklistWrongStanding", entry, EXPIRED):
        decide(blacklist, entry, DECIDED_CORRECTED, FACTS, LATER)
    events = blacklist.act(REPORTER, "withdraw", entry, REASONS).events
    assert [event.name for event in events] == ["DisputeDecided", "EntryWithdrawn"]
    assert events[0].values["inTime"] is True
