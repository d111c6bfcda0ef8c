"""The blacklist over the API: listed by two persons, found elsewhere, reviewed, disputed, ended."""

import base64
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from harness.bank_listing import (
    BLACKLIST,
    ENTRIES,
    FRAUDSTER,
    STRANGER,
    asked_about,
    listed,
    listed_elsewhere,
    listing,
    person,
    written_answer,
)
from harness.bank_service import BankApi
from harness.entry_members import identifier
from harness.evm_blacklist import operator_of
from harness.ledger import Ledger
from harness.people import actions
from harness.service import api_of

from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.screening.mapping import ColumnMapping
from blacklist.services.querying import Person
from ledger.errors import UnavailableError
from ledger.evidence.instants import parse_instant
from node.audit.trail import TrailQuery
from node.blacklist import screening
from node.blacklist.asking import ask_about
from node.blacklist.table_reading import file_source
from node.identity.permissions import Permission, Role
from node.identity.service import command_principal

LEAF = "11" * 32


def test_two_persons_list_somebody_whom_another_bank_then_finds(
    bank: BankApi, officer: dict[str, str]
) -> None:
    asked = bank.client.post(ENTRIES, json=listing(bank), headers=officer).json()
    bank.work()
    own = bank.client.get(ENTRIES, headers=officer).json()
    assert [each["state"] for each in own["waiting"]] == ["asked"]
    assert own["listed"] == []
    bank.operator("second", Role.SUPERVISOR)
    second = bank.sign_in("second")
    decision = f"/v1/releases/{asked['release']['release_id']}/decision"
    said = {"approve": True, "reason": "checked"}
    assert bank.client.post(decision, json=said, headers=officer).status_code == 403
    assert bank.client.post(decision, json=said, headers=second).status_code == 200
    bank.work()
    (shown,) = bank.client.get(ENTRIES, headers=officer).json()["listed"]
    assert (shown["entry"], shown["standing"], shown["own"]) == (asked["entry"], "active", True)
    other = bank.others[1]
    (kept,) = other.querying.query(other.person(FRAUDSTER), Purpose.QUERY, "officer")
    assert kept.found.listed.entry.hex() == asked["entry"]


def test_a_hit_waits_until_a_person_has_reviewed_it(bank: BankApi, officer: dict[str, str]) -> None:
    entry = listed_elsewhere(bank)
    assert asked_about(bank, officer, STRANGER) == []
    (found,) = asked_about(bank, officer, f" {FRAUDSTER[:6]} {FRAUDSTER[6:]}")
    assert (found["entry"], found["ground"]) == (entry, "forged-documents")
    (hit,) = bank.client.get(f"{BLACKLIST}/hits", headers=officer).json()["items"]
    assert (hit["hit"], hit["reference"]) == (found["hit"], "C-1")
    review = f"{BLACKLIST}/hits/{hit['hit']}/review"
    said = {"outcome": "same-person", "note": "ID card compared"}
    sealed_as = bank.client.post(review, json=said, headers=officer)
    assert sealed_as.status_code == 200, sealed_as.text
    item = f"/v1/evidence/{sealed_as.json()['evidence_id']}"
    assert bank.client.get(item, headers=officer).json()["kind"] == "decision"
    assert bank.client.get(f"{BLACKLIST}/hits", headers=officer).json()["items"] == []
    every = bank.client.get(f"{BLACKLIST}/hits?reviewed=true", headers=officer).json()
    assert [each["outcome"] for each in every["items"]] == ["same-person"]
    done = {action for action, _ in actions(bank.ledger)}
    assert {"blacklist.query", "blacklist.read-hits", "blacklist.review"} <= done


def test_a_query_does_not_wait_for_the_chain(bank: BankApi, officer: dict[str, str]) -> None:
    entry = listed_elsewhere(bank)
    bank.entries.follower.contract.silent = True  # type: ignore[attr-defined]  # the harness's contract
    (found,) = asked_about(bank, officer, FRAUDSTER)
    assert found["entry"] == entry
    assert bank.client.get(BLACKLIST, headers=officer).status_code == 200


def test_a_query_without_the_persons_authorisation_is_refused(
    bank: BankApi, officer: dict[str, str]
) -> None:
    question = {"identifiers": [person(FRAUDSTER)], "purpose": "query", "authorisation": " "}
    answer = bank.client.post(f"{BLACKLIST}/query", json=question, headers=officer)
    assert (answer.status_code, answer.json()["code"]) == (409, "authorisation-missing")


