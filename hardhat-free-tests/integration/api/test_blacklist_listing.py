"""Entries over the API: what a listing rests on, and how its reporter changes and ends it."""

import pytest
from harness.bank_listing import (
    ENTRIES,
    FRAUDSTER,
    STRANGER,
    asked_about,
    decide,
    listed,
    listed_elsewhere,
    listing,
    own,
    person,
    sealed,
    written_answer,
)
from harness.bank_service import BankApi

from blacklist.domain.protocol.purposes import Purpose
from blacklist.store.own_entries import OwnState
from ledger.errors import IntegrityError

LEAF = "11" * 32


def test_a_refused_listing_names_every_rule_that_it_breaks(
    bank: BankApi, officer: dict[str, str]
) -> None:
    wrong = listing(bank, proofs=[], notice=None, notified_on=None, evidence=LEAF)
    answer = bank.client.post(ENTRIES, json=wrong, headers={**officer, "Accept-Language": "en"})
    assert answer.status_code == 409
    broken = {each["code"]: each for each in answer.json()["breaches"]}
    assert broken.keys() == {"listing-notice-missing", "listing-proof-incomplete"}
    notice = broken["listing-notice-missing"]
    assert notice["article"] == "征信业管理条例 15"
    assert "seal the notice" in notice["remedy"]
    assert bank.client.get(ENTRIES, headers=officer).json()["waiting"] == []


def test_a_listing_rests_on_evidence_that_is_sealed_here(
    bank: BankApi, officer: dict[str, str]
) -> None:
    answer = bank.client.post(ENTRIES, json=listing(bank, evidence=LEAF), headers=officer)
    assert (answer.status_code, answer.json()["code"]) == (404, "evidence-unknown")


def test_the_reporter_corrects_amends_and_withdraws(bank: BankApi, officer: dict[str, str]) -> None:
    entry = listed(bank, officer)
    place, milder = f"{ENTRIES}/{entry}", listing(bank, severity="notable")["facts"]
    done = bank.client.post(
        f"{place}/correction", json={"facts": milder, "reason": "appraised again"}, headers=officer
    )
    assert done.status_code == 204, done.text
    bank.others[0].revising.contract.dispute(bytes.fromhex(entry), b"\x33" * 32)
    bank.work()
    worse = {"answer": written_answer(bank), "facts": listing(bank, severity="grave")["facts"]}
    refused = bank.client.post(f"{place}/amendment", json=worse, headers=officer)
    assert (refused.status_code, refused.json()["code"]) == (409, "amendment-worse")
    ended = listing(bank, severity="notable", conduct_ended="2025-06-30")["facts"]
    amended = {"answer": written_answer(bank), "facts": ended}
    done = bank.client.post(f"{place}/amendment", json=amended, headers=officer)
    assert done.status_code == 204, done.text
    bank.work()
    other = bank.others[1]
    (kept,) = other.querying.query(other.person(FRAUDSTER), Purpose.QUERY, "officer")
    assert kept.found.facts.conduct_ended.isoformat() == "2025-06-30"
    reasons = {"reasons": sealed(bank)}
    assert bank.client.post(f"{place}/withdrawal", json=reasons, headers=officer).status_code == 204
    bank.work()
    shown = bank.client.get(place, headers=officer).json()
    assert (shown["standing"], len(shown["receipts"])) == ("withdrawn", 3)
    again = bank.client.post(f"{place}/withdrawal", json=reasons, headers=officer)
    assert again.json()["code"] == "entry-standing"
    bank.work()
    book = bank.entries.listing.book
    with pytest.raises(IntegrityError, match="record-erased"):
        book.open(book.find(bytes.fromhex(place.rpartition("/")[2])))


