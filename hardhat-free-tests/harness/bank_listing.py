"""What people do to entries of a bank's service over its API."""

from typing import Any

from harness.bank_service import BankApi
from harness.entry_members import facts, specimen

from blacklist.store.own_entries import OwnEntry
from node.identity.permissions import Role

FRAUDSTER, STRANGER = specimen(123), specimen(456)
BLACKLIST = "/v1/blacklist"
ENTRIES = f"{BLACKLIST}/entries"


def sealed(bank: BankApi) -> str:
    return str(bank.seal(bank.token(Role.COLLECTOR))["id"])


def written_answer(bank: BankApi) -> str:
    """Seal a written answer."""
    return str(bank.seal(bank.token(Role.COLLECTOR), kind="decision")["id"])


def person(raw: str) -> dict[str, str]:
    return {"type": "id", "identifier": raw}


def listing(bank: BankApi, raw: str = FRAUDSTER, **changed: Any) -> dict[str, Any]:
    said = facts(bank.banks.today()).to_json()
    assert isinstance(said, dict)
    return {
        "person": person(raw),
        "facts": {**said, **bank.papers, **changed},
        "reason": "case 7",
    }


def decide(bank: BankApi, release: str, *, approve: bool) -> None:
    """Let a second person decide a release."""
    said = {"approve": approve, "reason": "looked at"}
    answer = bank.client.post(f"/v1/releases/{release}/decision", json=said, headers=bank.second)
    assert answer.status_code == 200, answer.text


def own(bank: BankApi, entry: str) -> OwnEntry:
    return bank.entries.listing.book.find(bytes.fromhex(entry))


def listed(bank: BankApi, officer: dict[str, str]) -> str:
    """List the fraudster by two persons; return the entry's id."""
    asked = bank.client.post(ENTRIES, json=listing(bank), headers=officer)
    assert asked.status_code == 202, asked.text
    decide(bank, asked.json()["release"]["release_id"], approve=True)
    bank.work()
    return str(asked.json()["entry"])


def listed_elsewhere(bank: BankApi) -> str:
    """Let another bank list the fraudster; return the entry's id."""
    entry = bank.others[0].list(FRAUDSTER, facts(bank.banks.today()))
    bank.work()
    return entry.hex()


def asked_about(bank: BankApi, headers: dict[str, str], raw: str) -> list[dict[str, Any]]:
    question = {
        "identifiers": [person(raw)], "purpose": "query", "authorisation": "auth-1", "reference": "C-1",
    }  # fmt: skip
    answer = bank.client.post(f"{BLACKLIST}/query", json=question, headers=headers)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["found"]
    return found
