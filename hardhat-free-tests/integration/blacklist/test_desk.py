"""The person's desk among three banks: reports, disputes, statements, clocks, requests, retention."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from harness.desk_members import NodeBanks
from harness.entry_members import facts, identifier, specimen
from harness.people import SHELL

from blacklist.domain.entries.grounds import Severity
from blacklist.domain.entries.standing import EntryStanding
from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.inquiring import InquirySubject
from blacklist.store import hits, inquiries, person_statements
from blacklist.store.person_requests import RequestKind, RequestOutcome
from ledger.errors import LimitError, MalformedError, RefusedError, UnavailableError
from ledger.services.composing import Item
from ledger.store import alarms
from node import desk_view
from node.blacklist import acting, desk, dispute_alarms
from node.blacklist.forgetting import forget
from node.blacklist.letters import LETTER, MAX_LETTER_BYTES, SIGNED, Letter, open_letter
from node.blacklist.person_reports import PersonReport, make_report, masked
from node.blacklist.person_rights import settle_request, take_request
from node.blacklist.report_page import render_report
from node.blacklist.travelling_statements import TravellingStatement
from node.errors import NotPermittedError

FRAUDSTER, STRANGER = specimen(123), specimen(456)
WORDS = Letter(LETTER, "text/plain", "我从未申请过这笔贷款。".encode())
SCAN = Letter(SIGNED, "application/pdf", b"%PDF-1.7 " + bytes(range(256)) * 100)


@pytest.fixture
def banks(tmp_path: Path) -> Iterator[NodeBanks]:
    made = NodeBanks.found(tmp_path, 3)
    yield made
    made.close()


@pytest.fixture
def entry(banks: NodeBanks) -> bytes:
    """Listed by bank 0."""
    listed = banks.banks[0].list(FRAUDSTER, facts(banks.today()))
    banks.settle()
    return listed


def sealed(banks: NodeBanks, number: int, text: str, kind: str = LETTER) -> bytes:
    node = banks.node(number)
    source = None if kind == "decision" else BytesIO(text.encode())
    return node.intake.seal(Item(kind=kind, fields={"text": text}, source=source)).leaf_hash


def report(banks: NodeBanks, number: int, raw: str = FRAUDSTER) -> PersonReport:
    return make_report(banks.entries(number), identifier(raw), "application 9", SHELL)


def going_on(banks: NodeBanks, number: int) -> set[tuple[bytes, str]]:
    dispute_alarms.raise_alarms(banks.entries(number))
    with banks.node(number).database.read() as connection:
        return {
            (each.member, each.code)
            for each in alarms.read_all(connection)
            if each.ended_at is None
        }


def test_a_report_tells_entries_and_who_asked_here_and_why(banks: NodeBanks, entry: bytes) -> None:
    bank = banks.banks[1]
    bank.querying.query(bank.person(FRAUDSTER), Purpose.QUERY, "operator:li")
    bank.querying.query(bank.person(STRANGER), Purpose.QUERY, "operator:wu")
    found = report(banks, 1)
    assert [each.found.listed.entry for each in found.entries] == [entry]
    (asked,) = found.inquiries
    assert (asked.purpose, asked.asked_by) == ("query", "operator:li")
    assert asked.authorisation == "authorisation 1"
    again = report(banks, 1)
    assert sorted(each.purpose for each in again.inquiries) == ["person", "query"]
    assert report(banks, 2).inquiries == ()


def test_two_reports_a_year_are_free_and_more_are_chargeable(banks: NodeBanks) -> None:
    assert [report(banks, 1).chargeable for _ in range(3)] == [False, False, True]
    assert not report(banks, 1, STRANGER).chargeable
    banks.move(days=366)
    assert report(banks, 1).number == 1


def test_the_page_is_chinese_first_escaped_and_says_what_it_cannot(
    banks: NodeBanks, entry: bytes
) -> None:
    banks.desk(2).take(entry, WORDS, disputes=True, by=SHELL)
    banks.settle()
    bank = banks.banks[1]
    bank.querying.query(bank.person(FRAUDSTER), Purpose.QUERY, "<script>")
    page = render_report(report(banks, 1))
    assert page.index("共享反欺诈名单") < page.index("Shared fraud blacklist")
    for said in (entry.hex(), "伪造材料", "异议中", "无法向您证明本报告完整", "authorisation 1"):
        assert said in page, said
    assert "<script>" not in page
    assert FRAUDSTER not in page
    assert masked(identifier(FRAUDSTER)) in page


def test_a_report_counts_in_the_purpose_of_persons_and_needs_an_application(
    banks: NodeBanks,
) -> None:
    with pytest.raises(MalformedError, match="inquiry-unauthorised"):
        make_report(banks.entries(1), identifier(FRAUDSTER), " ", SHELL)
    report(banks, 1)
    with banks.node(1).database.read() as connection:
        (row,) = inquiries.newest(connection, 9)
    assert row.purpose == Purpose.PERSON.value


@pytest.mark.parametrize("letter", [WORDS, SCAN], ids=["short", "long"])
def test_a_dispute_is_sealed_then_on_chain_then_with_the_reporter(
    banks: NodeBanks, entry: bytes, letter: Letter
) -> None:
    said = banks.desk(2).take(entry, letter, disputes=True, by=SHELL)
    assert said.recorded_at is not None
    assert banks.desk(2).round() == 1, "the reporter has not read the dispute's block"
    banks.settle()
    (seen,) = desk_view.open_disputes(banks.node(0))
    assert (seen.own, seen.days_left, seen.statement_here) == (True, 20, False)
    banks.move(minutes=2)
    assert banks.desk(2).round() == 0
    with banks.node(0).database.read() as connection:
        kept = person_statements.find(connection, said.digest)
    assert kept is not None
    opened = open_letter(banks.node(0), kept.leaf_hash)
    assert (opened.letter.content, opened.letter.kind) == (letter.content, letter.kind)
    with banks.node(2).database.read() as connection:
        own = person_statements.find(connection, said.digest)
    assert own is not None
    assert desk_view.statement_view(own).state == "handed-over"


def test_what_a_person_wrote_is_in_no_store_in_clear(
    banks: NodeBanks, entry: bytes, tmp_path: Path
) -> None:
    banks.desk(2).take(entry, SCAN, disputes=True, by=SHELL)
    banks.settle()
    banks.desk(2).round()
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert SCAN.content[:64] not in file.read_bytes(), file


def test_a_dispute_that_the_chain_missed_is_recorded_by_a_later_round(
    banks: NodeBanks, entry: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> None:
        raise UnavailableError("chain-unavailable", url="test", why="test")

    with monkeypatch.context() as patch:
        patch.setattr(banks.banks[2].revising.contract, "dispute", silent)
        said = banks.desk(2).take(entry, WORDS, disputes=True, by=SHELL)
    assert said.recorded_at is None
    assert banks.desk(2).round() == 0, "rounds leave it to the command for a while"
    banks.move(minutes=2)
    banks.desk(2).round()
    banks.settle()
    (seen,) = desk_view.open_disputes(banks.node(1))
    assert seen.entry == entry.hex()


def test_a_statement_that_another_desk_overtook_is_kept_and_never_disputes(
    banks: NodeBanks, entry: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> None:
        raise UnavailableError("chain-unavailable", url="test", why="test")

    with monkeypatch.context() as patch:
        patch.setattr(banks.banks[2].revising.contract, "dispute", silent)
        said = banks.desk(2).take(entry, WORDS, disputes=True, by=SHELL)
    banks.desk(1).take(entry, SCAN, disputes=True, by=SHELL)
    banks.settle()
    banks.move(minutes=2)
    banks.desk(2).round()
    with banks.node(2).database.read() as connection:
        kept = person_statements.find(connection, said.digest)
    assert kept is not None
    assert kept.refused == "entry-standing"


def test_nothing_is_disputed_twice_at_once_nor_at_one_desk_within_ninety_days(
    banks: NodeBanks, entry: bytes
) -> None:
    banks.desk(2).take(entry, WORDS, disputes=True, by=SHELL)
    banks.settle()
    with pytest.raises(RefusedError, match="entry-standing"):
        banks.desk(1).take(entry, WORDS, disputes=True, by=SHELL)
    acting.decide(banks.entries(0), entry, "upheld", sealed(banks, 0, "answer"), SHELL, None)
    banks.settle()
    with pytest.raises(RefusedError):
        banks.desk(2).take(entry, WORDS, disputes=True, by=SHELL)
    with banks.node(2).database.read() as connection:
        kept = person_statements.about(connection, entry)
    assert [each.refused is None for each in kept] == [True, False]
    assert banks.desk(1).take(entry, WORDS, disputes=True, by=SHELL).recorded_at


def test_a_statement_stands_beside_an_entry_without_a_dispute(
    banks: NodeBanks, entry: bytes
) -> None:
    said = banks.desk(2).take(entry, WORDS, disputes=False, by=SHELL)
    assert banks.desk(2).round() == 0
    with banks.node(0).database.read() as connection:
        (kept,) = person_statements.about(connection, entry)
    assert (kept.digest, kept.disputes) == (said.digest, False)
    assert desk_view.open_disputes(banks.node(0)) == []
    assert report(banks, 0).entries[0].statements == (kept.received_at,)
    assert banks.desk(0).take(entry, WORDS, disputes=False, by=SHELL).handed_at


def test_a_reporter_that_is_away_gets_the_statement_when_it_is_back(
    banks: NodeBanks, entry: bytes
) -> None:
    banks.desk(2).take(entry, WORDS, disputes=False, by=SHELL)
    banks.banks[0].away = True
    assert banks.desk(2).round() == 1
    banks.banks[0].away = False
    assert banks.desk(2).round() == 0, "not before a minute has passed"
    with banks.node(0).database.read() as connection:
        assert person_statements.about(connection, entry) == []
    banks.move(minutes=2)
    banks.desk(2).round()
    with banks.node(0).database.read() as connection:
        assert len(person_statements.about(connection, entry)) == 1


def test_a_statement_handed_over_twice_is_kept_once(banks: NodeBanks, entry: bytes) -> None:
    said = banks.desk(2).take(entry, WORDS, disputes=False, by=SHELL)
    body = TravellingStatement.of(open_letter(banks.node(2), said.leaf_hash)).encode()
    own = banks.banks[2].member
    assert banks.desk(0).receive(own, body) == banks.desk(0).receive(own, body)


def test_a_reporter_takes_nothing_that_the_desk_did_not_seal(
    banks: NodeBanks, entry: bytes
) -> None:
    said = banks.desk(2).take(entry, WORDS, disputes=False, by=SHELL)
    true = TravellingStatement.of(open_letter(banks.node(2), said.leaf_hash))
    own, other = banks.banks[2].member, banks.banks[1].member
    changed = {
        "content": replace(true, content=b"something else"),
        "fields": replace(true, fields=true.fields[1:]),
        "fields, value": replace(
            true, fields=(replace(true.fields[0], value="x"), *true.fields[1:])
        ),
    }
    for name, each in changed.items():
        with pytest.raises(MalformedError, match="person-statement-unfit"):
            banks.desk(0).receive(own, each.encode())
        assert name
    with pytest.raises(MalformedError, match="person-statement-unfit"):
        banks.desk(0).receive(other, true.encode())
    with pytest.raises(RefusedError, match="entry-not-own"):
        banks.desk(1).receive(own, true.encode())


def test_a_desk_cannot_fill_the_reporters_store(
    banks: NodeBanks, entry: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "MAX_STATEMENTS", 1)
    for _ in range(2):
        banks.desk(2).take(entry, WORDS, disputes=False, by=SHELL)
    assert banks.desk(2).round() == 1
    with banks.node(0).database.read() as connection:
        assert len(person_statements.about(connection, entry)) == 1


def test_what_is_no_letter_is_not_taken(banks: NodeBanks, entry: bytes) -> None:
    for content, family in ((b" ", MalformedError), (bytes(MAX_LETTER_BYTES + 1), LimitError)):
        letter = replace(WORDS, content=content)
        with pytest.raises(family, match="letter-"):
            banks.desk(2).take(entry, letter, disputes=True, by=SHELL)


def test_only_the_desk_takes_disputes_and_writes_reports(banks: NodeBanks, entry: bytes) -> None:
    nobody = replace(SHELL, permissions=frozenset())
    with pytest.raises(NotPermittedError):
        banks.desk(2).take(entry, WORDS, disputes=True, by=nobody)
    with pytest.raises(NotPermittedError):
        make_report(banks.entries(1), identifier(FRAUDSTER), "application 9", nobody)


def test_alarms_come_five_days_before_an_answer_is_due_and_when_it_is_overdue(
    banks: NodeBanks, entry: bytes
) -> None:
    reporter = banks.banks[0].member
    banks.desk(2).take(entry, WORDS, disputes=True, by=SHELL)
    banks.settle()
    assert going_on(banks, 0) == set()
    banks.move(days=15, minutes=1)
    assert going_on(banks, 0) == {(reporter, "dispute-due-soon")}
    assert going_on(banks, 1) == set()
    banks.move(days=5)
    for number in range(3):
        assert going_on(banks, number) == {(reporter, "dispute-overdue")}
    (seen,) = desk_view.open_disputes(banks.node(1))
    assert (seen.overdue, seen.own) == (True, False)
    acting.decide(banks.entries(0), entry, "upheld", sealed(banks, 0, "answer"), SHELL, None)
    banks.settle()
    assert going_on(banks, 1) == set()
    answer = desk_view.read_answer(banks.node(2), entry)
    assert (answer.decision, answer.in_time, answer.answer_here) == ("upheld", False, False)


def test_a_dispute_is_decided_only_with_a_written_answer_that_is_sealed(
    banks: NodeBanks, entry: bytes
) -> None:
    banks.desk(2).take(entry, WORDS, disputes=True, by=SHELL)
    banks.settle()
    with pytest.raises(RefusedError, match="dispute-open"):
        desk_view.read_answer(banks.node(0), entry)
    with pytest.raises(RefusedError, match="evidence-unknown"):
        acting.decide(banks.entries(0), entry, "upheld", b"\x77" * 32, SHELL, None)
    promise = Item(kind="promise_to_pay", fields={"n": 1})
    other = banks.node(0).intake.seal(promise).leaf_hash
    with pytest.raises(RefusedError, match="answer-unfit"):
        acting.decide(banks.entries(0), entry, "upheld", other, SHELL, None)
    answer = sealed(banks, 0, "answer", "decision")
    acting.decide(banks.entries(0), entry, "withdrawn", answer, SHELL, None)
    banks.settle()
    seen = desk_view.read_answer(banks.node(0), entry)
    assert (seen.decision, seen.in_time, seen.answer_here) == ("withdrawn", True, True)


def test_a_granted_deletion_withdraws_the_entry(banks: NodeBanks, entry: bytes) -> None:
    entries, who = banks.entries(0), identifier(FRAUDSTER)
    asked = take_request(entries, RequestKind.DELETION, who, WORDS, entry, SHELL)
    assert going_on(banks, 0) == set()
    banks.move(days=16)
    assert going_on(banks, 0) == {(banks.banks[0].member, "person-request-due-soon")}
    answer = sealed(banks, 0, "granted")
    settle_request(entries, asked.request, RequestOutcome.GRANTED, answer, SHELL)
    banks.settle()
    with banks.node(1).database.read() as connection:
        listed = desk_view.entries.find(connection, entry)
    assert listed is not None
    assert listed.standing(banks.node(1).clock.now()) is EntryStanding.WITHDRAWN
    assert going_on(banks, 0) == set()
    with pytest.raises(RefusedError, match="person-request-settled"):
        settle_request(entries, asked.request, RequestOutcome.GRANTED, answer, SHELL)


def test_a_deletion_of_what_the_law_does_not_let_list_cannot_be_refused(
    banks: NodeBanks, entry: bytes
) -> None:
    entries, who = banks.entries(0), identifier(FRAUDSTER)
    answer = sealed(banks, 0, "refused")
    asked = take_request(entries, RequestKind.DELETION, who, WORDS, entry, SHELL)
    banks.move(days=5 * 365)
    with pytest.raises(RefusedError, match="deletion-owed"):
        settle_request(entries, asked.request, RequestOutcome.REFUSED, answer, SHELL)
    lawful = banks.banks[0].list(STRANGER, facts(banks.today()))
    banks.settle()
    again = take_request(entries, RequestKind.DELETION, who, WORDS, lawful, SHELL)
    settle_request(entries, again.request, RequestOutcome.REFUSED, answer, SHELL)
    (seen, _) = sorted(
        desk_view.read_requests(banks.node(0), unsettled=False), key=lambda each: not each.outcome
    )
    assert (seen.request, seen.outcome) == (again.request.hex(), "refused")


def test_a_correction_counts_as_granted_once_it_was_made(banks: NodeBanks, entry: bytes) -> None:
    entries, who = banks.entries(0), identifier(FRAUDSTER)
    asked = take_request(entries, RequestKind.CORRECTION, who, WORDS, entry, SHELL)
    answer = sealed(banks, 0, "granted")
    with pytest.raises(RefusedError, match="correction-not-made"):
        settle_request(entries, asked.request, RequestOutcome.GRANTED, answer, SHELL)
    milder = replace(facts(banks.today()), severity=Severity.NOTABLE)
    banks.banks[0].revising.correct(entry, milder)
    settle_request(entries, asked.request, RequestOutcome.GRANTED, answer, SHELL)
    assert desk_view.read_requests(banks.node(0), unsettled=True) == []


def test_only_the_reporter_settles_what_changes_an_entry(banks: NodeBanks, entry: bytes) -> None:
    entries, who = banks.entries(1), identifier(FRAUDSTER)
    answer = sealed(banks, 1, "answer")
    asked = take_request(entries, RequestKind.DELETION, who, WORDS, entry, SHELL)
    with pytest.raises(RefusedError, match="entry-not-own"):
        settle_request(entries, asked.request, RequestOutcome.GRANTED, answer, SHELL)
    access = take_request(entries, RequestKind.ACCESS, who, WORDS, None, SHELL)
    settle_request(entries, access.request, RequestOutcome.GRANTED, answer, SHELL)


def test_inquiries_and_hits_are_forgotten_after_their_years(banks: NodeBanks, entry: bytes) -> None:
    bank, node = banks.banks[1], banks.node(1)
    (kept,) = bank.querying.query(bank.person(FRAUDSTER), Purpose.QUERY, "operator:li")
    assert kept.found.listed.entry == entry
    with node.database.read() as connection:
        (row,) = inquiries.newest(connection, 9)
        (hit,) = hits.newest(connection, unreviewed=False, limit=9)
    assert forget(node) == 0
    banks.move(days=5 * 366 + 1)
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
    banks: NodeBanks,
) -> None:
    bank = banks.banks[1]
    querying = replace(bank.querying, agreed=frozenset({Purpose.QUERY}))
    who = [identifier(FRAUDSTER)]
    with pytest.raises(RefusedError, match="asking-purpose-not-agreed"):
        querying.match(who, ["a"], Purpose.SCREENING, "officer")
    with bank.database.read() as connection:
        assert inquiries.newest(connection, 9) == []
    assert querying.match(who, ["a"], Purpose.PERSON, "officer") == {}


def test_no_inquiry_names_anybody_in_the_database(banks: NodeBanks, tmp_path: Path) -> None:
    bank = banks.banks[1]
    subject = InquirySubject(identifier(FRAUDSTER), "LA-2026-77")
    for secret in bank.inquirer.ask([subject], Purpose.QUERY, "officer"):
        secret.wipe()
    report(banks, 1)
    for file in (tmp_path / "bank-1").rglob("*.db*"):
        data = file.read_bytes()
        assert FRAUDSTER.encode() not in data, file
        assert b"LA-2026-77" not in data, file
