"""Entries that go on under a new key: one counts at any moment, with its disputes, hits and vouches."""

from dataclasses import replace

import pytest
from harness.entry_members import Bank, Banks, facts, identifier, specimen

from blacklist.domain.entries.grounds import Severity
from blacklist.domain.entries.standing import EntryStanding, ListedEntry
from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.own_content import OwnPlan
from blacklist.services.querying import KeptHit
from blacklist.store import entries, evaluations, hits, own_corroborations
from blacklist.store.hits import Hit, ReviewOutcome
from ledger.errors import ConflictError, RefusedError

FRAUDSTER, REASONS, ANSWER = specimen(123), b"\x33" * 32, b"\x44" * 32


def renew(banks: Banks) -> bytes:
    """Replace the key, and let the reporter's one entry go on under the new one; return its id."""
    banks.make_key(2)
    reporter = banks.banks[0]
    assert queue(reporter) == 1
    assert queue(reporter) == 0
    reporter.listing.prepare()
    assert reporter.listing.send() == 1
    banks.settle()
    reporter.listing.send()
    with reporter.database.read() as connection:
        (listed,) = entries.by_reporter(connection, reporter.member)[:1]
    assert listed.key_epoch == 2
    return listed.entry


def queue(bank: Bank) -> int:
    state = bank.follower.refresh()
    return bank.succession.queue({number: each.key_epoch for number, each in state.keys.items()})


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


def test_an_entry_goes_on_under_the_new_key_and_one_of_the_two_counts(
    banks: Banks, entry: bytes
) -> None:
    fresh = renew(banks)
    assert (find(banks, entry).moved_to, find(banks, entry).withdrawn) == (fresh, True)
    assert find(banks, fresh).listed_at == find(banks, entry).listed_at
    for number in (1, 2):
        (kept,) = ask(banks, number)
        assert (kept.found.listed.entry, kept.found.standing) == (fresh, EntryStanding.ACTIVE)
    reporter = banks.banks[0]
    assert (queue(reporter), reporter.listing.end_strays()) == (0, 0)
    with reporter.database.read() as connection:
        used = {name.purpose: count for name, count in evaluations.usage(connection, "2026-01")}
    assert used["rotation"] == 1


def test_nobody_is_overlooked_before_the_new_row_is_here(banks: Banks, entry: bytes) -> None:
    banks.make_key(2)
    reporter, other = banks.banks[0], banks.banks[1]
    queue(reporter)
    reporter.listing.prepare()
    reporter.listing.send()
    reporter.away = True
    other.follower.refresh()
    other.index.round()
    (kept,) = ask(banks, 1)
    assert kept.found.listed.entry == find(banks, entry).moved_to
    assert (kept.found.listed.key_epoch, len(other.tags())) == (2, 1)
    assert [hit.entry for hit in hits_of(banks, 1)] == [kept.found.listed.entry]
    reporter.away = False
    banks.settle()
    banks.settle()
    assert len(other.tags()) == 1
    (kept,) = ask(banks, 1)
    assert kept.found.listed.entry == find(banks, entry).moved_to


@pytest.mark.usefixtures("entry")
def test_hits_go_along_and_what_was_reviewed_stays_reviewed(banks: Banks) -> None:
    (kept,) = ask(banks, 1)
    assert kept.hit is not None
    with banks.banks[1].database.write() as connection:
        hits.review(
            connection, kept.hit, at="2026-11-24T00:00:00.000Z", by="officer",
            outcome=ReviewOutcome.SAME_PERSON, leaf_hash=REASONS, seen=None,
        )  # fmt: skip
    fresh = renew(banks)
    (hit,) = hits_of(banks, 1)
    assert (hit.entry, hit.outcome) == (fresh, ReviewOutcome.SAME_PERSON)
    banks.banks[0].revising.withdraw(fresh, REASONS)
    banks.settle()
    (hit,) = hits_of(banks, 1)
    assert (hit.outcome, hit.reviewed_at) == (None, None)


def test_a_hit_that_is_stored_after_the_entry_went_on_is_on_what_it_goes_on_in(
    banks: Banks, entry: bytes
) -> None:
    bank = banks.banks[1]
    person = bank.person(FRAUDSTER)
    found = bank.querying.match(person.identifiers, ["a"], Purpose.QUERY, "officer")[0]
    assert [each.listed.entry for each in found] == [entry]
    fresh = renew(banks)
    bank.querying.keep(person, found, Purpose.QUERY)
    assert [hit.entry for hit in hits_of(banks, 1)] == [fresh]


def test_an_entry_that_is_withdrawn_before_it_is_renewed_has_no_successor(
    banks: Banks, entry: bytes
) -> None:
    banks.make_key(2)
    reporter = banks.banks[0]
    queue(reporter)
    reporter.listing.prepare()
    reporter.revising.withdraw(entry, REASONS)
    with pytest.raises(RefusedError, match="contract"):
        reporter.listing.send()
    banks.settle()
    assert (reporter.listing.send(), queue(reporter)) == (0, 0)
    assert ask(banks, 1) == []


