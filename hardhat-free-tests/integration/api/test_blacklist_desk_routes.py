"""The person's desk over the API: what another member reported, and the text of a written answer."""

from harness.bank_listing import BLACKLIST, FRAUDSTER, listed_elsewhere, person, written_answer
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
