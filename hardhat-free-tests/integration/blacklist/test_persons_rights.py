"""What persons may ask for: correction, deletion, agreed purposes, and to be forgotten in time."""

from dataclasses import replace
from pathlib import Path

import pytest
from harness.desk_members import NodeBanks
from harness.entry_members import facts, identifier, specimen
from harness.people import SHELL

from blacklist.domain.entries.grounds import Severity
from blacklist.domain.entries.standing import EntryStanding
from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.inquiring import InquirySubject
from blacklist.store import hits, inquiries
from blacklist.store.person_requests import RequestKind, RequestOutcome
from ledger.errors import RefusedError
from node import desk_view
from node.blacklist.forgetting import forget
from node.blacklist.letters import LETTER, Letter
from node.blacklist.person_reports import make_report
from node.blacklist.person_rights import settle_request, take_request

FRAUDSTER, STRANGER = specimen(123), specimen(456)
WORDS = Letter(LETTER, "text/plain", "请删除。".encode())


def test_a_granted_deletion_withdraws_the_entry(desks: NodeBanks, entry: bytes) -> None:
    entries, who = desks.entries(0), identifier(FRAUDSTER)
    asked = take_request(entries, RequestKind.DELETION, who, WORDS, entry, SHELL)
    assert desks.alarms(0) == set()
    desks.move(days=16)
    assert desks.alarms(0) == {(desks.banks[0].member, "person-request-due-soon")}
    answer = desks.sealed(0, "granted")
    settle_request(desks.desk(0), asked.request, RequestOutcome.GRANTED, answer, SHELL)
    desks.settle()
    with desks.node(1).database.read() as connection:
        listed = desk_view.entries.find(connection, entry)
    assert listed is not None
    assert listed.standing(desks.node(1).clock.now()) is EntryStanding.WITHDRAWN
    assert desks.alarms(0) == set()
    with pytest.raises(RefusedError, match="person-request-settled"):
        settle_request(desks.desk(0), asked.request, RequestOutcome.GRANTED, answer, SHELL)


def test_a_deletion_of_what_the_law_does_not_let_list_cannot_be_refused(
    desks: NodeBanks, entry: bytes
) -> None:
    entries, who = desks.entries(0), identifier(FRAUDSTER)
    answer = desks.sealed(0, "refused")
    asked = take_request(entries, RequestKind.DELETION, who, WORDS, entry, SHELL)
    desks.move(days=5 * 365)
    with pytest.raises(RefusedError, match="deletion-owed"):
        settle_request(desks.desk(0), asked.request, RequestOutcome.REFUSED, answer, SHELL)
    lawful = desks.banks[0].list(STRANGER, facts(desks.today()))
    desks.settle()
    again = take_request(entries, RequestKind.DELETION, who, WORDS, lawful, SHELL)
    with pytest.raises(RefusedError, match="answer-before"):
        settle_request(desks.desk(0), again.request, RequestOutcome.REFUSED, answer, SHELL)
    with pytest.raises(RefusedError, match="answer-own-words"):
        settle_request(desks.desk(0), again.request, RequestOutcome.REFUSED, again.leaf_hash, SHELL)
    answer = desks.sealed(0, "refused for these reasons")
    settle_request(desks.desk(0), again.request, RequestOutcome.REFUSED, answer, SHELL)
    (seen, _) = sorted(
        desk_view.read_requests(desks.node(0), unsettled=False), key=lambda each: not each.outcome
    )
    assert (seen.request, seen.outcome) == (again.request.hex(), "refused")


def test_a_correction_counts_as_granted_once_it_was_made(desks: NodeBanks, entry: bytes) -> None:
    entries, who = desks.entries(0), identifier(FRAUDSTER)
    asked = take_request(entries, RequestKind.CORRECTION, who, WORDS, entry, SHELL)
    answer = desks.sealed(0, "granted")
    with pytest.raises(RefusedError, match="correction-not-made"):
        settle_request(desks.desk(0), asked.request, RequestOutcome.GRANTED, answer, SHELL)
    milder = replace(facts(desks.today()), severity=Severity.NOTABLE)
    desks.banks[0].revising.correct(entry, milder)
    settle_request(desks.desk(0), asked.request, RequestOutcome.GRANTED, answer, SHELL)
    assert desk_view.read_requests(desks.node(0), unsettled=True) == []


def test_inquiries_and_hits_are_forgotten_after_their_years(desks: NodeBanks, entry: bytes) -> None:
    bank, node = desks.banks[1], desks.node(1)
    (kept,) = bank.querying.query(bank.person(FRAUDSTER), Purpose.QUERY, "operator:li")
    assert kept.found.listed.entry == entry
    with node.database.read() as connection:
        (row,) = inquiries.newest(connection, 9)
        (hit,) = hits.newest(connection, unreviewed=False, limit=9)
    assert forget(node) == 0
    desks.move(days=5 * 366 + 1)
    assert forget(node) == 2
    for key_id in (row.key_id, hit.key_id):
        assert node.record_keys.open(key_id) is None
    with node.database.read() as connection:
        (again,) = inquiries.newest(connection, 9)
        assert hits.newest(connection, unreviewed=False, limit=9) == []
        subject = node.lookups.subject(identifier(FRAUDSTER).canonical)
        assert inquiries.about(connection, subject) == []
    assert (again.request_id, again.sealed) == (row.request_id, None)


def test_a_purpose_that_was_not_agreed_is_refused_before_anything_is_asked(
    desks: NodeBanks,
) -> None:
    bank = desks.banks[1]
    querying = replace(bank.querying, agreed=frozenset({Purpose.QUERY}))
    who = [identifier(FRAUDSTER)]
    with pytest.raises(RefusedError, match="asking-purpose-not-agreed"):
        querying.match(who, ["a"], Purpose.SCREENING, "officer")
    with bank.database.read() as connection:
        assert inquiries.newest(connection, 9) == []
    assert querying.match(who, ["a"], Purpose.PERSON, "officer") == {}


def test_no_inquiry_names_anybody_in_the_database(desks: NodeBanks, tmp_path: Path) -> None:
    bank = desks.banks[1]
    subject = InquirySubject(identifier(FRAUDSTER), "LA-2026-77")
    for secret in bank.inquirer.ask([subject], Purpose.QUERY, "officer"):
        secret.wipe()
    make_report(desks.entries(1), identifier(FRAUDSTER), "application 9", SHELL)
    for file in (tmp_path / "bank-1").rglob("*.db*"):
        data = file.read_bytes()
        assert FRAUDSTER.encode() not in data, file
        assert b"LA-2026-77" not in data, file