def test_a_correction_to_the_persons_disadvantage_takes_two(
    bank: BankApi, officer: dict[str, str]
) -> None:
    entry = listed(bank, officer)
    worse = {"facts": listing(bank, severity="grave")["facts"], "reason": "appraised again"}
    asked = bank.client.post(f"{ENTRIES}/{entry}/correction", json=worse, headers=officer)
    assert asked.status_code == 202, asked.text
    shown = asked.json()["details"]
    assert (shown["severity"], shown["was_severity"]) == ("grave", "serious")
    bank.work()
    other = bank.others[1]
    (kept,) = other.querying.query(other.person(FRAUDSTER), Purpose.QUERY, "officer")
    assert kept.found.facts.severity.value == "serious", "nobody decided yet"
    decide(bank, asked.json()["release_id"], approve=True)
    bank.work()
    (kept,) = other.querying.query(other.person(FRAUDSTER), Purpose.QUERY, "officer")
    assert kept.found.facts.severity.value == "grave"
    releases = bank.client.get("/v1/releases", headers=bank.second).json()
    assert {each["kind"]: each["state"] for each in releases}["blacklist-correction"] == "done"


@pytest.mark.parametrize("refused", [True, False], ids=["refused", "forgotten"])
def test_a_request_that_nobody_carries_out_is_erased(
    bank: BankApi, officer: dict[str, str], *, refused: bool
) -> None:
    asked = bank.client.post(ENTRIES, json=listing(bank), headers=officer).json()
    if refused:
        decide(bank, asked["release"]["release_id"], approve=False)
    else:
        bank.work()
        assert bank.entries.listing.book.open(own(bank, asked["entry"])) is not None
        bank.banks.move(days=7)
    bank.work()
    assert own(bank, asked["entry"]).state is OwnState.GIVEN_UP
    assert bank.entries.node.identity.releases.get(asked["release"]["release_id"]).details == {}
    with pytest.raises(IntegrityError, match="record-erased"):
        bank.entries.listing.book.open(own(bank, asked["entry"]))


def test_a_listing_rests_on_papers_of_fit_kinds_each_its_own(
    bank: BankApi, officer: dict[str, str]
) -> None:
    recording = bank.paper("call_recording")
    for changed, code in (
        ({"basis_evidence": recording}, "paper-unfit"),
        ({"notice": bank.paper("valuation_report")}, "paper-unfit"),
        ({"evidence": bank.papers["notice"]}, "paper-repeated"),
    ):
        answer = bank.client.post(ENTRIES, json=listing(bank, **changed), headers=officer)
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert bank.client.get(ENTRIES, headers=officer).json()["waiting"] == []


def test_an_entry_under_a_replaced_key_names_the_one_that_it_goes_on_in(
    bank: BankApi, officer: dict[str, str]
) -> None:
    old = listed(bank, officer)
    bank.banks.make_key(2)
    bank.work()
    bank.work()
    shown = bank.client.get(f"{ENTRIES}/{old}", headers=officer).json()
    assert shown["standing"] == "withdrawn"
    fresh = bank.client.get(f"{ENTRIES}/{shown['moved_to']}", headers=officer).json()
    assert (fresh["standing"], fresh["key_epoch"], fresh["moved_to"]) == ("active", 2, None)
    (found,) = asked_about(bank, officer, FRAUDSTER)
    assert found["entry"] == shown["moved_to"]
    reasons = {"reasons": sealed(bank)}
    answer = bank.client.post(f"{ENTRIES}/{old}/withdrawal", json=reasons, headers=officer)
    assert answer.json()["code"] == "entry-standing"


def test_another_members_entry_is_vouched_for_and_not_changed(
    bank: BankApi, officer: dict[str, str]
) -> None:
    place = f"{ENTRIES}/{listed_elsewhere(bank)}"
    reasons = {"reasons": sealed(bank)}
    answer = bank.client.post(f"{place}/withdrawal", json=reasons, headers=officer)
    assert answer.json()["code"] == "entry-not-own"
    for raw, status in ((STRANGER, 409), (FRAUDSTER, 204)):
        said = {"person": person(raw), "evidence": sealed(bank)}
        answer = bank.client.post(f"{place}/corroboration", json=said, headers=officer)
        assert answer.status_code == status, answer.text
    bank.work()
    shown = bank.client.get(place, headers=officer).json()
    assert shown["corroborators"] == [bank.ledger.node.settings.member]
