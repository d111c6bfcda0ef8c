"""The blacklist in a real browser: one bank lists by two persons, another asks, is hit, and reviews."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from e2e.test_console import AXE, CHROMIUM, browser, quiet, shoot, violations
from harness.entry_members import specimen
from harness.founders import Institution
from harness.people import PASSWORD, SHELL
from harness.rpc_node import until

from blacklist.domain.entries.grounds import REQUIRED, Ground
from node.identity.permissions import Role

pytestmark = [
    pytest.mark.anvil,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed"),
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: run npm ci"),
]
FRAUDSTER = specimen(123)
TODAY = date.today()  # noqa: DTZ011 - the nodes use this machine's day too


def signed_in(opened: Any, bank: Institution, login: str, role: Role) -> Any:
    """Return a page of somebody's own browser, in English."""
    with bank.node() as node:
        token = node.identity.invitations.invite((role,), by=SHELL)
        node.identity.invitations.accept(token, name=login, login=login, password=PASSWORD)
    page = opened.new_context(locale="en-GB", base_url=bank.endpoint).new_page()
    page.goto("/login")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Overview").wait_for()
    page.get_by_role("navigation").get_by_role("link", name="Blacklist").click()
    return page


def fill_in(page: Any, evidence: str, consent: str) -> None:
    """Fill in a listing, but for the checklist and the notice."""
    page.get_by_role("link", name="Ask for a listing").click()
    page.get_by_label("Identifiers").select_option("id")
    page.get_by_label("Identifier", exact=True).fill(FRAUDSTER)
    page.get_by_label("Severity").select_option("serious")
    page.get_by_label("Evidence id of the conduct").fill(evidence)
    page.get_by_label("What allows it").select_option("consent")
    page.get_by_label("Evidence id of the basis").fill(consent)
    page.get_by_label("End of the conduct").fill((TODAY - timedelta(days=90)).isoformat())
    page.get_by_label("Reason").fill("case 7")
    page.get_by_label("Ground").select_option(Ground.FORGED_DOCUMENTS.value)
    questions = page.locator("#checklist input")
    until(lambda: questions.count() == len(REQUIRED[Ground.FORGED_DOCUMENTS]), 30, pause=0.1)


def complete(page: Any, notice: str) -> None:
    """Put right what the law still misses."""
    for box in page.locator("#checklist input").all():
        box.check()
    page.get_by_label("Evidence id of the notice").fill(notice)
    page.get_by_label("Day on which the notice").fill((TODAY - timedelta(days=20)).isoformat())
    page.get_by_role("button", name="Ask for it").click()
    page.get_by_text("another person decides").first.wait_for()


def asked(page: Any) -> int:
    """Ask about the fraudster; return how many entries there are."""
    page.goto("/blacklist/query")
    page.get_by_label("Identifiers").select_option("id")
    page.get_by_label("Identifier", exact=True).fill(FRAUDSTER)
    page.get_by_label("Number of the person").fill("auth-1")
    page.get_by_label("Your own number").fill("C-77")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.get_by_role("heading", name="Result").wait_for()
    return int(page.locator("tbody tr").count())


def look_around(page: Any, folder: Path) -> None:
    """Look at the pages that no step leads to."""
    for path in ("desk", "use", "audits", "hits", "screenings", "query"):
        page.goto(f"/blacklist/{path}")
        assert violations(page) == [], path
        shoot(page, folder / f"{path}.png")


def papers(bank: Institution, folder: Path) -> tuple[str, str, str]:
    """Seal what a listing rests on: evidence, consent and notice."""
    evidence = bank.cli.seal("--kind", "valuation_report", customers(folder))
    consent, notice = (bank.seal(folder, text) for text in ("consent", "notice"))
    return str(evidence["id"]), str(consent["id"]), str(notice["id"])


def customers(folder: Path) -> Path:
    table = folder / "customers.csv"
    table.write_text(f"客户,证件,授权\nC-78,{FRAUDSTER},A-1\nC-79,,A-2\n", encoding="utf-8")
    return table


def screened(page: Any, folder: Path) -> None:
    """Hand over a table, say what its columns hold, and wait until the page says that it is done."""
    table = customers(folder)
    page.goto("/blacklist/screenings")
    page.get_by_label("Choose the table").set_input_files(table)
    page.get_by_role("heading", name="What the columns hold").wait_for()
    assert violations(page) == []
    page.get_by_label("客户").select_option("reference")
    page.get_by_label("证件").select_option("id")
    page.get_by_label("授权").select_option("authorisation")
    shoot(page, folder / "columns.png")
    page.get_by_role("button", name="Start the screening").click()
    page.get_by_text("finished", exact=True).wait_for(timeout=60_000)
    assert violations(page) == []
    assert page.locator("tbody td.number").all_inner_texts() == ["2", "1", "1", "1"]
    shoot(page, folder / "screened.png")


def test_a_person_is_listed_found_and_reviewed_in_the_console(
    banks_with_key: list[Institution], tmp_path: Path
) -> None:
    first, second, _ = banks_with_key
    evidence, consent, notice = papers(first, tmp_path)
    with browser() as opened:
        officer = signed_in(opened, first, "wang", Role.COMPLIANCE)
        requests: list[str] = []
        said = quiet(officer)
        officer.on("request", lambda request: requests.append(request.url))
        assert violations(officer) == []
        shoot(officer, tmp_path / "overview.png")
        fill_in(officer, evidence, consent)
        officer.get_by_role("button", name="Ask for it").click()
        officer.locator("#notice-fault").wait_for()
        officer.locator("#proofs-fault").wait_for()
        assert violations(officer) == []
        shoot(officer, tmp_path / "breaches.png")
        complete(officer, notice)
        release = officer.url.removeprefix(first.endpoint).partition("?")[0]
        supervisor = signed_in(opened, first, "li", Role.SUPERVISOR)
        supervisor.goto(release)
        assert violations(supervisor) == []
        shoot(supervisor, tmp_path / "release.png")
        supervisor.get_by_label("Reason").fill("looked at")
        supervisor.get_by_role("button", name="Approve").click()
        supervisor.get_by_text("Approved").first.wait_for()
        until(lambda: first.cli.ok("blacklist", "entries")["listed"], 60, pause=0.5)
        reviewer = signed_in(opened, second, "zhao", Role.SUPERVISOR)
        reviewer.on("request", lambda request: requests.append(request.url))
        until(lambda: asked(reviewer) > 0, 60, pause=0.5)
        assert FRAUDSTER not in reviewer.content()
        assert violations(reviewer) == []
        shoot(reviewer, tmp_path / "found.png")
        reviewer.get_by_role("link", name="Review").first.click()
        reviewer.get_by_text("C-77").wait_for()
        assert violations(reviewer) == []
        shoot(reviewer, tmp_path / "hit.png")
        reviewer.get_by_label("same person").check()
        reviewer.get_by_label("What was looked at").fill("ID card compared")
        reviewer.get_by_role("button", name="Record the review").click()
        reviewer.get_by_text("The review is sealed").wait_for()
        screened(reviewer, tmp_path)
        officer.goto("/blacklist/entries")
        officer.locator("tbody a").first.click()
        assert violations(officer) == []
        shoot(officer, tmp_path / "entry.png")
        look_around(officer, tmp_path)
        assert said == []
        assert [url for url in requests if FRAUDSTER in url] == []
