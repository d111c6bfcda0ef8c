"""A person comes to a bank that did not list them: report, dispute, the reporter's answer, by commands."""

from pathlib import Path
from typing import Any

import pytest
from harness.entry_members import specimen
from harness.founders import Institution
from harness.listing_commands import identifier_file, leaf_of, list_person
from harness.rpc_node import until

pytestmark = [pytest.mark.anvil, pytest.mark.soak]
PERSON = specimen(123)


def _report(bank: Institution, folder: Path) -> Any:
    file, page = identifier_file(folder, PERSON), folder / "report.html"
    return bank.cli.ok(
        "blacklist", "desk", "report", "id", "--identifier-file", file,
        "--application", "form 7", "-o", page,
    )  # fmt: skip


def test_a_dispute_at_any_desk_reaches_the_reporter_and_comes_back_decided(
    banks_with_key: list[Institution], tmp_path: Path
) -> None:
    first, second, third = banks_with_key
    entry = list_person(first, tmp_path, PERSON)
    until(lambda: _report(third, tmp_path)["entries"] == [entry], 60, pause=0.5)
    page = tmp_path / "report.html"
    assert first.name in page.read_text("utf-8")
    assert page.stat().st_mode & 0o077 == 0
    letter = tmp_path / "statement.txt"
    letter.write_text("我从未申请过这笔贷款。")
    said = third.cli.ok("blacklist", "desk", "dispute", entry, "--file", letter)
    assert (said["disputes"], said["state"]) == (True, "recorded")
    until(lambda: first.cli.ok("blacklist", "desk", "disputes")[0]["statement_here"], 150, pause=1)
    (waiting,) = second.cli.ok("blacklist", "desk", "disputes")
    assert (waiting["entry"], waiting["own"], waiting["days_left"]) == (entry, False, 20)
    assert waiting["reporter"] == first.cli.ok("blacklist", "entry", entry)["reporter_name"]
    early = third.cli.run("blacklist", "desk", "answer", entry)
    assert early.code != 0
    answer = leaf_of(first, tmp_path, "we looked at it again")
    assert first.cli.run("blacklist", "decide", entry, "upheld", "--answer", answer).code == 0
    until(lambda: third.cli.ok("blacklist", "desk", "disputes") == [], 60, pause=0.5)
    found = third.cli.ok("blacklist", "desk", "answer", entry)
    assert (found["decision"], found["in_time"], found["reasons"]) == ("upheld", True, answer)
    assert found["letter"].index("维持") < found["letter"].index("upheld")


def test_a_request_for_deletion_ends_an_entry(
    banks_with_key: list[Institution], tmp_path: Path
) -> None:
    first = banks_with_key[0]
    entry = list_person(first, tmp_path, PERSON)
    letter = tmp_path / "letter.txt"
    letter.write_text("请删除关于我的登记。")
    asked = first.cli.ok(
        "blacklist", "desk", "request", "deletion", "id", "--entry", entry,
        "--identifier-file", identifier_file(tmp_path, PERSON), "--file", letter,
    )  # fmt: skip
    assert first.cli.ok("blacklist", "desk", "requests")[0]["days_left"] == 20
    answer = leaf_of(first, tmp_path, "granted")
    done = first.cli.run(
        "blacklist", "desk", "settle", asked["request"], "granted", "--answer", answer
    )
    assert done.code == 0, done.err
    until(
        lambda: first.cli.ok("blacklist", "entry", entry)["standing"] == "withdrawn", 60, pause=0.5
    )
    assert first.cli.ok("blacklist", "desk", "requests") == []
