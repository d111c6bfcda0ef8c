"""Whole tables over the API: stored encrypted, screened by the node, held up, cancelled, and then gone."""

import json
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from harness.bank_service import BankApi
from harness.entry_members import facts, specimen
from harness.ledger import Ledger
from openpyxl import Workbook

from blacklist.services.screening import BATCH_ROWS
from blacklist.store import stored_tables
from blacklist.store.stored_tables import StoredTable
from node.audit.trail import TrailQuery
from node.blacklist.screening_rounds import MAX_AGE, NOT_STARTED, ScreeningRounds
from node.identity.permissions import Permission, Role

FRAUDSTER, STRANGER = specimen(123), specimen(456)
BLACKLIST = "/v1/blacklist"
SCREENINGS = f"{BLACKLIST}/screenings"
TABLE = {"Content-Type": "application/vnd.lianzheng.table"}
COLUMNS = {
    "identifiers": [{"column": "id", "type": "id"}], "authorisation": "auth",
    "reference": "customer",
}  # fmt: skip


def csv_of(*rows: tuple[str, str, str]) -> bytes:
    return "".join(f"{','.join(row)}\n" for row in [("customer", "id", "auth"), *rows]).encode()


def excel_of(*rows: tuple[str, str, str], sheets: int = 1) -> bytes:
    book, written = Workbook(), BytesIO()
    for row in [("customer", "id", "auth"), *rows]:
        book.active.append(row)
    for number in range(1, sheets):
        book.create_sheet(f"S{number}")
    book.save(written)
    return written.getvalue()


SMALL = csv_of(("C-1", FRAUDSTER, "A-1"), ("C-2", STRANGER, "A-2"), ("C-3", FRAUDSTER, ""))


def large() -> bytes:
    """Two batches and a bit, nearly all refused, with somebody who is listed in the first two."""
    rows = [(f"C-{number}", FRAUDSTER, "") for number in range(2 * BATCH_ROWS + 3)]
    rows[5] = rows[BATCH_ROWS + 5] = ("hit", FRAUDSTER, "A-1")
    return csv_of(*rows)


def begin(bank: BankApi, headers: dict[str, str], table: bytes, **said: Any) -> Any:
    line = json.dumps({**COLUMNS, **said}).encode()
    body, given = line + b"\n" + table, {**headers, **TABLE}
    return bank.client.post(SCREENINGS, content=body, headers=given)


def begun(bank: BankApi, headers: dict[str, str], table: bytes, **said: Any) -> str:
    answer = begin(bank, headers, table, **said)
    assert answer.status_code == 202, answer.text
    job: str = answer.json()["job"]
    assert answer.headers["location"] == f"{SCREENINGS}/{job}"
    return job


def state(bank: BankApi, headers: dict[str, str], job: str) -> dict[str, Any]:
    answer = bank.client.get(f"{SCREENINGS}/{job}", headers=headers)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def rounds(bank: BankApi) -> ScreeningRounds:
    return ScreeningRounds(bank.ledger.node, entries=bank.entries)


def stored(bank: BankApi, job: str) -> StoredTable | None:
    with bank.ledger.node.database.read() as connection:
        return stored_tables.find(connection, bytes.fromhex(job))


def is_gone(bank: BankApi, kept: StoredTable) -> bool:
    """Whether row, key and object of a table are gone."""
    node = bank.ledger.node
    objects = set(node.vault.object_ids())
    key = node.record_keys.open(kept.key_id)
    return (stored(bank, kept.job.hex()), key, kept.object_id in objects) == (None, None, False)


def in_clear(ledger: Ledger, text: str) -> list[Path]:
    """Files under the home that hold a text."""
    files = [each for each in ledger.node.settings.home.rglob("*") if each.is_file()]
    assert len(files) > 3
    return [each for each in files if text.encode() in each.read_bytes()]


def actions(ledger: Ledger) -> list[str]:
    return [each.entry.action for each in ledger.node.trail.find(TrailQuery())]


