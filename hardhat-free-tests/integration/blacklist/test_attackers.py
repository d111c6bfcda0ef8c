"""What a member that breaks the rules gains: it has the chain, its stores and a share, and no more."""

import itertools
import os

import pytest
from harness.entry_members import Bank, Banks, facts, identifier, specimen

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import Secret, fill_random, hold
from blacklist.domain.entries.corroboration import corroboration_digest, entry_id
from blacklist.domain.entries.details import SaltedFacts, encrypt_details
from blacklist.domain.entries.facts import SALT_BYTES, tag_commitment
from blacklist.domain.entries.rows import NONCE_BYTES, ROW, IndexRow
from blacklist.domain.oprf.blinding import blind, unblind
from blacklist.domain.oprf.tags import entry_key, tag_of
from blacklist.domain.protocol.documents import sign
from blacklist.domain.protocol.elements import split
from blacklist.domain.protocol.purposes import Purpose
from blacklist.ports.entry_contract import ListingCall
from blacklist.services.inquiring import InquirySubject
from blacklist.store import entry_rows, evaluations
from ledger.errors import RefusedError

VICTIM, INNOCENT = specimen(123), specimen(456)


def _key(seed: int) -> Secret:
    return hold(seed.to_bytes(32, "big"))


def _only_row(bank: Bank) -> IndexRow:
    (entry,) = bank.tags().values()
    with bank.database.read() as connection:
        document = entry_rows.row(connection, entry)
    assert document is not None
    return IndexRow.read(document)


def _counted(bank: Bank) -> int:
    with bank.database.read() as connection:
        return sum(used for _, used in evaluations.usage(connection, "2026-01"))


def test_a_member_with_all_it_can_read_cannot_test_a_candidate_without_being_counted(
    banks: Banks,
) -> None:
    attacker = banks.banks[2]
    banks.banks[0].list(VICTIM, facts(banks.today()))
    banks.settle()
    held = attacker.follower.state().keys[1]
    share = attacker.keygen.holding.open(held, 3)
    assert share is not None
    candidate = identifier(VICTIM).canonical
    one = Scalar.of(1)
    element = blind(candidate, one)
    # What it holds: its share, and every public key; what it can try: each alone, and every sum.
    known = [
        element,
        points.multiply(share, element),
        *held.keys.share_keys.values(),
        held.keys.key,
    ]
    tried = {
        tag_of(unblind(candidate, one, points.sum_of(some)), held.key_epoch)
        for size in range(1, len(known) + 1)
        for some in itertools.combinations(known, size)
    }
    assert len(tried) > len(known)
    assert attacker.tags()
    assert not attacker.tags().keys() & tried
    before = [_counted(bank) for bank in banks.banks[:2]]
    (found,) = attacker.querying.query(attacker.person(VICTIM), Purpose.QUERY, "officer")
    assert found.found.listed.reporter == banks.banks[0].member
    after = [_counted(bank) for bank in banks.banks[:2]]
    assert sum(after) == sum(before) + 1


def test_a_copied_tag_does_not_list(banks: Banks) -> None:
    banks.banks[0].list(VICTIM, facts(banks.today()))
    banks.settle()
    attacker, copied = banks.banks[2], _only_row(banks.banks[2])
    nonce, salt, said = os.urandom(32), os.urandom(SALT_BYTES), facts(banks.today())
    entry, claimed = entry_id(attacker.member, nonce), SaltedFacts(said, os.urandom(SALT_BYTES))
    key = attacker.listing.preparer.entry_keys.address(_key(7))
    call = ListingCall(
        nonce, tag_commitment(copied.tag, salt), claimed.commitment, key, said.expires_at(), 1, 1
    )
    attacker.listing.contract.list_entries([call])
    made_up = Secret(64)
    fill_random(made_up)
    sealing = os.urandom(NONCE_BYTES)
    details = encrypt_details(made_up, entry, sealing, claimed)
    row = IndexRow(entry, copied.tag, salt, claimed.commitment, sealing, details)
    for bank in banks.banks:
        bank.follower.refresh()
        with bank.database.write() as connection:
            entry_rows.put(connection, row, sign(ROW, row.to_json(), attacker.signer.sign))
    asking = banks.banks[1]
    found = asking.querying.query(asking.person(VICTIM), Purpose.QUERY, "officer")
    assert [each.found.listed.reporter for each in found] == [banks.banks[0].member]


