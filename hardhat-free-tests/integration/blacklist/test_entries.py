"""Entries among three banks on the real contract: listed, found, disputed, corrected, ended, forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import pytest
from harness.entry_members import Banks, facts, identifier, specimen
from harness.evm_blacklist import EvmContract, operator_of

from blacklist.domain.chronicle.keys import HeldKey, KeyState
from blacklist.domain.entries.grounds import Severity, StandardProof
from blacklist.domain.entries.standing import EntryStanding
from blacklist.domain.identifiers.canonicalise import canonicalise
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.oprf.tags import entry_key
from blacklist.domain.protocol.documents import sign
from blacklist.domain.protocol.purposes import Purpose
from blacklist.ports.contract import RawLog
from blacklist.services.asking import AskedServer
from blacklist.services.following import Follower
from blacklist.services.inquiring import InquirySubject
from blacklist.services.querying import Person, Querying
from blacklist.store import entries, entry_rows, hits, inquiries
from blacklist.store.own_entries import OwnState
from ledger.errors import IntegrityError, RefusedError, UnavailableError
from ledger.primitives.keccak import keccak256

FRAUDSTER, STRANGER = specimen(123), specimen(456)
REASONS = b"\x33" * 32


def found_by(banks: Banks, number: int, raw: str) -> list[EntryStanding]:
    bank = banks.banks[number]
    kept = bank.querying.query(bank.person(raw), Purpose.QUERY, "officer")
    return [each.found.standing for each in kept]


def test_a_listed_person_is_found_by_another_bank_and_nobody_else_is(banks: Banks) -> None:
    said = facts(banks.today())
    entry = banks.banks[0].list(FRAUDSTER, said)
    banks.settle()
    bank = banks.banks[1]
    (kept,) = bank.querying.query(bank.person(FRAUDSTER), Purpose.QUERY, "officer")
    assert (kept.found.listed.entry, kept.found.facts) == (entry, said)
    with bank.database.read() as connection:
        (hit,) = hits.newest(connection, unreviewed=True, limit=9)
    assert (hit.hit, hit.reviewed_at) == (kept.hit, None)
    assert found_by(banks, 1, STRANGER) == []


def failing_at(banks: Banks, wrong: int) -> Querying:
    """A bank's querying, whose holders are all away for one of its requests."""
    bank, asked = banks.banks[1], iter(range(99))

    def servers(state: KeyState, held: HeldKey) -> Sequence[AskedServer]:
        return [] if next(asked) == wrong else bank.inquirer.servers(state, held)

    return replace(bank.querying, inquirer=replace(bank.inquirer, servers=servers))


@pytest.mark.parametrize("wrong", [0, 1])
def test_what_one_identifier_hit_is_kept_when_another_cannot_be_asked_about(
    banks: Banks, wrong: int
) -> None:
    entry = banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    raws = (STRANGER, FRAUDSTER) if wrong == 0 else (FRAUDSTER, STRANGER)
    person = Person(tuple(map(identifier, raws)), "authorisation 1", "customer 1")
    with pytest.raises(UnavailableError, match="query-incomplete") as raised:
        failing_at(banks, wrong).query(person, Purpose.QUERY, "officer")
    assert raised.value.params == {"missing": "id", "kept": 1}
    with banks.banks[1].database.read() as connection:
        assert [each.entry for each in hits.newest(connection, unreviewed=True, limit=9)] == [entry]


def test_nothing_is_asked_when_a_later_identifier_must_be_refused(banks: Banks) -> None:
    bank, today = banks.banks[1], banks.today()
    phone = canonicalise(IdentifierType.PHONE, "+1 212 555 0123", today=today)
    person = Person((identifier(FRAUDSTER), phone), "authorisation 1", "customer 1")
    with pytest.raises(RefusedError, match="blacklist-no-key"):
        bank.querying.query(person, Purpose.QUERY, "officer")
    with bank.database.read() as connection:
        assert inquiries.newest(connection, 9) == []


def test_two_who_follow_the_chain_at_once_take_each_event_once(banks: Banks) -> None:
    entry, first = banks.banks[0].list(FRAUDSTER, facts(banks.today())), banks.banks[1].follower

    @dataclass
    class Slower(EvmContract):
        """Reads its logs, and meanwhile the other one takes them."""

        def logs(self, since: int, last: int) -> Sequence[RawLog]:
            found = super().logs(since, last)
            first.refresh()
            return found

    contract = Slower(banks.shared, 1)
    second = Follower(first.begin, first.read, contract, first.address)
    second.refresh()
    with banks.banks[1].database.read() as connection:
        (listed,) = entries.by_reporter(connection, banks.banks[0].member)
    assert listed.entry == entry
    assert first.state() == second.state()


