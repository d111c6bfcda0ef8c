"""An auditor finds what a caller hid, hid from, or does not open; and learns nothing that was not drawn."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from harness.evm_blacklist import PHASE_SECONDS
from harness.overseers import EvmOversight, Overseers

from blacklist.curve.sealed_box import public_key
from blacklist.curve.secret import Secret, fill_random
from blacklist.domain.auditing.content import InquiryContent
from blacklist.domain.auditing.drawing import EXPECTED_SAMPLES, drawn_value, is_drawn
from blacklist.domain.auditing.opening import SampleFinding
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType, nobody
from blacklist.domain.protocol.documents import SignedDocument, sign
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.protocol.requests import REQUEST, EvaluationRequest
from blacklist.services import asking, inquiring
from blacklist.services.drawing import DRAW_EVERY, SPOILED
from blacklist.services.inquiring import InquirySubject, open_content
from blacklist.services.sampling import NOT_OPENED, VIOLATION, AuditRun
from blacklist.store import audits, evaluations, inquiries
from blacklist.store.inquiries import InquiryRow
from blacklist.store.tables import inquiry
from ledger.errors import RefusedError
from ledger.vault.private import seal_private

CALLER, SERVER, AUDITOR = 1, 2, 3
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@pytest.fixture
def overseers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Overseers]:
    # A busy machine is no slow server: exactly the threshold's servers count a request.
    monkeypatch.setattr(asking, "HEDGE_SECONDS", 60.0)
    made = Overseers.make(tmp_path, 3, 2)
    yield made
    made.holders.close()


def person(number: int) -> Identifier:
    """Somebody who does not exist, with a right check digit (GB 11643)."""
    body = f"11010519491231{number:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True))
    last = "10X98765432"[total % 11]
    return Identifier(IdentifierType.NATIONAL_ID, f"lz-blacklist/v1|id|{body}{last}".encode())


def ask(
    overseers: Overseers,
    *identifiers: Identifier,
    caller: int = CALLER,
    purpose: Purpose = Purpose.QUERY,
) -> None:
    overseers.holders.caller = caller
    subjects = [InquirySubject(each, "LA-2026-1") for each in identifiers or (person(1),)]
    for each in overseers.holders.inquirer().ask(subjects, purpose, "operator:li"):
        each.wipe()


def audit(overseers: Overseers) -> AuditRun:
    return overseers.auditor(AUDITOR).run(max(overseers.oversight().draws))


def found(run: AuditRun) -> list[str]:
    return sorted(each.finding for each in run.findings)


def asked(overseers: Overseers, index: int = CALLER) -> list[InquiryRow]:
    with overseers.holders.servers[index].database.read() as connection:
        return inquiries.newest(connection, 100)


def codes(overseers: Overseers, index: int = AUDITOR) -> list[str]:
    return [each.code for each in overseers.alarms(index) if each.ended_at is None]


def test_honest_callers_are_in_order(overseers: Overseers) -> None:
    ask(overseers, person(1), person(2))
    ask(overseers, *(person(n) for n in range(40)), purpose=Purpose.SCREENING)
    ask(overseers, person(3), caller=SERVER)
    overseers.complete_draw()
    run = audit(overseers)
    assert found(run) == ["in-order"] * 3
    assert run.unreachable == []
    assert codes(overseers) == []


def test_a_trial_of_the_key_is_in_order_and_a_person_in_one_is_not(overseers: Overseers) -> None:
    ask(overseers, nobody(IdentifierType.NATIONAL_ID, bytes(32)), purpose=Purpose.PROBE)
    ask(overseers, person(1), purpose=Purpose.PROBE)
    overseers.complete_draw()
    assert found(audit(overseers)) == ["in-order", "not-canonical"]


def test_an_identifier_that_is_none_is_found(overseers: Overseers) -> None:
    ask(overseers, Identifier(IdentifierType.NATIONAL_ID, b"lz-blacklist/v1|id|anything"))
    overseers.complete_draw()
    run = audit(overseers)
    assert found(run) == ["not-canonical"]
    (row,) = run.findings
    assert row.member == overseers.holders.servers[CALLER].member
    assert codes(overseers) == [VIOLATION]


def test_a_request_that_only_a_server_has_is_found(overseers: Overseers) -> None:
    """The caller asked without logging, or removed it from its log."""
    ask(overseers)
    ask(overseers)
    with overseers.holders.servers[CALLER].database.write() as connection:
        gone = asked(overseers)[0].request_id
        connection.execute(inquiry.delete().where(inquiry.c.request_id == gone))
    overseers.complete_draw()
    run = audit(overseers)
    assert found(run) == ["in-order", "logs-differ"]
    (row,) = [each for each in run.findings if each.finding == SampleFinding.LOGS_DIFFER]
    assert row.request_id == gone
    assert row.member == overseers.holders.servers[CALLER].member


def test_a_log_that_was_changed_is_found(overseers: Overseers) -> None:
    ask(overseers)
    with overseers.holders.servers[CALLER].database.write() as connection:
        connection.execute(inquiry.update().values(elements=b"\x01" * 32))
    overseers.complete_draw()
    assert found(audit(overseers)) == ["logs-differ"]


def test_who_is_away_has_not_opened_until_it_does(overseers: Overseers) -> None:
    ask(overseers)
    overseers.complete_draw()
    overseers.holders.servers[CALLER].away = True
    run = audit(overseers)
    assert [(each.finding, each.request_id) for each in run.findings if each.member[0]] == [
        ("not-opened", b"")
    ]
    assert codes(overseers) == [NOT_OPENED]
    overseers.holders.servers[CALLER].away = False
    assert found(audit(overseers)) == ["in-order"]
    assert codes(overseers) == []


def test_a_destroyed_record_key_is_no_excuse(overseers: Overseers) -> None:
    ask(overseers)
    caller = overseers.holders.servers[CALLER]
    caller.record_keys.destroy(asked(overseers)[0].key_id)
    overseers.complete_draw()
    assert found(audit(overseers)) == ["not-opened"]
    with pytest.raises(RefusedError, match="inquiry-forgotten"):
        open_first(overseers)


def swapped(overseers: Overseers, change: Callable[[InquiryContent], InquiryContent]) -> None:
    """Let the caller seal something else in place of what it asked."""
    caller, (row,) = overseers.holders.servers[CALLER], asked(overseers)
    key = caller.record_keys.open(row.key_id)
    assert key is not None
    content = change(open_content(row, key))
    sealed = seal_private(content.encode(), key, inquiring._LABEL)
    with caller.database.write() as connection:
        connection.execute(inquiry.update().values(sealed=sealed))


def test_another_person_in_place_of_the_one_asked_about_is_found(overseers: Overseers) -> None:
    ask(overseers)
    swapped(overseers, lambda content: replace(content, identifiers=(person(2).canonical,)))
    overseers.complete_draw()
    assert found(audit(overseers)) == ["other-identifier"]


def test_another_authorisation_than_the_signed_one_is_found(overseers: Overseers) -> None:
    ask(overseers)
    swapped(overseers, lambda content: replace(content, references=("LA-2026-2",)))
    overseers.complete_draw()
    assert found(audit(overseers)) == ["not-in-request"]


def test_a_server_that_makes_requests_up_accuses_itself(overseers: Overseers) -> None:
    ask(overseers)
    server = overseers.holders.servers[SERVER]
    caller = overseers.holders.servers[CALLER].member
    with overseers.holders.servers[CALLER].database.read() as connection:
        (real,) = evaluations.unsealed(connection, 1)
    with server.database.write() as connection:
        asked_for = EvaluationRequest.read(SignedDocument(REQUEST, real.document, b""))
        value = replace(asked_for, request_id=b"\x77" * 16, caller=caller).to_json()
        made_up = sign(REQUEST, value, server.signer.sign)
        row = replace(
            real, caller=caller, request_id=b"\x77" * 16, digest=made_up.digest,
            document=made_up.content, signature=made_up.signature,
        )  # fmt: skip
        evaluations.put(connection, row)
    overseers.complete_draw()
    run = audit(overseers)
    assert found(run) == ["in-order", "unproved"]
    (row_found,) = [each for each in run.findings if each.finding == SampleFinding.UNPROVED]
    assert row_found.member == server.member


def test_a_server_that_is_away_is_named(overseers: Overseers) -> None:
    ask(overseers)
    overseers.complete_draw()
    overseers.holders.servers[SERVER].away = True
    run = audit(overseers)
    assert run.unreachable == [overseers.holders.servers[SERVER].member]


def test_findings_stay_and_name_no_person(overseers: Overseers, tmp_path: Path) -> None:
    ask(overseers)
    draw = overseers.complete_draw()
    audit(overseers)
    audit(overseers)
    auditor = overseers.holders.servers[AUDITOR]
    with auditor.database.read() as connection:
        (row,) = audits.findings(connection, draw)
    assert row.finding == "in-order"
    for file in tmp_path.glob("holder-3.db*"):
        content = file.read_bytes()
        assert person(1).canonical not in content
        assert b"LA-2026" not in content


def open_first(overseers: Overseers, draw: int = 1) -> bytes:
    with Secret(32) as key:
        fill_random(key)
        opener = overseers.opener(CALLER)
        return opener.opening(draw, asked(overseers)[-1].request_id, public_key(key))


def test_nothing_is_opened_before_the_draw_is_over(overseers: Overseers) -> None:
    ask(overseers)
    EvmOversight(overseers.shared, 0).open_draw()
    overseers.set_clock()
    for wanted in (1, 2):
        with pytest.raises(RefusedError, match="audit-no-value"):
            open_first(overseers, wanted)
        with pytest.raises(RefusedError, match="audit-no-value"):
            overseers.auditor(AUDITOR).run(wanted)


def test_only_what_was_drawn_is_opened(overseers: Overseers) -> None:
    for _ in range(EXPECTED_SAMPLES + 40):
        ask(overseers)
    draw = overseers.complete_draw()
    value = drawn_value(overseers.oversight().draws[draw], overseers.holders.clock.now())
    assert value is not None
    caller, opener = overseers.holders.servers[CALLER].member, overseers.opener(CALLER)
    rows = asked(overseers)
    drawn = {
        each.request_id
        for each in rows
        if is_drawn(value, caller, each.request_id, listed=len(rows))
    }
    assert 0 < len(drawn) < len(rows)
    with Secret(32) as key:
        fill_random(key)
        for row in rows:
            if row.request_id in drawn:
                assert opener.opening(draw, row.request_id, public_key(key))
                continue
            with pytest.raises(RefusedError, match="audit-not-drawn"):
                opener.opening(draw, row.request_id, public_key(key))
    run = audit(overseers)
    assert {each.request_id for each in run.findings} == drawn


def test_a_request_belongs_to_one_draw(overseers: Overseers) -> None:
    ask(overseers)
    overseers.wait(int(timedelta(days=4).total_seconds()))
    overseers.complete_draw()
    assert found(audit(overseers)) == ["in-order"]
    overseers.complete_draw()
    assert found(audit(overseers)) == []
    with pytest.raises(RefusedError, match="audit-not-drawn"):
        open_first(overseers, 2)


def test_a_member_that_does_not_show_its_value_spoils_the_draw(overseers: Overseers) -> None:
    draw = overseers.complete_draw(showing=(CALLER, AUDITOR))
    record = overseers.oversight().draws[draw]
    assert record.spoiled_by() == (SERVER,)
    assert drawn_value(record, overseers.holders.clock.now()) is None
    assert overseers.draw_round(CALLER) == ["draw opened"]
    (alarm,) = overseers.alarms(CALLER)
    assert (alarm.code, alarm.member) == (SPOILED, overseers.holders.servers[SERVER].member)


def test_all_members_find_the_same_value_and_nobody_commits_twice(overseers: Overseers) -> None:
    EvmOversight(overseers.shared, 0).open_draw()
    overseers.set_clock()
    assert overseers.draw_round(CALLER) == ["draw committed"]
    assert overseers.draw_round(CALLER) == []
    overseers.draw_round(SERVER)
    overseers.wait(PHASE_SECONDS)
    assert overseers.draw_round(CALLER) == ["draw revealed"]
    assert overseers.draw_round(CALLER) == []
    assert overseers.draw_round(AUDITOR) == [], "who did not commit shows nothing"
    overseers.draw_round(SERVER)
    record = overseers.oversight().draws[1]
    assert drawn_value(record, overseers.holders.clock.now()) is None
    overseers.wait(PHASE_SECONDS + 3600)
    assert drawn_value(record, overseers.holders.clock.now()) is not None


def test_draws_are_opened_when_they_are_due_by_one_member(overseers: Overseers) -> None:
    overseers.complete_draw()
    assert [overseers.draw_round(index) for index in (1, 2, 3)] == [[], [], []]
    due = overseers.oversight().draws[1].opened.where.at + DRAW_EVERY
    overseers.wait(int((due - overseers.holders.clock.now()).total_seconds()))
    assert overseers.draw_round(SERVER) == [], "it is the first member's turn"
    assert overseers.draw_round(CALLER) == ["draw opened"]
    assert overseers.draw_round(SERVER) == ["draw committed"]
    assert len(overseers.oversight().draws) == 2