def test_a_row_under_another_s_name_or_with_another_tag_is_not_taken(banks: Banks) -> None:
    entry = banks.banks[0].list(VICTIM, facts(banks.today()))
    first, second, attacker = banks.banks
    for bank in banks.banks:
        bank.follower.refresh()
    first.index.round()
    honest = _only_row(first)
    forged = IndexRow(
        entry, os.urandom(32), honest.salt, honest.facts, honest.nonce, honest.details
    )
    first.away = True
    for row, signer in ((honest, attacker.signer), (forged, first.signer)):
        with attacker.database.write() as connection:
            entry_rows.put(connection, row, sign(ROW, row.to_json(), signer.sign))
        assert second.index.round().fetched == 0
    assert second.tags() == {}


def test_a_copied_tag_does_not_corroborate(banks: Banks) -> None:
    entry = banks.banks[0].list(VICTIM, facts(banks.today()))
    banks.settle()
    attacker = banks.banks[2]
    keys, now = attacker.listing.preparer.entry_keys, attacker.listing.book.clock.now()
    place = attacker.revising.place
    digest = corroboration_digest(place, entry, corroborator=attacker.member, date=now)
    with pytest.raises(RefusedError, match="FraudBlacklistInvalidCorroboration"):
        attacker.revising.contract.corroborate(entry, now, keys.sign(_key(7), digest))


def test_another_s_corroboration_cannot_be_used_again(banks: Banks) -> None:
    entry = banks.banks[0].list(VICTIM, facts(banks.today()))
    banks.settle()
    honest, attacker = banks.banks[1:]
    subject = InquirySubject(identifier(VICTIM), "authorisation 1")
    (secret,) = honest.inquirer.ask([subject], Purpose.CORROBORATION, "officer")
    place, keys = attacker.revising.place, attacker.listing.preparer.entry_keys
    now = attacker.listing.book.clock.now()
    digest = corroboration_digest(place, entry, corroborator=honest.member, date=now)
    with entry_key(secret, entry) as key:
        seen = keys.sign(key, digest)
    with pytest.raises(RefusedError, match="FraudBlacklistInvalidCorroboration"):
        attacker.revising.contract.corroborate(entry, now, seen)
    honest.revising.contract.corroborate(entry, now, seen)


def test_a_servers_log_of_two_queries_for_one_person_shares_nothing(banks: Banks) -> None:
    asking = banks.banks[1]
    for raw in (VICTIM, VICTIM, INNOCENT):
        asking.querying.query(asking.person(raw), Purpose.QUERY, "officer")
    logged = []
    for bank in banks.banks:
        with bank.database.read() as connection:
            logged += evaluations.unsealed(connection, 99)
    elements = [split(each.elements)[0] for each in logged if each.caller == asking.member]
    # Each query went to the caller's own share and to one other holder at least, with the same element.
    assert len(set(elements)) == 3
    assert min(map(elements.count, elements)) > 1
    assert len({each.request_id for each in logged}) == 3


def test_a_suspended_member_neither_asks_nor_lists_from_that_block_on(banks: Banks) -> None:
    attacker = banks.banks[2]
    entry = attacker.listing.ask(identifier(VICTIM), facts(banks.today()), "officer")
    attacker.listing.release(entry)
    attacker.listing.prepare()
    banks.shared.consortium.decide("suspendMember", attacker.member)
    with pytest.raises(RefusedError, match="FraudBlacklistNotEntitled"):
        attacker.listing.send()
