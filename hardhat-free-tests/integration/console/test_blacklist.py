"""The blacklist's pages: listed by two persons, asked about, reviewed, disputed and ended, in forms."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.bank_service import BankApi, bank_service
from harness.browsing import Browser, Console
from harness.entry_members import facts, specimen
from harness.evm_blacklist import operator_of
from harness.ledger import Ledger
from harness.people import actions
from harness.service import PASSWORD

from blacklist.domain.chronicle.entry_events import DisputeDecision
from blacklist.domain.protocol.purposes import Purpose
from blacklist.ports.entry_contract import Ruling
from node.console import blacklist_pages
from node.identity.permissions import Role

FRAUDSTER, STRANGER = specimen(123), specimen(456)
STATEMENT = b"\x33" * 32


@pytest.fixture
def bank(sqlite_ledger: Ledger, tmp_path: Path) -> Iterator[BankApi]:
    with bank_service(sqlite_ledger, tmp_path) as running:
        yield running


@pytest.fixture
def officer(bank: BankApi) -> Browser:
    return Console(bank).signed_in(Role.COMPLIANCE)


def sealed(bank: BankApi) -> str:
    return str(bank.seal(bank.token(Role.COLLECTOR))["id"])


def written_answer(bank: BankApi) -> str:
    """Seal a written answer."""
    return str(bank.seal(bank.token(Role.COLLECTOR), kind="decision")["id"])


def filled(bank: BankApi, **changed: object) -> dict[str, object]:
    """A listing form that breaks no rule, but for what is changed."""
    said = facts(bank.banks.today()).to_json()
    assert isinstance(said, dict)
    named = {**bank.papers, "proof": said.pop("proofs")}
    person = {"type": "id", "identifier": FRAUDSTER, "issuer": "", "reason": "case 7"}
    given = {name: value or "" for name, value in said.items()}
    return {**given, **named, **person, **changed}


def listed(bank: BankApi, officer: Browser) -> str:
    """List the fraudster by two persons in the console; return the page of the entry."""
    asked = officer.post("/blacklist/listing", filled(bank))
    assert asked.status_code == 303, asked.text
    release = asked.headers["location"].partition("?")[0]
    second = Console(bank).signed_in(Role.SUPERVISOR)
    shown = second.get(release).text
    assert "forged documents" in shown
    decision = {"decision": "approve", "reason": "looked at", "here": release}
    assert second.post(f"{release}/decision", decision).status_code == 303
    bank.work()
    return entry_page(officer)


def entry_page(officer: Browser) -> str:
    found = re.findall(
        r'href="(/blacklist/entries/[0-9a-f]{64})"', officer.get("/blacklist/entries").text
    )
    assert len(found) == 1
    return str(found[0])


def listed_elsewhere(bank: BankApi) -> str:
    entry = bank.others[0].list(FRAUDSTER, facts(bank.banks.today()))
    bank.work()
    return f"/blacklist/entries/{entry.hex()}"


def question(raw: str, **changed: object) -> dict[str, object]:
    return {
        "type": "id",
        "identifier": raw,
        "authorisation": "auth-1",
        "reference": "C-77",
        **changed,
    }


def test_a_listing_is_asked_for_decided_by_another_person_and_found_elsewhere(
    bank: BankApi, officer: Browser
) -> None:
    page = listed(bank, officer)
    assert "active" in officer.get(page).text
    assert "Correct" in officer.get(page).text
    other = bank.others[1]
    (kept,) = other.querying.query(other.person(FRAUDSTER), Purpose.QUERY, "officer")
    assert kept.found.listed.entry.hex() == page.rpartition("/")[2]


def test_every_breach_of_law_stands_beside_its_field_with_its_article(
    bank: BankApi, officer: Browser
) -> None:
    wrong = filled(bank, proof=[], notice="", notified_on="", conduct_ended="2019-01-01")
    answer = officer.post("/blacklist/listing", wrong)
    assert answer.status_code == 409
    for name, article in (
        ("proofs", "个人信息保护法 8"),
        ("notice", "征信业管理条例 15"),
        ("conduct_ended", "征信业管理条例 16"),
    ):
        fault = re.search(rf'id="{name}-fault">(.*?)</div>', answer.text, re.DOTALL)
        assert fault is not None, name
        assert article in fault[1]
        assert f'href="#{name}"' in answer.text
        assert re.search(rf'id="{name}"[^>]* aria-invalid="true"', answer.text)
    assert 'value="serious" selected' in answer.text
    assert "Nothing found" in officer.get("/blacklist/entries").text


def test_a_wrong_number_and_a_missing_ground_are_said_together(
    bank: BankApi, officer: Browser
) -> None:
    wrong = filled(bank, identifier=FRAUDSTER[:-2] + "00", ground="")
    answer = officer.post("/blacklist/listing", wrong)
    assert answer.status_code == 400
    assert 'id="identifier-fault"' in answer.text
    assert 'id="ground-fault"' in answer.text


def test_the_checklist_follows_the_ground(officer: Browser) -> None:
    whole = officer.get("/blacklist/checklist").text
    of_court = officer.get("/blacklist/checklist?ground=malicious-evasion").text
    assert whole.count('type="checkbox"') == 9
    assert 'value="court-finding"' in of_court
    assert 'value="document-examined"' not in of_court
    assert officer.get("/blacklist/checklist?ground=nonsense").text == whole


def test_a_hit_leads_to_a_persons_review_and_is_no_decision(
    bank: BankApi, officer: Browser
) -> None:
    entry = bytes.fromhex(listed_elsewhere(bank).rpartition("/")[2])
    assert "No entry" in officer.post("/blacklist/query", question(STRANGER)).text
    answer = officer.post("/blacklist/query", question(f"{FRAUDSTER[:6]} {FRAUDSTER[6:]}"))
    assert answer.status_code == 200
    assert "A hit is no decision" in answer.text
    hit = re.search(r'href="(/blacklist/hits/[0-9a-f]{32})"', answer.text)
    assert hit is not None
    shown = officer.get(hit[1]).text
    assert "C-77" in shown
    assert "forged documents" in shown
    empty = {"outcome": "same-person", "note": " "}
    assert officer.post(f"{hit[1]}/review", empty).status_code == 409
    bank.others[1].revising.contract.dispute(entry, b"\x33" * 32)
    bank.work()
    said = {"outcome": "same-person", "note": "card compared"}
    stale = officer.post(f"{hit[1]}/review", said)
    assert stale.status_code == 409
    assert "Look at the hit again" in stale.text
    seen = re.search(r'name="seen" value="([^"]+)"', officer.get(hit[1]).text)
    assert seen is not None
    done = officer.post(f"{hit[1]}/review", {**said, "seen": seen[1]})
    assert done.status_code == 303
    assert hit[1] not in officer.get("/blacklist/hits").text
    assert "same person" in officer.get("/blacklist/hits?reviewed=true").text
    done_actions = {action for action, _ in actions(bank.ledger)}
    assert {"blacklist.query", "blacklist.read-hit", "blacklist.review"} <= done_actions


def test_no_page_shows_whom_somebody_asked_about(
    bank: BankApi, officer: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    listed_elsewhere(bank)
    answer = officer.post("/blacklist/query", question(FRAUDSTER))
    hit = re.search(r'href="(/blacklist/hits/[0-9a-f]{32})"', answer.text)
    assert hit is not None
    pages = [
        answer.text,
        *(officer.get(each).text for each in ("/blacklist/hits", hit[1], "/audit")),
    ]
    assert [page for page in pages if FRAUDSTER in page] == []
    said = capsys.readouterr()
    assert "/blacklist/query" in said.out
    assert FRAUDSTER not in said.out + said.err


def test_a_query_without_authorisation_is_told_so_beside_the_field(officer: Browser) -> None:
    answer = officer.post("/blacklist/query", question(FRAUDSTER, authorisation=" "))
    assert answer.status_code == 409
    fault = re.search(r'id="authorisation-fault">(.*?)</div>', answer.text, re.DOTALL)
    assert fault is not None
    assert "征信业管理条例 18" in fault[1]


def test_a_dispute_shows_its_days_and_is_decided(bank: BankApi, officer: Browser) -> None:
    page = listed(bank, officer)
    entry = bytes.fromhex(page.rpartition("/")[2])
    bank.others[0].revising.contract.dispute(entry, STATEMENT)
    bank.banks.move(days=5)
    bank.work()
    officer = Console(bank).signed_in(Role.COMPLIANCE)
    assert "15 days left" in officer.get("/blacklist").text
    assert "15 days left" in officer.get(page).text
    assert (
        officer.post(f"{page}/decision", {"answer": "x", "decision": "upheld"}).status_code == 400
    )
    ruling = {"answer": written_answer(bank), "decision": "upheld", "here": page}
    bank.banks.move(minutes=15)
    assert officer.post(f"{page}/decision", ruling).headers["location"].startswith("/step-up")
    assert officer.post("/step-up", {"password": PASSWORD}).status_code == 303
    assert officer.post(f"{page}/decision", ruling).status_code == 303
    bank.work()
    assert "upheld" in officer.get(page).text
    assert "No open dispute" in officer.get("/blacklist").text


def test_a_correction_begins_with_what_the_entry_says(bank: BankApi, officer: Browser) -> None:
    page = listed(bank, officer)
    form = officer.get(f"{page}/correction").text
    assert 'value="serious" selected' in form
    assert FRAUDSTER not in form
    done = officer.post(f"{page}/correction", filled(bank, severity="notable"))
    assert done.status_code == 303, done.text
    bank.work()
    assert "corrected" in officer.get(page).text
    wrong = officer.post(f"{page}/correction", filled(bank, proof=[]))
    assert wrong.status_code == 409
    assert 'id="proofs-fault"' in wrong.text


def test_a_withdrawn_entry_offers_nothing_more(bank: BankApi, officer: Browser) -> None:
    page = listed(bank, officer)
    assert officer.post(f"{page}/withdrawal", {"reasons": sealed(bank)}).status_code == 303
    bank.work()
    shown = officer.get(page).text
    assert "withdrawn" in shown
    assert f'action="{page}' not in shown


def test_another_members_entry_can_only_be_vouched_for(bank: BankApi, officer: Browser) -> None:
    page = listed_elsewhere(bank)
    shown = officer.get(page).text
    assert f'action="{page}/corroboration"' in shown
    assert f'action="{page}/withdrawal"' not in shown
    person = {"type": "id", "identifier": STRANGER, "evidence": sealed(bank)}
    wrong = officer.post(f"{page}/corroboration", person)
    assert wrong.status_code == 409
    assert "not about this person" in wrong.text
    done = officer.post(f"{page}/corroboration", {**person, "identifier": FRAUDSTER})
    assert done.status_code == 303
    bank.work()
    assert bank.ledger.node.settings.name in officer.get(page).text


def test_use_screenings_and_draws_have_pages(bank: BankApi, officer: Browser) -> None:
    listed_elsewhere(bank)
    officer.post("/blacklist/query", question(STRANGER))
    bank.banks.shared.send(operator_of(1), "openDraw")
    bank.banks.settle()
    use = officer.get("/blacklist/use").text
    assert "Years" in use
    assert "19,999" in use
    assert "Nothing found" in officer.get("/blacklist/screenings").text
    assert "running" in officer.get("/blacklist/audits").text


def test_the_desk_takes_disputes_and_requests_and_writes_reports(
    bank: BankApi, officer: Browser
) -> None:
    page = listed_elsewhere(bank)
    entry = page.rpartition("/")[2]
    person = {"type": "id", "identifier": FRAUDSTER, "issuer": ""}
    report = officer.post("/blacklist/desk/report", {**person, "authorisation": "A-9"})
    assert report.headers["content-disposition"] == "attachment"
    assert entry in report.text
    wrong = officer.post(
        "/blacklist/desk/report", {**person, "identifier": "71", "authorisation": "A"}
    )
    assert wrong.status_code == 400
    assert 'role="alert"' in wrong.text
    letter = {"letter": "我从未申请过这笔贷款。", "entry": entry}
    assert (
        officer.post("/blacklist/desk/statement", {**letter, "kind": "dispute"}).status_code == 303
    )
    asked = {**person, "kind": "access", "letter": "我要求查阅。", "entry": ""}
    assert officer.post("/blacklist/desk/requests", asked).status_code == 303
    bank.banks.settle()
    desk = officer.get("/blacklist/desk").text
    assert desk.count("20 days left") == 2
    assert FRAUDSTER not in desk
    (settle,) = re.findall(r'action="(/blacklist/desk/requests/[0-9a-f]{32})"', desk)
    assert (
        officer.post(settle, {"outcome": "granted", "answer": written_answer(bank)}).status_code
        == 303
    )
    assert settle not in officer.get("/blacklist/desk").text
    early = officer.post("/blacklist/desk/answer", {"entry": entry})
    assert (early.status_code, 'role="alert"' in early.text) == (409, True)
    ruling = Ruling(DisputeDecision.UPHELD, b"\x44" * 32)
    bank.others[0].revising.contract.decide(bytes.fromhex(entry), ruling)
    bank.banks.settle()
    text = officer.post("/blacklist/desk/answer", {"entry": entry}).text
    assert "维持" in text
    assert "44" * 32 in text


def test_older_hits_are_a_page_further(
    bank: BankApi, officer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed_elsewhere(bank)
    monkeypatch.setattr(blacklist_pages, "PAGE", 2)
    other = bank.banks.banks[0]
    for _ in range(3):
        other.querying.query(other.person(FRAUDSTER), Purpose.QUERY, "officer")
    first = officer.get("/blacklist/hits").text
    (older,) = re.findall(r'href="(/blacklist/hits\?cursor=[^"]+)"', first)
    following = officer.get(older).text
    shown = [
        set(re.findall(r"/blacklist/hits/([0-9a-f]{32})", each)) for each in (first, following)
    ]
    assert [len(each) for each in shown] == [2, 1]
    assert not shown[0] & shown[1]
    assert "cursor=" not in following
