"""The person's desk among three desks: reports, disputes, statements, clocks, requests, retention."""

from dataclasses import replace
from pathlib import Path

import pytest
from harness.desk_members import NodeBanks
from harness.entry_members import identifier, specimen
from harness.people import SHELL

from blacklist.domain.protocol.purposes import Purpose
from blacklist.store import inquiries, person_statements
from ledger.errors import LimitError, MalformedError, RefusedError, UnavailableError
from ledger.services.composing import Item
from node import desk_view
from node.blacklist import acting, desk
from node.blacklist.letters import LETTER, MAX_LETTER_BYTES, SIGNED, Letter, open_letter
from node.blacklist.person_reports import PersonReport, make_report, masked
from node.blacklist.report_page import render_report
from node.blacklist.reporters import Reporter
from node.blacklist.travelling_statements import TravellingStatement
from node.errors import NotPermittedError

FRAUDSTER, STRANGER = specimen(123), specimen(456)
WORDS = Letter(LETTER, "text/plain", "我从未申请过这笔贷款。".encode())
SCAN = Letter(SIGNED, "application/pdf", b"%PDF-1.7 " + bytes(range(256)) * 100)


def report(desks: NodeBanks, number: int, raw: str = FRAUDSTER) -> PersonReport:
    return make_report(desks.entries(number), identifier(raw), "application 9", SHELL)


def test_a_report_tells_entries_and_who_asked_here_and_why(desks: NodeBanks, entry: bytes) -> None:
    bank = desks.banks[1]
    bank.querying.query(bank.person(FRAUDSTER), Purpose.QUERY, "operator:li")
    bank.querying.query(bank.person(STRANGER), Purpose.QUERY, "operator:wu")
    found = report(desks, 1)
    assert [each.found.listed.entry for each in found.entries] == [entry]
    (asked,) = found.inquiries
    assert (asked.purpose, asked.asked_by) == ("query", "operator:li")
    assert asked.authorisation == "authorisation 1"
    again = report(desks, 1)
    assert sorted(each.purpose for each in again.inquiries) == ["person", "query"]
    assert report(desks, 2).inquiries == ()


def test_two_reports_a_year_are_free_and_more_are_chargeable(desks: NodeBanks) -> None:
    assert [report(desks, 1).chargeable for _ in range(3)] == [False, False, True]
    assert not report(desks, 1, STRANGER).chargeable
    desks.move(days=366)
    assert report(desks, 1).number == 1


def test_the_page_is_chinese_first_escaped_and_says_what_it_cannot(
    desks: NodeBanks, entry: bytes
) -> None:
    desks.desk(2).take(entry, WORDS, disputes=True, by=SHELL)
    desks.settle()
    bank = desks.banks[1]
    bank.querying.query(bank.person(FRAUDSTER), Purpose.QUERY, "<script>")
    page = render_report(report(desks, 1))
    assert page.index("共享反欺诈名单") < page.index("Shared fraud blacklist")
    for said in (entry.hex(), "伪造材料", "异议中", "无法向您证明本报告完整", "authorisation 1"):
        assert said in page, said
    assert "<script>" not in page
    assert FRAUDSTER not in page
    assert masked(identifier(FRAUDSTER)) in page


def test_a_report_counts_in_the_purpose_of_persons_and_needs_an_application(
    desks: NodeBanks,
) -> None:
    with pytest.raises(MalformedError, match="inquiry-unauthorised"):
        make_report(desks.entries(1), identifier(FRAUDSTER), " ", SHELL)
    report(desks, 1)
    with desks.node(1).database.read() as connection:
        (row,) = inquiries.newest(connection, 9)
    assert row.purpose == Purpose.PERSON.value


@pytest.mark.parametrize("letter", [WORDS, SCAN], ids=["short", "long"])
def test_a_dispute_is_sealed_then_on_chain_then_with_the_reporter(
    desks: NodeBanks, entry: bytes, letter: Letter
) -> None:
    said = desks.desk(2).take(entry, letter, disputes=True, by=SHELL)
    assert said.recorded_at is not None
    assert desks.desk(2).round() == 1, "the reporter has not read the dispute's block"
    desks.settle()
    (seen,) = desk_view.open_disputes(desks.node(0))
    assert (seen.own, seen.days_left, seen.statement_here) == (True, 20, False)
    desks.move(minutes=2)
    assert desks.desk(2).round() == 0
    with desks.node(0).database.read() as connection:
        kept = person_statements.find(connection, said.digest)
    assert kept is not None
    opened = open_letter(desks.node(0), kept.leaf_hash)
    assert (opened.letter.content, opened.letter.kind) == (letter.content, letter.kind)
    with desks.node(2).database.read() as connection:
        own = person_statements.find(connection, said.digest)
    assert own is not None
    assert desk_view.statement_view(own).state == "handed-over"