def test_a_dispute_is_never_escaped_by_a_new_key(banks: Banks, entry: bytes) -> None:
    banks.make_key(2)
    reporter = banks.banks[0]
    queue(reporter)
    reporter.listing.prepare()
    banks.banks[2].revising.contract.dispute(entry, REASONS)
    with pytest.raises(RefusedError, match="contract"):
        reporter.listing.send()
    banks.settle()
    assert (reporter.listing.send(), queue(reporter)) == (0, 0), "given up"
    (kept,) = ask(banks, 1)
    assert (kept.found.listed.entry, kept.found.standing) == (entry, EntryStanding.DISPUTED)
    reporter.revising.uphold(entry, ANSWER)
    banks.settle()
    assert queue(reporter) == 1
    reporter.listing.prepare()
    assert reporter.listing.send() == 1
    banks.settle()
    (kept,) = ask(banks, 1)
    assert kept.found.listed.entry == find(banks, entry).moved_to
    with banks.banks[1].database.read() as connection:
        (dispute,) = entries.disputes(connection, kept.found.listed.entry)
    assert dispute.entry == entry


def test_one_renewal_that_is_refused_stops_no_other(banks: Banks, entry: bytes) -> None:
    reporter, other = banks.banks[0], specimen(7)
    second = reporter.list(other, facts(banks.today()))
    banks.settle()
    banks.make_key(2)
    assert queue(reporter) == 2
    reporter.listing.prepare()
    banks.banks[2].revising.contract.dispute(entry, REASONS)
    with pytest.raises(RefusedError, match="contract"):
        reporter.listing.send()
    banks.settle()
    assert find(banks, second).moved_to is not None
    assert find(banks, entry).moved_to is None


def test_what_was_given_up_and_is_on_chain_nevertheless_is_withdrawn(banks: Banks) -> None:
    reporter = banks.banks[0]
    lost = reporter.listing.ask(identifier(FRAUDSTER), facts(banks.today()), "officer")
    reporter.listing.release(lost)
    reporter.follower.refresh()
    reporter.listing.prepare()
    reporter.listing.send()
    reporter.listing._give_up(reporter.listing.book.find(lost))
    banks.settle()
    assert reporter.listing.end_strays() == 1
    assert reporter.listing.end_strays() == 0, "not final yet"
    banks.settle()
    assert (find(banks, lost).withdrawn, ask(banks, 1)) == (True, [])


def test_a_renewal_says_what_a_correction_made_of_the_entry(banks: Banks, entry: bytes) -> None:
    reporter, milder = banks.banks[0], replace(facts(banks.today()), severity=Severity.NOTABLE)
    banks.make_key(2)
    queue(reporter)
    reporter.listing.prepare()
    reporter.revising.correct(entry, milder)
    with pytest.raises(RefusedError, match="contract"):
        reporter.listing.send()
    banks.settle()
    assert reporter.listing.send() == 0
    (kept,) = ask(banks, 1)
    assert (kept.found.listed.entry, kept.found.facts) == (entry, milder)
    assert queue(reporter) == 1
    reporter.listing.prepare()
    assert reporter.listing.send() == 1
    banks.settle()
    (kept,) = ask(banks, 1)
    assert (kept.found.listed.key_epoch, kept.found.facts) == (2, milder)
    assert kept.found.standing is EntryStanding.CORRECTED


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
    fresh = renew(banks)
    assert other.vouching.follow() == 1
    banks.settle()
    (kept,) = ask(banks, 2)
    assert (kept.found.listed.entry, kept.found.corroborators) == (fresh, (other.member,))
    assert other.vouching.follow() == 0


def test_who_vouches_twice_keeps_one_record(banks: Banks, entry: bytes) -> None:
    other = banks.banks[1]
    other.vouching.corroborate(entry, identifier(FRAUDSTER), REASONS)
    banks.settle()
    fresh = renew(banks)
    other.vouching.corroborate(fresh, identifier(FRAUDSTER), REASONS)
    banks.settle()
    assert other.vouching.follow() == 0
    with other.database.read() as connection:
        assert own_corroborations.find(connection, entry) is None
        assert own_corroborations.find(connection, fresh) is not None


def test_what_the_chain_refused_is_not_vouched_for_later(banks: Banks, entry: bytes) -> None:
    other = banks.banks[1]
    banks.banks[2].revising.contract.dispute(entry, REASONS)
    with pytest.raises(RefusedError, match="contract"):
        other.vouching.corroborate(entry, identifier(FRAUDSTER), REASONS)
    with other.database.read() as connection:
        assert own_corroborations.find(connection, entry) is None


def test_who_vouched_does_not_sign_for_what_was_corrected_since(banks: Banks, entry: bytes) -> None:
    reporter, other = banks.banks[0], banks.banks[1]
    other.vouching.corroborate(entry, identifier(FRAUDSTER), REASONS)
    reporter.revising.correct(entry, replace(facts(banks.today()), severity=Severity.NOTABLE))
    banks.settle()
    fresh = renew(banks)
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
