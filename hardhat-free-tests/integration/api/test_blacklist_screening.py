"""Rows screened and customers watched over the API: a row is answered or refused, and what ends is gone."""

from typing import Any

from harness.bank_service import BankApi
from harness.entry_members import facts, identifier, specimen

from blacklist.domain.screening.monitoring import MonitoringPurpose, WatchedPerson
from blacklist.store import evaluations
from node.audit.trail import TrailQuery
from node.blacklist.monitoring import watching
from node.blacklist.row_screening import MAX_ROWS
from node.identity.permissions import Permission, Role

FRAUDSTER, STRANGER = specimen(123), specimen(456)
BLACKLIST = "/v1/blacklist"
READ = TrailQuery(action="blacklist.read-monitored")


def row(raw: str, authorisation: str = "auth-1") -> dict[str, Any]:
    return {
        "identifiers": [{"type": "id", "identifier": raw}], "authorisation": authorisation,
        "reference": "C-1",
    }  # fmt: skip


def test_every_row_is_answered_or_refused_in_its_order(
    bank: BankApi, officer: dict[str, str]
) -> None:
    entry = bank.others[0].list(FRAUDSTER, facts(bank.banks.today()))
    bank.work()
    wrong = STRANGER[:-1] + ("0" if STRANGER[-1] != "0" else "1")
    rows = [row(STRANGER), row(FRAUDSTER), row(FRAUDSTER, " "), row(wrong), row(FRAUDSTER)]
    rows.append({"identifiers": [], "authorisation": "auth-1"})
    answer = bank.client.post(f"{BLACKLIST}/screening", json={"rows": rows}, headers=officer)
    assert answer.status_code == 200, answer.text
    said = answer.json()["rows"]
    assert [each["row"] for each in said] == [1, 2, 3, 4, 5, 6]
    assert [[found["entry"] for found in each["found"]] for each in said] == [
        [], [entry.hex()], [], [], [entry.hex()], [],
    ]  # fmt: skip
    codes = [each["refused"] and each["refused"]["code"] for each in said]
    assert codes == [
        None, None, "authorisation-missing", "identifier-check-digit", None, "screening-row-empty",
    ]  # fmt: skip
    assert wrong not in answer.text
    waiting = bank.client.get(f"{BLACKLIST}/hits", headers=officer).json()["items"]
    assert [each["purpose"] for each in waiting] == ["screening", "screening"]


def test_what_was_found_is_kept_when_another_identifier_cannot_be_asked_about(
    bank: BankApi, officer: dict[str, str]
) -> None:
    entry = bank.others[0].list(FRAUDSTER, facts(bank.banks.today()))
    bank.work()
    both = row(FRAUDSTER)
    both["identifiers"].append({"type": "phone", "identifier": "+1 212 555 0123"})
    phone = {**row(STRANGER), "identifiers": both["identifiers"][1:]}
    asked = {"rows": [both, row(STRANGER)]}
    answer = bank.client.post(f"{BLACKLIST}/screening", json=asked, headers=officer)
    assert answer.status_code == 200, answer.text
    first, second = answer.json()["rows"]
    assert [each["entry"] for each in first["found"]] == [entry.hex()]
    assert (first["refused"]["code"], second["refused"]) == ("blacklist-no-key", None)
    (hit,) = bank.client.get(f"{BLACKLIST}/hits", headers=officer).json()["items"]
    assert hit["entry"] == entry.hex()
    answer = bank.client.post(f"{BLACKLIST}/screening", json={"rows": [phone]}, headers=officer)
    assert (answer.status_code, answer.json()["code"]) == (409, "blacklist-no-key")