def test_what_a_person_wrote_is_in_no_store_in_clear(
    desks: NodeBanks, entry: bytes, tmp_path: Path
) -> None:
    desks.desk(2).take(entry, SCAN, disputes=True, by=SHELL)
    desks.settle()
    desks.desk(2).round()
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert SCAN.content[:64] not in file.read_bytes(), file


def test_a_dispute_that_the_chain_missed_is_recorded_by_a_later_round(
    desks: NodeBanks, entry: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> None:
        raise UnavailableError("chain-unavailable", url="test", why="test")

    with monkeypatch.context() as patch:
        patch.setattr(desks.banks[2].revising.contract, "dispute", silent)
        said = desks.desk(2).take(entry, WORDS, disputes=True, by=SHELL)
    assert said.recorded_at is None
    assert desks.desk(2).round() == 0, "rounds leave it to the command for a while"
    desks.move(minutes=2)
    desks.desk(2).round()
    desks.settle()
    (seen,) = desk_view.open_disputes(desks.node(1))
    assert seen.entry == entry.hex()


def test_a_statement_that_another_desk_overtook_is_kept_and_never_disputes(
    desks: NodeBanks, entry: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> None:
        raise UnavailableError("chain-unavailable", url="test", why="test")

    with monkeypatch.context() as patch:
        patch.setattr(desks.banks[2].revising.contract, "dispute", silent)
        said = desks.desk(2).take(entry, WORDS, disputes=True, by=SHELL)
    desks.desk(1).take(entry, SCAN, disputes=True, by=SHELL)
    desks.settle()
    desks.move(minutes=2)
    desks.desk(2).round()
    with desks.node(2).database.read() as connection:
        kept = person_statements.find(connection, said.digest)
    assert kept is not None
    assert kept.refused == "entry-standing"


def test_nothing_is_disputed_twice_at_once_nor_at_one_desk_within_ninety_days(
    desks: NodeBanks, entry: bytes
) -> None:
    desks.desk(2).take(entry, WORDS, disputes=True, by=SHELL)
    desks.settle()
    with pytest.raises(RefusedError, match="entry-standing"):
        desks.desk(1).take(entry, WORDS, disputes=True, by=SHELL)
    acting.decide(desks.entries(0), entry, "upheld", desks.sealed(0, "answer"), SHELL, None)
    desks.settle()
    with pytest.raises(RefusedError):
        desks.desk(2).take(entry, WORDS, disputes=True, by=SHELL)
    with desks.node(2).database.read() as connection:
        kept = person_statements.about(connection, entry)
    assert [each.refused is None for each in kept] == [True, False]
    assert desks.desk(1).take(entry, WORDS, disputes=True, by=SHELL).recorded_at


def test_a_statement_stands_beside_an_entry_without_a_dispute(
    desks: NodeBanks, entry: bytes
) -> None:
    said = desks.desk(2).take(entry, WORDS, disputes=False, by=SHELL)
    assert desks.desk(2).round() == 0
    with desks.node(0).database.read() as connection:
        (kept,) = person_statements.about(connection, entry)
    assert (kept.digest, kept.disputes) == (said.digest, False)
    assert desk_view.open_disputes(desks.node(0)) == []
    assert report(desks, 0).entries[0].statements == (kept.received_at,)
    assert desks.desk(0).take(entry, WORDS, disputes=False, by=SHELL).handed_at


def test_a_reporter_that_is_away_gets_the_statement_when_it_is_back(
    desks: NodeBanks, entry: bytes
) -> None:
    desks.desk(2).take(entry, WORDS, disputes=False, by=SHELL)
    desks.banks[0].away = True
    assert desks.desk(2).round() == 1
    desks.banks[0].away = False
    assert desks.desk(2).round() == 0, "not before a minute has passed"
    with desks.node(0).database.read() as connection:
        assert person_statements.about(connection, entry) == []
    desks.move(minutes=2)
    desks.desk(2).round()
    with desks.node(0).database.read() as connection:
        assert len(person_statements.about(connection, entry)) == 1


def test_a_statement_handed_over_twice_is_kept_once(desks: NodeBanks, entry: bytes) -> None:
    said = desks.desk(2).take(entry, WORDS, disputes=False, by=SHELL)
    body = TravellingStatement.of(open_letter(desks.node(2), said.leaf_hash)).encode()
    own = desks.banks[2].member
    assert desks.desk(0).receive(own, body) == desks.desk(0).receive(own, body)


def test_a_reporter_takes_nothing_that_the_desk_did_not_seal(
    desks: NodeBanks, entry: bytes
) -> None:
    said = desks.desk(2).take(entry, WORDS, disputes=False, by=SHELL)
    true = TravellingStatement.of(open_letter(desks.node(2), said.leaf_hash))
    own, other = desks.banks[2].member, desks.banks[1].member
    changed = {
        "content": replace(true, content=b"something else"),
        "fields": replace(true, fields=true.fields[1:]),
        "fields, value": replace(
            true, fields=(replace(true.fields[0], value="x"), *true.fields[1:])
        ),
    }
    for name, each in changed.items():
        with pytest.raises(MalformedError, match="person-statement-unfit"):
            desks.desk(0).receive(own, each.encode())
        assert name
    with pytest.raises(MalformedError, match="person-statement-unfit"):
        desks.desk(0).receive(other, true.encode())
    with pytest.raises(RefusedError, match="entry-not-own"):
        desks.desk(1).receive(own, true.encode())


def test_a_desk_cannot_fill_the_reporters_store(
    desks: NodeBanks, entry: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "MAX_STATEMENTS", 1)
    for _ in range(2):
        desks.desk(2).take(entry, WORDS, disputes=False, by=SHELL)
    assert desks.desk(2).round() == 1
    with desks.node(0).database.read() as connection:
        assert len(person_statements.about(connection, entry)) == 1


def test_what_is_no_letter_is_not_taken(desks: NodeBanks, entry: bytes) -> None:
    for content, family in ((b" ", MalformedError), (bytes(MAX_LETTER_BYTES + 1), LimitError)):
        letter = replace(WORDS, content=content)
        with pytest.raises(family, match="letter-"):
            desks.desk(2).take(entry, letter, disputes=True, by=SHELL)


def test_only_the_desk_takes_disputes_and_writes_reports(desks: NodeBanks, entry: bytes) -> None:
    nobody = replace(SHELL, permissions=frozenset())
    with pytest.raises(NotPermittedError):
        desks.desk(2).take(entry, WORDS, disputes=True, by=nobody)
    with pytest.raises(NotPermittedError):
        make_report(desks.entries(1), identifier(FRAUDSTER), "application 9", nobody)


def test_alarms_come_five_days_before_an_answer_is_due_and_when_it_is_overdue(
    desks: NodeBanks, entry: bytes
) -> None:
    reporter = desks.banks[0].member
    desks.desk(2).take(entry, WORDS, disputes=True, by=SHELL)
    desks.settle()
    assert desks.alarms(0) == set()
    desks.move(days=15, minutes=1)
    assert desks.alarms(0) == {(reporter, "dispute-due-soon")}
    assert desks.alarms(1) == set()
    desks.move(days=5)
    for number in range(3):
        assert desks.alarms(number) == {(reporter, "dispute-overdue")}
    (seen,) = desk_view.open_disputes(desks.node(1))
    assert (seen.overdue, seen.own) == (True, False)
    acting.decide(desks.entries(0), entry, "upheld", desks.sealed(0, "answer"), SHELL, None)
    desks.settle()
    assert desks.alarms(1) == set()
    answer = desk_view.read_answer(desks.node(2), entry)
    assert (answer.decision, answer.in_time, answer.answer_here) == ("upheld", False, False)


def test_a_dispute_is_decided_only_with_a_written_answer_that_is_sealed(
    desks: NodeBanks, entry: bytes
) -> None:
    desks.desk(2).take(entry, WORDS, disputes=True, by=SHELL)
    desks.settle()
    with pytest.raises(RefusedError, match="dispute-open"):
        desk_view.read_answer(desks.node(0), entry)
    with pytest.raises(RefusedError, match="evidence-unknown"):
        acting.decide(desks.entries(0), entry, "upheld", b"\x77" * 32, SHELL, None)
    promise = Item(kind="promise_to_pay", fields={"n": 1})
    other = desks.node(0).intake.seal(promise).leaf_hash
    with pytest.raises(RefusedError, match="answer-unfit"):
        acting.decide(desks.entries(0), entry, "upheld", other, SHELL, None)
    answer = desks.sealed(0, "answer", "decision")
    acting.decide(desks.entries(0), entry, "withdrawn", answer, SHELL, None)
    desks.settle()
    seen = desk_view.read_answer(desks.node(0), entry)
    assert (seen.decision, seen.in_time, seen.answer_here) == ("withdrawn", True, True)


@pytest.mark.parametrize(("status", "shown"), [("active", 0), ("left", 1), ("suspended", 1)])
def test_a_reporter_that_cannot_answer_is_shown_as_such(
    desks: NodeBanks, entry: bytes, status: str, shown: int
) -> None:
    found = report(desks, 1)
    (listed,) = found.entries
    assert listed.found.listed.entry == entry
    assert listed.reporter.can_answer, "nobody knows while the registry is silent"
    gone = replace(listed, reporter=Reporter("第九银行", status))
    page = render_report(replace(found, entries=(gone,)))
    assert page.count("has left or is suspended") == shown
    assert "第九银行" in page
