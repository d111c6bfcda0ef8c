"""Corrections of entries: what they rest on, and what has changed since they were asked for."""

from typing import Any

from harness.bank_listing import (
    ENTRIES,
    FRAUDSTER,
    decide,
    listed,
    listing,
    written_answer,
)
from harness.bank_service import BankApi

from blacklist.domain.protocol.purposes import Purpose


def _ask_to_correct(bank: BankApi, entry: str, officer: dict[str, str], **changed: Any) -> Any:
    said = {"facts": listing(bank, **changed)["facts"], "reason": "appraised again"}
    return bank.client.post(f"{ENTRIES}/{entry}/correction", json=said, headers=officer)


def _severity(bank: BankApi) -> str:
    other = bank.others[1]
    (kept,) = other.querying.query(other.person(FRAUDSTER), Purpose.QUERY, "officer")
    return str(kept.found.facts.severity.value)


def _state(bank: BankApi, release: str) -> str:
    return bank.entries.node.identity.releases.get(release).state


def test_a_correction_is_not_carried_out_once_the_entry_says_something_else(
    bank: BankApi, officer: dict[str, str]
) -> None:
    entry = listed(bank, officer)
    asked = _ask_to_correct(bank, entry, officer, severity="grave").json()["release_id"]
    milder = _ask_to_correct(bank, entry, officer, severity="notable")
    assert milder.status_code == 204, milder.text
    bank.work()
    decide(bank, asked, approve=True)
    bank.work()
    assert _severity(bank) == "notable"
    assert _state(bank, asked) == "failed"


def test_a_correction_rests_on_papers_that_are_there_when_it_is_carried_out(
    bank: BankApi, officer: dict[str, str]
) -> None:
    entry, other = listed(bank, officer), bank.paper("valuation_report")
    asked = _ask_to_correct(bank, entry, officer, evidence=other).json()["release_id"]
    bank.entries.node.eraser.erase(bytes.fromhex(other), reason="asked for")
    decide(bank, asked, approve=True)
    bank.work()
    assert _state(bank, asked) == "failed"


def test_what_is_in_the_persons_favour_asks_for_no_paper_anew(
    bank: BankApi, officer: dict[str, str]
) -> None:
    entry = listed(bank, officer)
    bank.entries.node.eraser.erase(bytes.fromhex(bank.papers["notice"]), reason="retention")
    milder = _ask_to_correct(bank, entry, officer, severity="notable")
    assert milder.status_code == 204, milder.text
    bank.work()
    bank.others[0].revising.contract.dispute(bytes.fromhex(entry), b"\x33" * 32)
    bank.work()
    ended = listing(bank, severity="notable", conduct_ended="2025-06-30")["facts"]
    amended = {"answer": written_answer(bank), "facts": ended}
    done = bank.client.post(f"{ENTRIES}/{entry}/amendment", json=amended, headers=officer)
    assert done.status_code == 204, done.text
    bank.work()
    fresh = _ask_to_correct(bank, entry, officer, notice="11" * 32)
    assert fresh.json()["code"] == "evidence-unknown"
