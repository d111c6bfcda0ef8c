"""Entries that go on under a new key: one counted at a time, with disputes, hits and vouches."""

from dataclasses import replace

import pytest
from harness.entry_members import Bank, Banks, facts, identifier, specimen

from blacklist.domain.entries.grounds import Severity
from blacklist.domain.entries.standing import EntryStanding, ListedEntry
from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.own_content import OwnPlan
from blacklist.services.querying import KeptHit
from blacklist.store import entries, evaluations, hits, own_corroborations, own_entries
from blacklist.store.hits import Hit, ReviewOutcome
from ledger.errors import ConflictError, RefusedError

FRAUDSTER, REASONS, ANSWER = specimen(123), b"\x33" * 32, b"\x44" * 32


def list_anew(banks: Banks) -> bytes:
    """Replace the key, and let the reporter list the one entry under the new one."""
    banks.make_key(2)
    reporter = banks.banks[0]
    assert queue(reporter) == 1
    assert queue(reporter) == 0
    reporter.listing.prepare()
    reporter.listing.send()
    banks.settle()
    reporter.listing.send()
    with reporter.database.read() as connection:
        (own,) = own_entries.handing_over(connection)
    return own.entry


def queue(bank: Bank) -> int:
    state = bank.follower.refresh()
    return bank.succession.queue({number: each.key_epoch for number, each in state.keys.items()})


def hand_over(banks: Banks, **span: float) -> int:
    banks.move(**(span or {"hours": 1}))
    done = banks.banks[0].succession.hand_over()
    banks.settle()
    return done


def ask(banks: Banks, number: int) -> list[KeptHit]:
    bank = banks.banks[number]
    return list(bank.querying.query(bank.person(FRAUDSTER), Purpose.QUERY, "officer"))


def find(banks: Banks, entry: bytes) -> ListedEntry:
    return banks.banks[1].revising.find(entry)


def hits_of(banks: Banks, number: int) -> list[Hit]:
    with banks.banks[number].database.read() as connection:
        return list(hits.newest(connection, unreviewed=False, limit=9))


@pytest.fixture
def entry(banks: Banks) -> bytes:
    listed = banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    return listed


def test_a_successor_is_found_instead_and_the_entry_ends_an_hour_later(
    banks: Banks, entry: bytes
) -> None:
    fresh = list_anew(banks)
    (kept,) = ask(banks, 1)
    assert (kept.found.listed.entry, kept.found.listed.key_epoch) == (fresh, 2)
    assert hand_over(banks, minutes=1) == 0
    assert hand_over(banks) == 1
    assert find(banks, entry).moved_to == fresh
    assert find(banks, entry).withdrawn
    (kept,) = ask(banks, 2)
    assert kept.found.listed.entry == fresh
    reporter = banks.banks[0]
    assert (queue(reporter), hand_over(banks)) == (0, 0)
    with reporter.database.read() as connection:
        used = {name.purpose: count for name, count in evaluations.usage(connection, "2026-01")}
    assert used["rotation"] == 1


@pytest.mark.usefixtures("entry")
def test_hits_go_along_and_what_was_reviewed_stays_reviewed(banks: Banks) -> None:
    (kept,) = ask(banks, 1)
    assert kept.hit is not None
    with banks.banks[1].database.write() as connection:
        hits.review(
            connection, kept.hit, at="2026-11-24T00:00:00.000Z", by="officer",
            outcome=ReviewOutcome.SAME_PERSON, leaf_hash=REASONS,
        )  # fmt: skip
    fresh = list_anew(banks)
    hand_over(banks)
    (hit,) = hits_of(banks, 1)
    assert (hit.entry, hit.outcome) == (fresh, ReviewOutcome.SAME_PERSON)
    banks.banks[0].revising.withdraw(fresh, REASONS)
    banks.settle()
    (hit,) = hits_of(banks, 1)
    assert (hit.outcome, hit.reviewed_at) == (None, None)


def test_an_entry_that_is_withdrawn_before_its_successor_is_listed_has_none(
    banks: Banks, entry: bytes
) -> None:
    banks.make_key(2)
    reporter = banks.banks[0]
    queue(reporter)
    reporter.listing.prepare()
    reporter.revising.withdraw(entry, REASONS)
    assert reporter.listing.send() == 0
    banks.settle()
    assert queue(reporter) == 0
    assert reporter.listing.send() == 0
    assert ask(banks, 1) == []


