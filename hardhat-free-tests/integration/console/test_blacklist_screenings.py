"""A table screened in the console: handed over, its columns named by a person, followed, cancelled."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from harness.bank_service import BankApi, bank_service
from harness.browsing import Browser, Console
from harness.entry_members import facts, specimen
from harness.ledger import Ledger
from openpyxl import Workbook

from blacklist.store import stored_tables
from node.blacklist.screening_rounds import ScreeningRounds
from node.console.asking import Form
from node.console.blacklist_screenings import mapping_of
from node.identity.permissions import Role

FRAUDSTER, STRANGER = specimen(123), specimen(456)
PLACE = "/blacklist/screenings"
CSV = f"客户,证件,授权\nC-1,{FRAUDSTER},A-1\nC-2,{STRANGER},A-2\n"
USES = {"use-0": "reference", "use-1": "id", "use-2": "authorisation"}
READ_AS = {"encoding": "utf-8-sig", "separator": ","}


def handed_over(browser: Browser, content: bytes, kind: str) -> str:
    """Send a file as the page's script does; return the page where its columns are named."""
    answer = browser.client.post(
        "/v1/blacklist/tables",
        params={"format": kind},
        content=content,
        headers={"X-CSRF-Token": browser.csrf(PLACE)},
    )
    assert answer.status_code == 201, answer.text
    return f"{PLACE}/tables/{answer.json()['table']}"


def seen(page: str) -> dict[str, object]:
    (found,) = re.findall(r'name="seen" value="([0-9a-f]{64})"', page)
    return {"do": "start", "seen": found}


def drop_another(bank: BankApi, officer: Browser) -> None:
    """Hand a table over and drop it; nobody else sees it meanwhile."""
    place = handed_over(officer, CSV.encode(), "csv")
    assert Console(bank).signed_in(Role.SUPERVISOR).get(place).status_code == 404
    dropping = place.replace("/tables", "") + "/cancel"
    assert officer.post(dropping, {}).status_code == 303
    assert officer.get(place).status_code == 404


def rounds(bank: BankApi) -> None:
    ScreeningRounds(bank.ledger.node, entries=bank.entries).round()


def test_a_file_is_screened_by_a_person(sqlite_ledger: Ledger, tmp_path: Path) -> None:
    with bank_service(sqlite_ledger, tmp_path) as bank:
        bank.others[0].list(FRAUDSTER, facts(bank.banks.today()))
        bank.work()
        officer = Console(bank).signed_in(Role.COMPLIANCE)
        place = handed_over(officer, CSV.encode("gb18030"), "csv")
        assert "no text in the encoding" in officer.get(place).text
        read = officer.post(place, {**READ_AS, "encoding": "gb18030", "do": "read"}).text
        assert re.findall(r'<label for="use-\d">([^<]+)</label>', read) == ["客户", "证件", "授权"]
        assert FRAUDSTER not in read
        form = {**seen(read), **USES, "encoding": "gb18030", "separator": ","}
        missing = officer.post(place, {**form, "use-2": ""})
        assert (missing.status_code, "征信业管理条例 18" in missing.text) == (409, True)
        assert '<option value="id" selected>' in missing.text
        other = officer.post(place, {**form, "separator": ";"})
        assert (other.status_code, "others than the form shows" in other.text) == (409, True)
        answer = officer.post(place, form)
        assert (answer.status_code, answer.headers["location"]) == (
            303, f"{PLACE}?done=ui-done-screening",
        )  # fmt: skip
        waiting = officer.get(PLACE).text
        assert "queued" in waiting
        assert f'hx-get="{PLACE}/state?round=1"' in waiting
        rounds(bank)
        done = officer.get(f"{PLACE}/state?round=1").text
        assert "finished" in done
        # What is over does not change: nothing is asked for any more.
        assert "hx-get" not in done
        (results,) = re.findall(r'href="(/v1/[^"]+/results)"', done)
        assert "C-1" in officer.get(results).text
        assert "/blacklist/hits/" in officer.get("/blacklist/hits").text
        drop_another(bank, officer)


def test_a_sheet_is_chosen_and_a_held_up_job_says_why(
    sqlite_ledger: Ledger, tmp_path: Path
) -> None:
    book, written = Workbook(), BytesIO()
    for row in (("客户", "证件", "授权"), ("C-1", FRAUDSTER, "A-1")):
        book.create_sheet("名单").append(row) if row[0] == "客户" else book["名单"].append(row)
    book.save(written)
    with bank_service(sqlite_ledger, tmp_path) as bank:
        officer = Console(bank).signed_in(Role.COMPLIANCE)
        place = handed_over(officer, written.getvalue(), "xlsx")
        page = officer.get(place).text
        assert '<option value="名单">' in page
        assert 'role="alert"' not in page
        read = officer.post(place, {"sheet": "名单", "do": "read"}).text
        form = {**seen(read), **USES, "sheet": "名单", "purpose": "loan"}
        assert officer.post(place, form).status_code == 303
        for other in bank.others:
            other.away = True
        rounds(bank)
        held = Console(bank).browser("zh")
        bank.operator("reader", Role.SUPERVISOR)
        held.sign_in("reader")
        assert "等待重试" in held.get(PLACE).text
        assert "正确应答的持有方不足 2 家" in held.get(PLACE).text
        (cancelling,) = re.findall(
            rf'action="({PLACE}/[0-9a-f]{{32}}/cancel)"', held.get(PLACE).text
        )
        assert held.post(cancelling, {}).status_code == 303
        assert "已取消" in held.get(f"{PLACE}/state").text
        with bank.ledger.node.database.read() as connection:
            assert stored_tables.ended(connection) == []


def test_a_column_is_chosen_once_where_there_is_one() -> None:
    titles = ["a", "b", "c", "d"]
    chosen = {f"use-{at}": [use] for at, use in enumerate(["id", "phone", "authorisation", ""])}
    mapping = mapping_of(Form(chosen), titles)
    assert [name for name, _ in mapping.identifiers] == ["a", "b"]
    assert (mapping.authorisation, mapping.issuer, mapping.reference) == ("c", None, None)
    with pytest.raises(Exception, match="screening-use-twice"):
        mapping_of(Form({**chosen, "use-3": ["authorisation"]}), titles)
    with pytest.raises(Exception, match="statement-form"):
        mapping_of(Form({**chosen, "use-3": ["shoe size"]}), titles)
