"""Whole tables over the API: stored encrypted, screened by the node, held up, cancelled, and then gone."""

import csv
import json
import os
import signal
import tempfile
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from harness.bank_service import BankApi
from harness.entry_members import facts, specimen
from harness.ledger import Ledger
from harness.people import actions
from openpyxl import Workbook

from blacklist.services.screening import BATCH_ROWS
from blacklist.store import stored_tables
from blacklist.store.stored_tables import StoredTable
from node.blacklist.screening_rounds import MAX_AGE, NOT_STARTED, ScreeningRounds
from node.identity.permissions import Role

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
    done = [action for action, _ in actions(bank.ledger)]
    assert done.count("blacklist.screen") == done.count("blacklist.screened") == 3


def test_a_table_can_be_stored_first_and_is_its_operators(
    bank: BankApi, officer: dict[str, str]
) -> None:
    place, content = f"{BLACKLIST}/tables", excel_of(("C-1", STRANGER, "A-1"), sheets=2)
    answer = bank.client.post(place, params={"format": "xlsx"}, content=content, headers=officer)
    assert (answer.status_code, answer.json()["size"]) == (201, len(content))
    wanted = {**COLUMNS, "table": answer.json()["table"]}
    vague = bank.client.post(SCREENINGS, json=wanted, headers=officer)
    assert (vague.status_code, vague.json()["code"]) == (409, "screening-sheet")
    wanted["sheet"] = "Sheet"
    other = bank.token(Role.SUPERVISOR)
    refused = bank.client.post(SCREENINGS, json=wanted, headers=other)
    assert (refused.status_code, refused.json()["code"]) == (404, "screening-table-unknown")
    started = bank.client.post(SCREENINGS, json=wanted, headers=officer)
    assert started.status_code == 202, started.text
    again = bank.client.post(SCREENINGS, json=wanted, headers=officer)
    assert (again.status_code, again.json()["code"]) == (404, "screening-table-unknown")
    rounds(bank).round()
    assert state(bank, other, started.json()["job"])["rows"] == 1
    table = bank.client.post(place, content=SMALL, headers=officer).json()["table"]
    kept, dropping = stored(bank, table), f"{SCREENINGS}/{table}"
    assert bank.client.delete(dropping, headers=other).json()["code"] == "screening-unknown"
    assert kept is not None
    assert bank.client.delete(dropping, headers=officer).status_code == 204
    assert is_gone(bank, kept)


IDENTIFIERS_TWICE = [{"column": "id", "type": "id"}, {"column": "id", "type": "phone"}]
UNFIT: list[tuple[dict[str, Any], bytes, str]] = [
    ({"authorisation": "none"}, SMALL, "screening-column-missing"),
    ({"authorisation": "id2"}, b"id,id2,id2,customer\n", "screening-column-repeated"),
    ({"identifiers": []}, SMALL, "screening-identifiers-missing"),
    ({"identifiers": IDENTIFIERS_TWICE}, SMALL, "screening-column-twice"),
    ({"issuer": "customer"}, SMALL, "screening-issuer-column"),
    ({"encoding": "klingon"}, SMALL, "screening-encoding-unknown"),
    ({"separator": ";;"}, SMALL, "screening-separator"),
    ({}, "客户,id,auth\n".encode("gb18030"), "screening-file-encoding"),
    ({}, b"", "content-empty"),
    ({"format": "xlsx", "sheet": "none"}, excel_of(), "screening-sheet-missing"),
    ({"format": "xlsx"}, SMALL, "screening-file-unreadable"),
    ({"identifiers": [{"column": "id", "type": "shoe size"}]}, SMALL, "request-invalid"),
]


def test_what_does_not_fit_is_refused_before_there_is_a_job(
    bank: BankApi, officer: dict[str, str]
) -> None:
    for said, table, code in UNFIT:
        answer = begin(bank, officer, table, **said)
        assert (400 <= answer.status_code < 500, answer.json()["code"]) == (True, code)
        assert answer.json()["remedy"]
    assert bank.client.get(SCREENINGS, headers=officer).json() == []
    with bank.ledger.node.database.read() as connection:
        assert stored_tables.never_started(connection, "3000") == []