def test_an_entry_that_is_disputed_before_its_successor_is_listed_waits_for_the_decision(
    banks: Banks, entry: bytes
) -> None:
    banks.make_key(2)
    reporter = banks.banks[0]
    queue(reporter)
    reporter.listing.prepare()
    banks.banks[2].revising.contract.dispute(entry, REASONS)
    assert reporter.listing.send() == 0
    banks.settle()
    assert queue(reporter) == 0
    (kept,) = ask(banks, 1)
    assert (kept.found.listed.entry, kept.found.standing) == (entry, EntryStanding.DISPUTED)
    reporter.revising.uphold(entry, ANSWER)
    banks.settle()
    assert queue(reporter) == 1
    reporter.listing.prepare()
    assert reporter.listing.send() == 1


def test_a_dispute_about_an_entry_whose_successor_is_listed_is_never_hidden(
    banks: Banks, entry: bytes
) -> None:
    fresh = list_anew(banks)
    banks.banks[2].revising.contract.dispute(entry, REASONS)
    banks.settle()
    (kept,) = ask(banks, 1)
    assert (kept.found.listed.entry, kept.found.standing) == (entry, EntryStanding.DISPUTED)
    assert hand_over(banks) == 0
    assert find(banks, fresh).moved_to == entry
    reporter = banks.banks[0]
    assert queue(reporter) == 0, "disputed"
    reporter.revising.concede(entry, ANSWER)
    banks.settle()
    assert (queue(reporter), ask(banks, 1)) == (0, [])


def test_an_entry_whose_dispute_is_decided_at_once_survives_the_return(
    banks: Banks, entry: bytes
) -> None:
    list_anew(banks)
    reporter = banks.banks[0]
    banks.banks[2].revising.contract.dispute(entry, REASONS)
    reporter.follower.refresh()
    assert reporter.succession.hand_over() == 0
    reporter.revising.uphold(entry, ANSWER)
    assert reporter.succession.hand_over() == 0, "the successor's end is not read yet"
    banks.settle()
    assert hand_over(banks) == 0
    assert not find(banks, entry).withdrawn
    assert queue(reporter) == 1


def test_a_successor_that_is_disputed_or_withdrawn_takes_over_at_once(
    banks: Banks, entry: bytes
) -> None:
    fresh = list_anew(banks)
    banks.banks[2].revising.contract.dispute(fresh, REASONS)
    banks.settle()
    assert hand_over(banks, seconds=1) == 1
    (kept,) = ask(banks, 1)
    assert (kept.found.listed.entry, kept.found.standing) == (fresh, EntryStanding.DISPUTED)
    with banks.banks[1].database.read() as connection:
        (dispute,) = entries.disputes(connection, entry)
    assert dispute.entry == fresh


def test_who_withdraws_the_successor_ends_both(banks: Banks, entry: bytes) -> None:
    fresh = list_anew(banks)
    reporter = banks.banks[0]
    for act in (
        lambda: reporter.revising.withdraw(entry, REASONS),
        lambda: reporter.revising.correct(entry, facts(banks.today())),
    ):
        with pytest.raises(RefusedError, match="entry-moving") as caught:
            act()
        assert caught.value.params["successor"] == fresh.hex()
    reporter.revising.withdraw(fresh, REASONS)
    banks.settle()
    assert hand_over(banks, seconds=1) == 1
    assert find(banks, entry).moved_to is None
    assert (queue(reporter), ask(banks, 1)) == (0, [])


def test_a_successor_says_what_the_entry_says_when_it_is_listed(banks: Banks, entry: bytes) -> None:
    reporter, milder = banks.banks[0], replace(facts(banks.today()), severity=Severity.NOTABLE)
    banks.make_key(2)
    queue(reporter)
    reporter.listing.prepare()
    reporter.revising.correct(entry, milder)
    assert reporter.listing.send() == 0
    banks.settle()
    (kept,) = ask(banks, 1)
    assert (kept.found.listed.entry, kept.found.facts) == (entry, milder)
    assert queue(reporter) == 1
    reporter.listing.prepare()
    assert reporter.listing.send() == 1
    banks.settle()
    (kept,) = ask(banks, 1)
    assert (kept.found.listed.key_epoch, kept.found.facts) == (2, milder)