def test_what_somebody_typed_is_in_no_answer_about_a_mistake(
    bank: BankApi, officer: dict[str, str]
) -> None:
    wrong = FRAUDSTER[:-1] + ("0" if FRAUDSTER[-1] != "0" else "1")
    for given in ({"type": "id", "identifier": wrong}, {"type": "iq", "identifier": wrong}):
        question = {"identifiers": [given], "purpose": "query", "authorisation": "a"}
        answer = bank.client.post(f"{BLACKLIST}/query", json=question, headers=officer)
        assert answer.status_code == 400
        assert wrong not in answer.text


def test_a_dispute_shows_its_clock_and_ends_with_a_written_answer(
    bank: BankApi, officer: dict[str, str]
) -> None:
    entry = listed(bank, officer)
    place = f"{ENTRIES}/{entry}"
    bank.others[0].revising.contract.dispute(bytes.fromhex(entry), b"\x33" * 32)
    bank.work()
    shown = bank.client.get(place, headers=officer).json()
    (dispute,) = shown["disputes"]
    assert (shown["standing"], dispute["decision"]) == ("disputed", None)
    assert _days(dispute["disputed_at"], dispute["decide_by"]) == timedelta(days=20)
    ruling = {"decision": "upheld", "answer": written_answer(bank)}
    decided = bank.client.post(f"{place}/decision", json=ruling, headers=officer)
    assert decided.status_code == 204, decided.text
    bank.work()
    shown = bank.client.get(place, headers=officer).json()
    assert (shown["standing"], shown["disputes"][0]["decision"]) == ("active", "upheld")


def test_keys_are_seen_by_whoever_may_read(bank: BankApi) -> None:
    found = bank.client.get(BLACKLIST, headers=bank.token(Role.ADMINISTRATOR)).json()
    assert [(each["identifiers"], each["key_epoch"]) for each in found["keys"]] == [("id", 1)]
    assert found["keys"][0]["holders"] == [1, 2, 3]


def test_no_identifier_is_in_the_trail(bank: BankApi, officer: dict[str, str]) -> None:
    listed(bank, officer)
    asked_about(bank, officer, FRAUDSTER)
    trail = bank.client.get("/v1/audit?limit=200", headers=officer).text
    assert "blacklist.query" in trail
    assert FRAUDSTER not in trail
    assert identifier(FRAUDSTER).canonical.decode() not in trail


def test_a_node_that_takes_no_part_says_so(sqlite_ledger: Ledger) -> None:
    with api_of(sqlite_ledger) as api:
        answer = api.client.get(BLACKLIST, headers=api.token(Role.AUDITOR))
    assert (answer.status_code, answer.json()["code"]) == (503, "blacklist-not-configured")


def _days(first: str, last: str) -> timedelta:
    return parse_instant(last) - parse_instant(first)


def test_use_shows_who_asked_how_much_and_the_years_to_ask_about_everybody(
    bank: BankApi, officer: dict[str, str]
) -> None:
    listed_elsewhere(bank)
    asked_about(bank, officer, STRANGER)
    bank.entries.follower.contract.silent = True  # type: ignore[attr-defined]  # the harness's contract
    used = bank.client.get(f"{BLACKLIST}/use", headers=bank.token(Role.AUDITOR)).json()
    own = bank.ledger.node.settings
    mine = {(each["member"], each["purpose"]): each for each in used["budgets"]}
    query = mine[own.member, "query"]
    assert (query["name"], query["used"]) == (own.name, 1)
    assert query["left"] == query["limit"] - 1
    assert [(each["identifiers"], each["colluding"]) for each in used["meter"]] == [("id", 1)]
    assert used["meter"][0]["years"] > 0


def test_a_screenings_files_are_read_by_who_may_read_content_and_the_reading_is_recorded(
    bank: BankApi, officer: dict[str, str], tmp_path: Path
) -> None:
    listed_elsewhere(bank)
    table = tmp_path / "customers.csv"
    table.write_text(f"customer,id,auth\nC-1,{FRAUDSTER},A-1\nC-2,{STRANGER},\n", encoding="utf-8")
    source = file_source(table, encoding="utf-8", separator=",", sheet=None)
    mapping = ColumnMapping((("id", IdentifierType.NATIONAL_ID),), "auth", reference="customer")
    by = command_principal("test")
    opened = screening.start(bank.entries, source, mapping, tmp_path, by)
    screening.run(bank.entries, opened, source, by)
    (job,) = bank.client.get(f"{BLACKLIST}/screenings", headers=officer).json()
    assert (job["rows"], job["rejected"], job["hits"]) == (2, 1, 1)
    files = f"{BLACKLIST}/screenings/{job['job']}"
    results = bank.client.get(f"{files}/results", headers=officer)
    assert results.headers["content-type"].startswith("text/csv")
    assert results.headers["cache-control"] == "no-store"
    assert "C-1" in results.text
    assert "authorisation" in bank.client.get(f"{files}/rejects", headers=officer).text
    asks = bank.token(Role.COMPLIANCE, scopes=[Permission.BLACKLIST_QUERY])
    answer = bank.client.get(f"{files}/results", headers=asks)
    assert answer.json()["params"] == {"permission": "content:read"}
    assert ("blacklist.read-screening", "done") in actions(bank.ledger)
    (tmp_path / results.headers["content-disposition"].split('"')[1]).unlink()
    gone = bank.client.get(f"{files}/results", headers=officer)
    assert (gone.status_code, gone.json()["code"]) == (409, "screening-files-missing")