def test_a_dispute_shows_in_every_answer_until_it_is_decided(banks: Banks) -> None:
    entry = banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.banks[2].revising.contract.dispute(entry, REASONS)
    banks.settle()
    assert found_by(banks, 1, FRAUDSTER) == [EntryStanding.DISPUTED]
    banks.move(days=21)
    assert found_by(banks, 1, FRAUDSTER) == [EntryStanding.OVERDUE]
    banks.banks[0].revising.uphold(entry, REASONS)
    banks.settle()
    assert found_by(banks, 1, FRAUDSTER) == [EntryStanding.ACTIVE]
    with banks.banks[1].database.read() as connection:
        (dispute,) = entries.disputes(connection, entry)
    assert dispute.in_time is False


def test_a_change_of_standing_reopens_the_review_of_a_hit(banks: Banks) -> None:
    entry = banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    assert found_by(banks, 1, FRAUDSTER) == [EntryStanding.ACTIVE]
    bank = banks.banks[1]
    with bank.database.write() as connection:
        (hit,) = hits.newest(connection, unreviewed=True, limit=9)
        hits.review(
            connection, hit.hit, at="2026-11-24T08:00:00.000Z", by="officer",
            outcome=hits.ReviewOutcome.SAME_PERSON, leaf_hash=REASONS, seen=None,
        )  # fmt: skip
    banks.banks[2].revising.contract.dispute(entry, REASONS)
    banks.settle()
    with bank.database.read() as connection:
        (again,) = hits.newest(connection, unreviewed=True, limit=9)
    assert again.hit == hit.hit
    assert again.changed_at is not None


def test_a_correction_replaces_the_row_at_every_member(banks: Banks) -> None:
    said = facts(banks.today())
    entry = banks.banks[0].list(FRAUDSTER, said)
    banks.settle()
    milder = replace(said, severity=Severity.NOTABLE)
    banks.banks[0].revising.correct(entry, milder)
    banks.settle()
    bank = banks.banks[2]
    (kept,) = bank.querying.query(bank.person(FRAUDSTER), Purpose.QUERY, "officer")
    assert (kept.found.facts, kept.found.standing) == (milder, EntryStanding.CORRECTED)


def test_a_withdrawn_entry_leaves_every_index_with_receipts(banks: Banks) -> None:
    entry = banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    banks.banks[0].revising.withdraw(entry, REASONS)
    banks.settle()
    banks.settle()
    for bank in banks.banks:
        with bank.database.read() as connection:
            assert entry_rows.row(connection, entry) is None
    with banks.banks[0].database.read() as connection:
        givers = set(entry_rows.receipt_givers(connection, entry))
    assert givers == {bank.member for bank in banks.banks}
    assert found_by(banks, 1, FRAUDSTER) == []


def test_a_member_that_never_had_a_row_gives_a_receipt_once_the_entry_is_over(banks: Banks) -> None:
    first, second, late = banks.banks
    entry = first.list(FRAUDSTER, facts(banks.today()))
    late.away = True
    for bank in (first, second):
        bank.follower.refresh()
        bank.index.round()
    late.follower.refresh()
    assert late.index.receipts([entry]) == []
    first.revising.withdraw(entry, REASONS)
    # It has not read yet that the entry is over.
    assert late.index.receipts([entry]) == []
    late.away = False
    banks.settle()
    banks.settle()
    assert late.tags() == {}
    with first.database.read() as connection:
        assert late.member in entry_rows.receipt_givers(connection, entry)
        assert entry_rows.without_receipt(connection, late.member, 9) == []
    assert second.index.receipts([entry]) != []


def test_receipts_that_nobody_gives_keep_no_other_from_being_asked_for(banks: Banks) -> None:
    bank, other = banks.banks[0], banks.banks[1].member
    stone = sign("entry-tombstone", {}, bank.signer.sign)
    stones = {bytes([number]) * 32 for number in range(4)}
    with bank.database.write() as connection:
        for each in stones:
            entry_rows.put_tombstone(connection, each, stone)
        drawn = {tuple(entry_rows.without_receipt(connection, other, 1)) for _ in range(200)}
    assert drawn == {(each,) for each in stones}


def test_an_entry_ends_by_itself_five_years_after_the_conduct(banks: Banks) -> None:
    banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    banks.move(days=5 * 365)
    assert found_by(banks, 1, FRAUDSTER) == []
    banks.settle()
    assert banks.banks[1].tags() == {}


def test_a_peer_serves_the_rows_of_a_reporter_that_is_away(banks: Banks) -> None:
    banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    for bank in banks.banks[:2]:
        bank.follower.refresh()
        bank.index.round()
    banks.banks[0].away = True
    late = banks.banks[2]
    late.follower.refresh()
    assert late.index.round().fetched == 1
    assert found_by(banks, 2, FRAUDSTER) == [EntryStanding.ACTIVE]