def test_a_dispute_is_decided_by_a_correction_even_when_the_key_is_read_no_more(
    banks: Banks, entry: bytes
) -> None:
    reporter, milder = banks.banks[0], replace(facts(banks.today()), severity=Severity.NOTABLE)
    banks.banks[2].revising.contract.dispute(entry, REASONS)
    banks.settle()
    banks.make_key(2)
    banks.move(days=31)
    reporter.revising.amend(entry, ANSWER, milder)
    banks.settle()
    assert ask(banks, 1) == []
    assert queue(reporter) == 1
    reporter.listing.prepare()
    assert reporter.listing.send() == 1
    banks.settle()
    (kept,) = ask(banks, 1)
    assert (kept.found.listed.key_epoch, kept.found.facts) == (2, milder)


def test_two_corrections_at_once_lose_none(banks: Banks, entry: bytes) -> None:
    book, reporter = banks.banks[0].listing.book, banks.banks[0]
    own = book.find(entry)
    content = book.open(own)
    reporter.revising.correct(entry, replace(facts(banks.today()), severity=Severity.NOTABLE))
    with pytest.raises(ConflictError, match="entry-changed"):
        book.extend(own, content, OwnPlan.from_text(own.call or ""))
    assert len(book.open(book.find(entry)).versions) == 2


def test_who_vouched_signs_again_for_the_successor(banks: Banks, entry: bytes) -> None:
    other = banks.banks[1]
    other.vouching.corroborate(entry, identifier(FRAUDSTER), REASONS)
    banks.settle()
    assert other.vouching.follow() == 0
    fresh = list_anew(banks)
    hand_over(banks)
    assert other.vouching.follow() == 1
    banks.settle()
    (kept,) = ask(banks, 2)
    assert (kept.found.listed.entry, kept.found.corroborators) == (fresh, (other.member,))
    assert other.vouching.follow() == 0


def test_who_vouches_twice_keeps_one_record(banks: Banks, entry: bytes) -> None:
    other = banks.banks[1]
    other.vouching.corroborate(entry, identifier(FRAUDSTER), REASONS)
    with other.database.read() as connection:
        first = own_corroborations.find(connection, entry)
    assert first is not None
    with pytest.raises(RefusedError):
        other.vouching.corroborate(entry, identifier(FRAUDSTER), REASONS)
    assert other.vouching.records.keys.open(first.key_id) is None
    banks.settle()
    fresh = list_anew(banks)
    other.vouching.corroborate(fresh, identifier(FRAUDSTER), REASONS)
    hand_over(banks)
    assert other.vouching.follow() == 0
    with other.database.read() as connection:
        assert own_corroborations.find(connection, entry) is None
        assert own_corroborations.find(connection, fresh) is not None


def test_who_vouched_does_not_sign_for_what_says_something_else_by_then(
    banks: Banks, entry: bytes
) -> None:
    reporter, other = banks.banks[0], banks.banks[1]
    other.vouching.corroborate(entry, identifier(FRAUDSTER), REASONS)
    reporter.revising.correct(entry, replace(facts(banks.today()), severity=Severity.NOTABLE))
    banks.settle()
    fresh = list_anew(banks)
    hand_over(banks)
    assert other.vouching.follow() == 0
    with other.database.read() as connection:
        assert own_corroborations.find(connection, entry) is None
        assert own_corroborations.find(connection, fresh) is None


def test_whom_an_entry_was_about_is_forgotten_by_who_vouched_when_it_ends(
    banks: Banks, entry: bytes
) -> None:
    other = banks.banks[1]
    other.vouching.corroborate(entry, identifier(FRAUDSTER), REASONS)
    with other.database.read() as connection:
        kept = own_corroborations.find(connection, entry)
    assert kept is not None
    banks.banks[0].revising.withdraw(entry, REASONS)
    banks.settle()
    assert other.vouching.follow() == 0
    assert other.vouching.records.keys.open(kept.key_id) is None