def test_a_table_is_screened_by_the_node_and_stands_nowhere_in_clear(
    bank: BankApi, officer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = bank.ledger.node.settings.home
    monkeypatch.setattr(tempfile, "tempdir", str(home))
    bank.others[0].list(FRAUDSTER, facts(bank.banks.today()))
    bank.work()
    for table, more in ((SMALL, {}), (large(), {}), (excel_of(), {"format": "xlsx"})):
        job = begun(bank, officer, table, **more)
        assert state(bank, officer, job)["state"] == "queued"
        kept = stored(bank, job)
        assert kept is not None
        assert in_clear(bank.ledger, FRAUDSTER) == []
        rounds(bank).round()
        assert state(bank, officer, job)["state"] == "finished"
        assert is_gone(bank, kept)
        assert in_clear(bank.ledger, FRAUDSTER) == []
    found = bank.client.get(SCREENINGS, headers=officer).json()
    assert sorted((each["rows"], each["rejected"], each["hits"]) for each in found) == [
        (0, 0, 0), (3, 1, 1), (2 * BATCH_ROWS + 3, 2 * BATCH_ROWS + 1, 2),
    ]  # fmt: skip
    results = bank.client.get(f"{SCREENINGS}/{job}/results", headers=officer)
    assert results.status_code == 200
    assert [each.stat().st_mode & 0o77 for each in home.glob("screenings/*")] == [0] * 6
    done = actions(bank.ledger)
    assert done.count("blacklist.screen") == done.count("blacklist.screened") == 3


def test_a_table_can_be_stored_first(bank: BankApi, officer: dict[str, str]) -> None:
    place = f"{BLACKLIST}/tables"
    content = excel_of(("C-1", STRANGER, "A-1"), sheets=2)
    answer = bank.client.post(place, params={"format": "xlsx"}, content=content, headers=officer)
    assert (answer.status_code, answer.json()["size"]) == (201, len(content))
    wanted = {**COLUMNS, "table": answer.json()["table"]}
    vague = bank.client.post(SCREENINGS, json=wanted, headers=officer)
    assert (vague.status_code, vague.json()["code"]) == (409, "screening-sheet")
    started = bank.client.post(SCREENINGS, json={**wanted, "sheet": "Sheet"}, headers=officer)
    assert started.status_code == 202, started.text
    again = bank.client.post(SCREENINGS, json={**wanted, "sheet": "Sheet"}, headers=officer)
    assert (again.status_code, again.json()["code"]) == (404, "screening-table-unknown")
    rounds(bank).round()
    assert state(bank, officer, started.json()["job"])["rows"] == 1


def test_somebody_elses_table_is_not_there(bank: BankApi, officer: dict[str, str]) -> None:
    answer = bank.client.post(f"{BLACKLIST}/tables", content=SMALL, headers=officer)
    table = answer.json()["table"]
    other = bank.token(Role.SUPERVISOR)
    started = bank.client.post(SCREENINGS, json={**COLUMNS, "table": table}, headers=other)
    assert started.json()["code"] == "screening-table-unknown"
    dropped = bank.client.delete(f"{SCREENINGS}/{table}", headers=other)
    assert dropped.json()["code"] == "screening-unknown"
    kept = stored(bank, table)
    assert kept is not None
    assert bank.client.delete(f"{SCREENINGS}/{table}", headers=officer).status_code == 204
    assert is_gone(bank, kept)


@pytest.mark.parametrize(
    ("said", "table", "code"),
    [
        ({"authorisation": "none"}, SMALL, "screening-column-missing"),
        ({"authorisation": "id2"}, b"id,id2,id2,customer\n", "screening-column-repeated"),
        ({"identifiers": []}, SMALL, "screening-identifiers-missing"),
        (
            {"identifiers": [{"column": "id", "type": "id"}, {"column": "id", "type": "phone"}]},
            SMALL,
            "screening-column-twice",
        ),
        ({"issuer": "customer"}, SMALL, "screening-issuer-column"),
        ({"encoding": "klingon"}, SMALL, "screening-encoding-unknown"),
        ({"separator": ";;"}, SMALL, "screening-separator"),
        ({}, "客户,id,auth\n".encode("gb18030"), "screening-file-encoding"),
        ({}, b"", "content-empty"),
        ({"format": "xlsx", "sheet": "none"}, excel_of(), "screening-sheet-missing"),
        ({"format": "xlsx"}, SMALL, "screening-file-unreadable"),
        ({"identifiers": [{"column": "id", "type": "shoe size"}]}, SMALL, "request-invalid"),
    ],
)
def test_what_does_not_fit_is_refused_before_there_is_a_job(
    bank: BankApi, officer: dict[str, str], said: dict[str, Any], table: bytes, code: str
) -> None:
    answer = begin(bank, officer, table, **said)
    assert (400 <= answer.status_code < 500, answer.json()["code"]) == (True, code)
    assert answer.json()["remedy"]
    assert bank.client.get(SCREENINGS, headers=officer).json() == []
    with bank.ledger.node.database.read() as connection:
        assert stored_tables.never_started(connection, "3000") == []
    assert list(bank.ledger.node.vault.object_ids()) == []