def test_another_member_corroborates_only_who_it_really_knows(banks: Banks) -> None:
    entry = banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    other = banks.banks[1]
    with pytest.raises(RefusedError, match="corroboration-other-person"):
        other.vouching.corroborate(entry, identifier(STRANGER), REASONS)
    other.vouching.corroborate(entry, identifier(FRAUDSTER), REASONS)
    with pytest.raises(RefusedError, match="corroboration-own-entry"):
        banks.banks[0].vouching.corroborate(entry, identifier(FRAUDSTER), REASONS)
    banks.settle()
    bank = banks.banks[2]
    (kept,) = bank.querying.query(bank.person(FRAUDSTER), Purpose.QUERY, "officer")
    assert kept.found.corroborators == (other.member,)


def test_all_members_acknowledge_all_status_changes(banks: Banks) -> None:
    entry = banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.banks[2].revising.contract.dispute(entry, REASONS)
    banks.settle()
    banks.settle()
    with banks.banks[0].database.read() as connection:
        kept = entry_rows.acknowledgements(connection)
        followed = set(entry_rows.acknowledged_by(connection, entry))
    assert followed == {each.member for each in kept}
    assert followed == {bank.member for bank in banks.banks[1:]}
    assert {each.changes for each in kept} == {1}


def test_nobody_is_listed_without_proof_or_notice(banks: Banks) -> None:
    said, listing = facts(banks.today()), banks.banks[0].listing
    for broken, code in (
        (replace(said, notice=None), "listing-notice-missing"),
        (replace(said, notified_on=banks.today()), "listing-notice-too-recent"),
        (replace(said, proofs=(StandardProof.PERSON_IDENTIFIED,)), "listing-proof-incomplete"),
    ):
        with pytest.raises(RefusedError, match=code):
            listing.ask(identifier(FRAUDSTER), broken, "officer")


def test_a_request_that_nobody_agreed_to_is_erased(banks: Banks) -> None:
    listing = banks.banks[0].listing
    entry = listing.ask(identifier(FRAUDSTER), facts(banks.today()), "officer")
    listing.give_up(entry)
    assert listing.prepare() == 0
    with pytest.raises(RefusedError, match="entry-not-waiting"):
        listing.release(entry)


def test_a_listing_that_a_new_key_overtakes_is_prepared_again(banks: Banks) -> None:
    reporter = banks.banks[0]
    entry = reporter.listing.ask(identifier(FRAUDSTER), facts(banks.today()), "officer")
    reporter.listing.release(entry)
    reporter.listing.prepare()
    banks.make_key(2)
    assert reporter.listing.send() == 0
    assert reporter.listing.prepare() == 1
    assert reporter.listing.send() == 1
    banks.settle()
    assert found_by(banks, 1, FRAUDSTER) == [EntryStanding.ACTIVE]


def test_an_entry_of_the_key_before_is_found_for_thirty_days_and_then_forgotten(
    banks: Banks,
) -> None:
    banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    banks.make_key(2)
    assert found_by(banks, 1, FRAUDSTER) == [EntryStanding.ACTIVE]
    banks.move(days=31)
    banks.settle()
    assert found_by(banks, 1, FRAUDSTER) == []
    assert [bank.tags() for bank in banks.banks] == [{}, {}, {}]


def test_what_expires_while_it_waits_for_its_batch_is_given_up_and_stops_no_other(
    banks: Banks,
) -> None:
    reporter = banks.banks[0]
    old = replace(facts(banks.today()), conduct_ended=date(banks.today().year - 5, 2, 1))
    late = reporter.listing.ask(identifier(FRAUDSTER), old, "officer")
    reporter.listing.release(late)
    banks.move(days=40)
    other = reporter.listing.ask(identifier(STRANGER), facts(banks.today()), "officer")
    reporter.listing.release(other)
    reporter.follower.refresh()
    assert reporter.listing.prepare() == 1
    assert reporter.listing.send() == 1
    assert reporter.listing.book.find(late).state is OwnState.GIVEN_UP
    with pytest.raises(IntegrityError, match="record-erased"):
        reporter.listing.book.open(reporter.listing.book.find(late))


def test_no_date_of_a_corroboration_stops_who_follows_the_chain(banks: Banks) -> None:
    reporter, other, _ = banks.banks
    entry = reporter.list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    subject = InquirySubject(identifier(FRAUDSTER), "authorisation 1")
    (secret,) = other.inquirer.ask([subject], Purpose.CORROBORATION, "officer")
    keys, latest = other.listing.preparer.entry_keys, 2**64 - 1
    words = (entry, other.member, latest.to_bytes(32, "big"))
    place = other.revising.place
    domain = keccak256(b"lz-blacklist/v1/corroborate")
    head = domain + place.chain_id.to_bytes(32, "big") + place.contract.rjust(32, b"\0")
    with secret, entry_key(secret, entry) as key:
        seal = keys.sign(key, keccak256(head + b"".join(words)))
    sender = operator_of(other.number)
    banks.shared.send(sender, "corroborate", entry, latest, seal.v, seal.r, seal.s)
    later = reporter.list(STRANGER, facts(banks.today()))
    banks.settle()
    with other.database.read() as connection:
        assert entries.find(connection, later) is not None
        assert list(entries.corroborators(connection, entry)) == [other.member]
