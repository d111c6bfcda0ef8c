"""Routes of the desk and of what waits: requests elsewhere, answers, relationships, pages of hits."""

from harness.bank_listing import (
    BLACKLIST,
    ENTRIES,
    FRAUDSTER,
    STRANGER,
    asked_about,
    listed,
    listed_elsewhere,
    person,
    written_answer,
)
from harness.bank_service import BankApi


def test_a_request_about_another_members_entry_names_whom_it_is_passed_on_to(
    bank: BankApi, officer: dict[str, str]
) -> None:
    asked = {
        "kind": "deletion", "person": person(FRAUDSTER), "letter": {"content": "d29yZHM="},
        "entry": listed_elsewhere(bank),
    }  # fmt: skip
    taken = bank.client.post(f"{BLACKLIST}/requests", json=asked, headers=officer)
    assert taken.status_code == 201, taken.text
    assert taken.json()["reporter"] == bank.others[0].member.hex()[:12]
    place = f"{BLACKLIST}/requests/{taken.json()['request']}/settlement"
    said = {"outcome": "granted", "answer": written_answer(bank)}
    refused = bank.client.post(place, json=said, headers=officer)
    assert (refused.status_code, refused.json()["code"]) == (409, "person-request-elsewhere")
    done = bank.client.post(place, json={**said, "outcome": "passed-on"}, headers=officer)
    assert done.status_code == 204, done.text


def test_the_text_of_a_written_answer_is_had_over_the_api(
    bank: BankApi, officer: dict[str, str]
) -> None:
    entry = listed(bank, officer)
    place = f"{ENTRIES}/{entry}"
    none = bank.client.get(f"{place}/answer", headers=officer)
    assert (none.status_code, none.json()["code"]) == (409, "dispute-none")
    bank.others[0].revising.contract.dispute(bytes.fromhex(entry), b"\x33" * 32)
    bank.work()
    open_ = bank.client.get(f"{place}/answer", headers=officer)
    assert (open_.status_code, open_.json()["code"]) == (409, "dispute-open")
    answer = written_answer(bank)
    said = {"decision": "upheld", "answer": answer}
    done = bank.client.post(f"{place}/decision", json=said, headers=officer)
    assert done.status_code == 204, done.text
    bank.work()
    found = bank.client.get(f"{place}/answer", headers=officer).json()
    assert (found["decision"], found["reasons"], found["answer_here"]) == ("upheld", answer, True)
    chinese, _, english = found["letter"].partition("Your dispute of")
    assert "维持" in chinese
    assert answer in chinese
    assert "upheld" in english


def test_a_relationship_is_ended_over_the_api(bank: BankApi, officer: dict[str, str]) -> None:
    watched = {
        "person": person(FRAUDSTER), "authorisation": "A-1", "reference": "C-9", "purpose": "loan",
    }  # fmt: skip
    place = f"{BLACKLIST}/monitoring"
    for raw in (FRAUDSTER, STRANGER):
        begun = bank.client.post(place, json={**watched, "person": person(raw)}, headers=officer)
        assert begun.status_code == 201, begun.text
    for reference, ended in (("C-8", 0), ("C-9", 2), ("C-9", 0)):
        said = {"reference": reference}
        answer = bank.client.post(f"{place}/end", json=said, headers=officer)
        assert (answer.status_code, answer.json()) == (200, {"ended": ended})
    assert bank.client.get(place, headers=officer).json()["items"] == []


def test_hits_come_in_pages(bank: BankApi, officer: dict[str, str]) -> None:
    listed_elsewhere(bank)
    found = {asked_about(bank, officer, FRAUDSTER)[0]["hit"] for _ in range(5)}
    place, seen, cursor = f"{BLACKLIST}/hits?limit=2", [], ""
    for _ in range(3):
        page = bank.client.get(place + cursor, headers=officer).json()
        seen.append([each["hit"] for each in page["items"]])
        cursor = f"&cursor={page['next']}"
    assert [len(each) for each in seen] == [2, 2, 1]
    assert page["next"] is None
    assert {each for some in seen for each in some} == found
    wrong = bank.client.get(f"{place}&cursor=none", headers=officer)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "request-invalid")