def test_a_job_waits_or_stops_and_says_why(bank: BankApi, officer: dict[str, str]) -> None:
    job = begun(bank, officer, SMALL)
    broken = begun(bank, officer, large() + "客".encode("gb18030"))
    later = begun(bank, officer, csv_of(("C-9", "?", "A-9")))
    for other in bank.others:
        other.away = True
    rounds(bank).round()
    held = state(bank, officer, job)
    assert (held["state"], held["held_up"]["code"]) == ("waiting", "evaluation-too-few")
    assert held["held_up"]["title"]
    assert held["held_up"]["remedy"]
    # Nobody waits behind it.
    assert state(bank, officer, later)["state"] == "finished"
    for other in bank.others:
        other.away = False
    rounds(bank).round()
    assert state(bank, officer, job)["state"] == "waiting"
    bank.banks.move(minutes=6)
    rounds(bank).round()
    done = state(bank, officer, job)
    assert (done["state"], done["held_up"], done["rows"]) == ("finished", None, 3)
    held = state(bank, officer, broken)
    assert (held["state"], held["held_up"]["try_at"]) == ("stopped", None)
    assert held["held_up"]["code"] == "screening-file-encoding"


def test_a_cancelled_job_leaves_no_key(bank: BankApi, officer: dict[str, str]) -> None:
    job = begun(bank, officer, large())
    kept = stored(bank, job)
    assert kept is not None
    seen: list[int] = []

    def leads() -> bool:
        """Be asked before each job and each batch; cancel after the first batch."""
        rows = state(bank, officer, job)["rows"]
        if rows == BATCH_ROWS and not seen:
            seen.append(bank.client.delete(f"{SCREENINGS}/{job}", headers=officer).status_code)
        return True

    ScreeningRounds(bank.ledger.node, leads, bank.entries).round()
    assert seen == [204]
    ended = state(bank, officer, job)
    assert (ended["state"], ended["rows"], ended["held_up"]) == ("cancelled", BATCH_ROWS, None)
    assert is_gone(bank, kept)
    again = bank.client.delete(f"{SCREENINGS}/{job}", headers=officer)
    assert (again.status_code, again.json()["code"]) == (409, "screening-over")
    assert ("blacklist.cancel-screening", "done") in actions(bank.ledger)


def test_what_nobody_starts_or_nothing_finishes_is_forgotten(
    bank: BankApi, officer: dict[str, str]
) -> None:
    waiting = bank.client.post(f"{BLACKLIST}/tables", content=SMALL, headers=officer).json()
    tables = [stored(bank, waiting["table"]), stored(bank, begun(bank, officer, large()))]
    for other in bank.others:
        other.away = True
    rounds(bank).round()
    bank.banks.move(seconds=NOT_STARTED.total_seconds() + 1)
    rounds(bank).round()
    assert [is_gone(bank, each) for each in tables if each] == [True, False]
    bank.banks.move(seconds=MAX_AGE.total_seconds())
    rounds(bank).round()
    assert [is_gone(bank, each) for each in tables if each] == [True, True]
    (job,) = bank.client.get(SCREENINGS, headers=bank.token(Role.COMPLIANCE)).json()
    assert job["state"] == "cancelled"


def test_a_job_of_a_node_that_was_killed_goes_on_with_no_row_twice(
    bank: BankApi, officer: dict[str, str]
) -> None:
    bank.others[0].list(FRAUDSTER, facts(bank.banks.today()))
    bank.work()
    job = begun(bank, officer, large())
    bank.banks.close()
    child = os.fork()
    if child == 0:
        asked = iter(range(9))

        def kill_at_the_third() -> bool:
            """Be asked before the job, before its first batch and before the second."""
            if next(asked) == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            return True

        ScreeningRounds(bank.ledger.node, kill_at_the_third, bank.entries).round()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    between = state(bank, officer, job)
    assert (between["state"], between["rows"]) == ("running", BATCH_ROWS)
    assert in_clear(bank.ledger, FRAUDSTER) == []
    rounds(bank).round()
    assert state(bank, officer, job)["state"] == "finished"
    files = [
        bank.client.get(f"{SCREENINGS}/{job}/{name}", headers=officer).text
        for name in ("results", "rejects")
    ]
    lines = [int(row["line"]) for text in files for row in csv.DictReader(StringIO(text))]
    assert sorted(lines) == list(range(2, 2 * BATCH_ROWS + 5))
    assert len(bank.client.get(f"{BLACKLIST}/hits", headers=officer).json()["items"]) == 2
