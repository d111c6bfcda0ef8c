"""Corrections of entries: what they rest on, and what has changed since they were asked for."""

from typing import Any

from harness.bank_listing import (
    ENTRIES,
    FRAUDSTER,
    STRANGER,
    decide,
    listed,
    listing,
    own,
    sealed,
    written_answer,
)
from harness.bank_service import BankApi

from blacklist.domain.entries.facts import Facts
from blacklist.domain.protocol.purposes import Purpose
from blacklist.store.own_entries import OwnState
from ledger.primitives.digest import sha256
from node.audit.trail import TrailQuery
from node.blacklist.carrying_out import NODE, carry_out
from node.identity.service import command_principal


def _ask_to_correct(bank: BankApi, entry: str, officer: dict[str, str], **changed: Any) -> Any:
    said = {"facts": listing(bank, **changed)["facts"], "reason": "appraised again"}
    return bank.client.post(f"{ENTRIES}/{entry}/correction", json=said, headers=officer)


def _severity(bank: BankApi) -> str:
    other = bank.others[1]
    (kept,) = other.querying.query(other.person(FRAUDSTER), Purpose.QUERY, "officer")
    return str(kept.found.facts.severity.value)


def _state(bank: BankApi, release: str) -> str:
    return bank.entries.node.identity.releases.get(release).state


def _acts(bank: BankApi, action: str) -> list[str]:
    found = bank.entries.node.trail.page(TrailQuery(limit=50)).entries
    return [each.entry.outcome for each in found if each.entry.action == action]


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


def test_an_approved_correction_waits_until_chain_and_holders_are_back(
    bank: BankApi, officer: dict[str, str]
) -> None:
    entry = listed(bank, officer)
    asked = _ask_to_correct(bank, entry, officer, severity="grave").json()["release_id"]
    decide(bank, asked, approve=True)
    for other in bank.others:
        other.away = True
    for _ in range(3):
        carry_out(bank.entries)
        assert _state(bank, asked) == "claimed"
    for other in bank.others:
        other.away = False
    assert carry_out(bank.entries) == 1
    bank.work()
    assert (_severity(bank), _state(bank, asked)) == ("grave", "done")
    assert _acts(bank, "blacklist.correct") == ["refused", "done"], "newest first; tried once"


def test_what_a_crash_left_claimed_is_gone_on_with_and_done_once(
    bank: BankApi, officer: dict[str, str]
) -> None:
    entry = listed(bank, officer)
    asked = _ask_to_correct(bank, entry, officer, severity="grave").json()["release_id"]
    decide(bank, asked, approve=True)
    bank.entries.node.identity.releases.claim(asked, command_principal(NODE))
    grave = listing(bank, severity="grave")["facts"]
    bank.entries.revising.correct(bytes.fromhex(entry), Facts.from_json(grave))
    bank.work()
    shown = bank.client.get(f"{ENTRIES}/{entry}", headers=officer).json()
    assert (_state(bank, asked), shown["standing"]) == ("done", "corrected")
    again = bank.client.post(ENTRIES, json=listing(bank, STRANGER), headers=officer).json()
    release = again["release"]["release_id"]
    decide(bank, release, approve=True)
    bank.entries.node.identity.releases.claim(release, command_principal(NODE))
    bank.entries.listing.release(bytes.fromhex(again["entry"]))
    bank.work()
    assert _state(bank, release) == "done"
    assert own(bank, again["entry"]).state is OwnState.LISTED


def test_a_claimed_correction_that_nobody_can_carry_out_fails_when_it_expires(
    bank: BankApi, officer: dict[str, str]
) -> None:
    entry = listed(bank, officer)
    asked = _ask_to_correct(bank, entry, officer, severity="grave").json()["release_id"]
    decide(bank, asked, approve=True)
    for other in bank.others:
        other.away = True
    carry_out(bank.entries)
    bank.banks.move(days=7)
    carry_out(bank.entries)
    assert _state(bank, asked) == "failed"


def test_what_releases_showed_is_erased_when_the_entry_ended(
    bank: BankApi, officer: dict[str, str]
) -> None:
    entry = listed(bank, officer)
    asked = _ask_to_correct(bank, entry, officer, severity="grave").json()["release_id"]
    shown = bank.entries.node.identity.releases.list
    assert [bool(each.details) for each in shown()] == [True, True]
    reasons = {"reasons": sealed(bank)}
    done = bank.client.post(f"{ENTRIES}/{entry}/withdrawal", json=reasons, headers=officer)
    assert done.status_code == 204, done.text
    bank.work()
    assert {each.kind: each.details for each in shown()} == {
        "blacklist-listing": {},
        "blacklist-correction": {},
    }
    found = bank.entries.node.trail.page(TrailQuery(action="release.blank")).entries
    assert [dict(each.entry.details)["about"] for each in found] == [entry, entry]
    decide(bank, asked, approve=True)
    bank.work()
    assert _state(bank, asked) == "failed"


def test_an_approved_correction_follows_its_entry_under_a_new_key(
    bank: BankApi, officer: dict[str, str]
) -> None:
    old = listed(bank, officer)
    asked = _ask_to_correct(bank, old, officer, severity="grave").json()["release_id"]
    bank.banks.make_key(2)
    bank.work()
    bank.work()
    fresh = bank.client.get(f"{ENTRIES}/{old}", headers=officer).json()["moved_to"]
    decide(bank, asked, approve=True)
    bank.work()
    assert (_severity(bank), _state(bank, asked)) == ("grave", "done")
    reasons = {"reasons": sealed(bank)}
    bank.client.post(f"{ENTRIES}/{fresh}/withdrawal", json=reasons, headers=officer)
    bank.work()
    shown = bank.entries.node.identity.releases.list
    assert [each.details for each in shown()] == [{}, {}], "of the entry that it went on from, too"


def test_a_refused_correction_keeps_nothing_that_it_asked_for(
    bank: BankApi, officer: dict[str, str]
) -> None:
    entry = listed(bank, officer)
    asked = _ask_to_correct(bank, entry, officer, severity="grave").json()["release_id"]
    decide(bank, asked, approve=False)
    bank.work()
    assert bank.entries.node.identity.releases.get(asked).details == {}


def test_what_a_listing_showed_is_erased_when_it_is_not_lawful_any_more_by_its_batch(
    bank: BankApi, officer: dict[str, str]
) -> None:
    said = listing(bank, conduct_ended=_five_years_ago(bank))
    asked = bank.client.post(ENTRIES, json=said, headers=officer).json()
    release = asked["release"]["release_id"]
    decide(bank, release, approve=True)
    assert carry_out(bank.entries) == 1
    bank.banks.move(days=40)
    bank.work()
    assert own(bank, asked["entry"]).state is OwnState.GIVEN_UP
    kept = bank.entries.node.identity.releases.get(release)
    assert (kept.state, kept.details) == ("done", {})


def test_the_trail_keeps_no_words_of_a_reason(bank: BankApi, officer: dict[str, str]) -> None:
    entry = listed(bank, officer)
    assert _ask_to_correct(bank, entry, officer, severity="notable").status_code == 204
    (found,) = bank.entries.node.trail.page(TrailQuery(action="blacklist.correct")).entries
    assert found.entry.details == {"reason_sha256": sha256(b"appraised again").hex()}


def _five_years_ago(bank: BankApi) -> str:
    """The first day of conduct that can be listed today, and not next month."""
    today = bank.banks.today()
    return today.replace(year=today.year - 5, month=today.month % 12 + 1, day=1).isoformat()
