"""A list that was kept in clear, brought in: asked for, waiting for its notice, or rejected."""

import csv
from itertools import count
from pathlib import Path

import pytest
from harness.desk_members import NodeBanks
from harness.entry_members import facts, specimen
from harness.people import SHELL

from ledger.errors import RefusedError
from node.blacklist.importing import BACKLOG, COLUMNS, bring_in, read_list, write_files
from node.release_kinds import LISTING

GOOD, UNTOLD, RECENT, WRONG = (specimen(each) for each in (1, 2, 3, 4))


_number = count()


def row_of(desks: NodeBanks, raw: str, **changed: str) -> dict[str, str]:
    raw_number = f"{raw} {next(_number)}"
    said = facts(desks.today()).to_json()
    assert isinstance(said, dict)
    named = {
        "evidence": desks.sealed(0, f"evidence {raw_number}", "valuation_report").hex(),
        "basis_evidence": desks.sealed(0, f"consent {raw_number}").hex(),
        "notice": desks.sealed(0, f"notice {raw_number}").hex(),
    }
    texts = {name: str(value or "") for name, value in said.items()}
    row = {"type": "id", "identifier": raw, "issuer": "", "reason": "old list"}
    proofs = " ".join(facts(desks.today()).proofs)
    return {**texts, **named, **row, "proofs": proofs, **changed}


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.DictWriter(opened, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_each_row_is_asked_for_or_waits_for_its_notice_or_is_rejected(
    desks: NodeBanks, tmp_path: Path
) -> None:
    rows = [
        row_of(desks, GOOD),
        row_of(desks, UNTOLD, notice="", notified_on=""),
        row_of(desks, RECENT, notified_on=desks.today().isoformat()),
        row_of(desks, WRONG[:-1] + ("0" if WRONG[-1] != "0" else "1")),
        row_of(desks, WRONG, ground="gossip"),
        row_of(desks, WRONG, notice="", proofs=""),
        row_of(desks, WRONG, reason=""),
    ]
    file = write(tmp_path / "list.csv", rows)
    done = bring_in(desks.entries(0), read_list(file), SHELL)
    (asked,) = done.asked
    (release,) = desks.node(0).identity.releases.list("open", kind=LISTING)
    assert (asked.line, release.subject, release.release_id) == (2, asked.entry, asked.release)
    assert [error.code for _, error in done.rejected] == [
        "identifier-check-digit", "statement-form", "listing-notice-missing", "release-form",
    ]  # fmt: skip
    backlog, rejected = write_files(done, tmp_path, "list")
    assert [each.stat().st_mode & 0o777 for each in (backlog, rejected)] == [0o600, 0o600]
    with backlog.open(encoding="utf-8", newline="") as opened:
        waiting = list(csv.DictReader(opened))
    assert [each["identifier"] for each in waiting] == [UNTOLD, RECENT]
    assert (waiting[0]["possible_from"], waiting[1]["possible_from"] != "") == ("", True)
    assert WRONG not in rejected.read_text("utf-8")
    desks.move(days=16)
    again = bring_in(desks.entries(0), read_list(backlog), SHELL)
    assert (len(again.asked), len(again.backlog), again.rejected) == (1, 1, [])


def test_a_list_without_a_column_is_refused_whole(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(",".join(each for each in BACKLOG if each != "basis"), "utf-8")
    with pytest.raises(RefusedError, match="screening-column-missing"):
        read_list(file)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RefusedError, match="screening-file-encoding"):
        read_list(file)