def test_draws_are_seen_without_the_chain(bank: BankApi) -> None:
    bank.banks.shared.send(operator_of(1), "openDraw")
    bank.banks.settle()
    bank.entries.follower.contract.silent = True  # type: ignore[attr-defined]  # the harness's contract
    found = bank.client.get(f"{BLACKLIST}/audits", headers=bank.token(Role.AUDITOR)).json()
    assert [(each["draw"], each["state"]) for each in found["draws"]] == [(1, "running")]
    assert found["findings"] == []


def test_a_person_is_given_a_report_and_disputes_what_it_says(
    bank: BankApi, officer: dict[str, str]
) -> None:
    entry = listed_elsewhere(bank)
    asked_about(bank, officer, FRAUDSTER)
    wanted = {"person": person(FRAUDSTER), "application": "A-9"}
    report = bank.client.post(f"{BLACKLIST}/reports", json=wanted, headers=officer)
    assert report.headers["content-type"].startswith("text/html")
    assert report.headers["content-disposition"] == "attachment"
    assert entry in report.text
    assert FRAUDSTER not in report.text
    words = base64.b64encode("我从未申请过这笔贷款。".encode()).decode()
    letter = {"content": words}
    taken = bank.client.post(f"{ENTRIES}/{entry}/dispute", json=letter, headers=officer)
    assert taken.status_code == 201, taken.text
    assert taken.json()["state"] == "recorded"
    bank.banks.settle()
    (open_,) = bank.client.get(f"{BLACKLIST}/disputes", headers=officer).json()
    assert (open_["entry"], open_["own"], open_["days_left"]) == (entry, False, 20)
    assert open_["statement_here"] is True
    wrong = bank.client.post(
        f"{ENTRIES}/{entry}/statement", json={"content": "no!"}, headers=officer
    )
    assert (wrong.status_code, wrong.json()["code"]) == (400, "request-invalid")


def test_a_request_of_a_person_is_recorded_with_its_term_and_settled(
    bank: BankApi, officer: dict[str, str]
) -> None:
    asked = {
        "kind": "access", "person": person(FRAUDSTER), "letter": {"content": "d29yZHM="},
    }  # fmt: skip
    taken = bank.client.post(f"{BLACKLIST}/requests", json=asked, headers=officer)
    assert taken.status_code == 201, taken.text
    assert (taken.json()["days_left"], taken.json()["outcome"]) == (20, None)
    place = f"{BLACKLIST}/requests/{taken.json()['request']}/settlement"
    said = {"outcome": "granted", "answer": written_answer(bank)}
    done = bank.client.post(place, json=said, headers=officer)
    assert done.status_code == 204, done.text
    assert bank.client.get(f"{BLACKLIST}/requests", headers=officer).json() == []
    every = bank.client.get(f"{BLACKLIST}/requests?settled=true", headers=officer).json()
    assert [each["outcome"] for each in every] == ["granted"]


def test_a_query_that_was_asked_in_part_is_in_the_trail(bank: BankApi) -> None:
    querying, places = bank.entries.querying, iter(range(9))
    inquirer = querying.inquirer
    failing = replace(
        inquirer,
        servers=lambda state, held: [] if next(places) else inquirer.servers(state, held),
    )
    entries = replace(bank.entries, querying=replace(querying, inquirer=failing))
    persons = Person((identifier(STRANGER), identifier(FRAUDSTER)), "A-1", "C-1")
    with pytest.raises(UnavailableError, match="query-incomplete"):
        ask_about(entries, persons, Purpose.QUERY, command_principal("test"))
    (noted,) = bank.ledger.node.trail.page(TrailQuery(action="blacklist.query")).entries
    assert noted.entry.details == {
        "purpose": "query", "types": "id,id", "found": 0, "missing": "id",
    }  # fmt: skip