def test_what_is_sent_again_under_its_key_is_counted_once_and_hits_once(
    bank: BankApi, officer: dict[str, str]
) -> None:
    bank.others[0].list(FRAUDSTER, facts(bank.banks.today()))
    bank.work()
    keyed = {**officer, "Idempotency-Key": "batch 7"}
    asked = {"rows": [row(FRAUDSTER), row(STRANGER)]}
    question = {"identifiers": row(FRAUDSTER)["identifiers"], "purpose": "query"}
    question |= {"authorisation": "auth-1", "reference": "C-1"}

    def send() -> list[object]:
        answers = [
            bank.client.post(f"{BLACKLIST}/{path}", json=body, headers=keyed)
            for path, body in (("screening", asked), ("query", question))
        ]
        assert [each.status_code for each in answers] == [200, 200]
        return [each.json() for each in answers]

    first = send()
    used = counted(bank)
    assert (send(), counted(bank)) == (first, used)
    assert len(bank.client.get(f"{BLACKLIST}/hits", headers=officer).json()["items"]) == 2
    other = {"rows": [row(STRANGER)]}
    bank.client.post(f"{BLACKLIST}/screening", json=other, headers=keyed)
    assert counted(bank) > used, "another question under the same key"
    long = {**officer, "Idempotency-Key": "k" * 201}
    answer = bank.client.post(f"{BLACKLIST}/screening", json=other, headers=long)
    assert (answer.status_code, answer.json()["code"]) == (400, "request-invalid")


def counted(bank: BankApi) -> int:
    """How many requests of the service's member all servers have counted."""
    member, found = bank.banks.banks[0].member, 0
    for server in bank.banks.banks:
        with server.database.read() as connection:
            found += evaluations.count_of(connection, member, "", "9")
    return found


def test_more_rows_than_one_answer_holds_are_refused(
    bank: BankApi, officer: dict[str, str]
) -> None:
    rows = [row(STRANGER)] * (MAX_ROWS + 1)
    answer = bank.client.post(f"{BLACKLIST}/screening", json={"rows": rows}, headers=officer)
    assert answer.status_code == 400
    assert answer.json()["code"] == "request-invalid"


def test_a_watched_customer_hits_once_somebody_lists_him_and_is_forgotten_when_it_ends(
    bank: BankApi, officer: dict[str, str]
) -> None:
    asked = {
        "person": row(FRAUDSTER)["identifiers"][0],
        "authorisation": "auth-1",
        "reference": "C-1",
    }
    begun = bank.client.post(
        f"{BLACKLIST}/monitoring", json={**asked, "purpose": "loan"}, headers=officer
    )
    assert begun.status_code == 201, begun.text
    (watched,) = bank.client.get(f"{BLACKLIST}/monitoring", headers=officer).json()["items"]
    assert (watched["reference"], watched["purpose"]) == ("C-1", "loan")
    bank.others[0].list(FRAUDSTER, facts(bank.banks.today()))
    bank.work()
    bank.work()
    (hit,) = bank.client.get(f"{BLACKLIST}/hits", headers=officer).json()["items"]
    assert hit["purpose"] == "monitoring"
    place = f"{BLACKLIST}/monitoring/{begun.json()['item']}"
    assert bank.client.delete(place, headers=officer).status_code == 204
    assert bank.client.get(f"{BLACKLIST}/monitoring", headers=officer).json()["items"] == []
    assert bank.client.delete(place, headers=officer).status_code in {404, 409}


def test_who_is_watched_comes_in_pages_and_whose_it_is_for_who_may_read_content(
    bank: BankApi, officer: dict[str, str]
) -> None:
    monitoring = watching(bank.entries)
    for number in range(3):
        person = WatchedPerson(identifier(specimen(number)), "auth-1", f"C-{number}")
        monitoring.add([person], MonitoringPurpose.LOAN, "officer")
        bank.banks.move(seconds=1)
    place = f"{BLACKLIST}/monitoring"
    first = bank.client.get(place, params={"limit": 2}, headers=officer).json()
    assert [each["reference"] for each in first["items"]] == ["C-2", "C-1"]
    # What ends meanwhile takes no page away.
    monitoring.end(bytes.fromhex(first["items"][1]["item"]))
    after = {"limit": 2, "cursor": first["next"]}
    second = bank.client.get(place, params=after, headers=officer).json()
    assert ([each["reference"] for each in second["items"]], second["next"]) == (["C-0"], None)
    read = bank.ledger.node.trail.page(READ).entries
    assert [each.entry.details for each in read] == [{"count": 1}, {"count": 2}]
    wrong = bank.client.get(place, params={"cursor": "none"}, headers=officer)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "request-invalid")
    asks = bank.token(Role.COMPLIANCE, scopes=[Permission.BLACKLIST_QUERY])
    shown = bank.client.get(place, headers=asks).json()["items"]
    assert [each["reference"] for each in shown] == [None, None]
    assert len(bank.ledger.node.trail.page(READ).entries) == 2
