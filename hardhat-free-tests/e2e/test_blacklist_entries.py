"""One bank lists a person by two hands, another finds the same person under other spellings, by commands."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from harness.entry_members import specimen
from harness.founders import Institution
from harness.listing_commands import identifier_file, leaf_of, list_person
from harness.rpc_node import until

pytestmark = pytest.mark.anvil
FRAUDSTER, STRANGER = specimen(123), specimen(456)
TODAY = date.today()  # noqa: DTZ011 - the commands use this machine's day too


def _query(bank: Institution, folder: Path, text: str) -> Any:
    file = identifier_file(folder, text)
    return bank.cli.ok(
        "blacklist", "query", "id", "--identifier-file", file, "--authorisation", "auth-1",
        "--reference", "cust-1",
    )  # fmt: skip


def _screen(bank: Institution, folder: Path) -> int:
    """Screen a file, take the finished job up once more, and return how many hits there were."""
    file = folder / "customers.csv"
    file.write_text(f"证件,授权,客户\n{STRANGER},A-1,c1\n{FRAUDSTER},A-2,c2\n{FRAUDSTER},,c3\n")
    columns = ("--identifier", "id=证件", "--authorisation", "授权", "--reference", "客户")
    done = bank.cli.ok("blacklist", "screen", file, *columns, "--out", folder)
    assert (done["rows"], done["rejected"], done["asked"], done["hits"]) == (3, 1, 2, 1)
    assert [line.split(",")[:3] for line in Path(done["results"]).read_text().splitlines()[1:]] == [
        ["2", "c1", "id"],
        ["3", "c2", "id"],
    ]
    (reject,) = Path(done["rejects"]).read_text().splitlines()[1:]
    assert reject.startswith("4,授权,authorisation-missing,")
    again = bank.cli.ok("blacklist", "screen", file, "--resume", done["job"])
    assert (again["rows"], again["hits"]) == (3, 1)
    (shown,) = bank.cli.ok("blacklist", "screenings")
    assert (shown["job"], shown["finished_at"] is not None) == (done["job"], True)
    wrong = bank.cli.run("blacklist", "screen", file, *columns, "--resume", done["job"])
    assert wrong.code == 2
    return int(done["hits"])


def _watch(bank: Institution, folder: Path) -> str:
    """Watch somebody before anybody lists them, and return the item."""
    added = bank.cli.ok(
        "blacklist", "monitor", "add", "id", "--identifier-file", identifier_file(folder, FRAUDSTER),
        "--authorisation", "auth-2", "--reference", "cust-2", "--purpose", "loan",
    )  # fmt: skip
    (shown,) = bank.cli.ok("blacklist", "monitor", "list")["items"]
    assert (shown["item"], shown["reference"]) == (added["item"], "cust-2")
    return str(added["item"])


def test_a_person_is_listed_found_reviewed_and_withdrawn(
    banks_with_key: list[Institution], tmp_path: Path
) -> None:
    first, second, third = banks_with_key
    watched = _watch(third, tmp_path)
    listed = list_person(first, tmp_path, FRAUDSTER)
    until(lambda: _query(second, tmp_path, FRAUDSTER), 60, pause=0.5)
    (seen,) = until(lambda: third.cli.ok("blacklist", "hits")["items"], 60, pause=0.5)
    assert (seen["purpose"], seen["reference"]) == ("monitoring", "cust-2")
    assert third.cli.ok("blacklist", "monitor", "end", "--reference", "cust-2") == {"ended": 1}
    assert third.cli.run("blacklist", "monitor", "end", "--item", watched).code == 11
    assert third.cli.ok("blacklist", "monitor", "list")["items"] == []
    spellings = (f" {FRAUDSTER[:6]} {FRAUDSTER[6:14]} {FRAUDSTER[14:]}", _full_width(FRAUDSTER))
    for spelling in spellings:
        (found,) = _query(second, tmp_path, spelling)
        assert (found["entry"], found["ground"]) == (listed, "forged-documents")
    assert _query(second, tmp_path, STRANGER) == []
    waiting = second.cli.ok("blacklist", "hits")["items"]
    assert len(waiting) >= len(spellings)
    assert len(waiting) + _screen(second, tmp_path) == len(
        second.cli.ok("blacklist", "hits")["items"]
    )
    waiting = second.cli.ok("blacklist", "hits")["items"]
    done = second.cli.run(
        "blacklist", "review", waiting[0]["hit"], "same-person", "--note", "ID card compared"
    )
    assert done.code == 0, done.err
    assert len(second.cli.ok("blacklist", "hits")["items"]) == len(waiting) - 1
    why = leaf_of(first, tmp_path, "withdrawn on request")
    assert first.cli.run("blacklist", "withdraw", listed, "--reasons", why).code == 0
    until(lambda: _query(second, tmp_path, FRAUDSTER) == [], 60, pause=0.5)
    until(
        lambda: len(first.cli.ok("blacklist", "entry", listed)["receipts"]) == 3,
        60,
        pause=0.5,
    )


def _full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) for each in text)
