"""Suspension takes effect at the next block, a reinstatement ends it, and what left stays verifiable."""

import json
from pathlib import Path
from typing import Any

import pytest
from harness.founders import Institution, found_together
from integration.consortium.conftest import Make

pytestmark = [pytest.mark.anvil, pytest.mark.timeout(300)]


def test_a_suspended_member_stops_and_goes_on_once_it_is_reinstated(
    institution: Make, tmp_path: Path
) -> None:
    first, second, third = founders = [institution(number) for number in (1, 2, 3)]
    found_together(tmp_path, founders, threshold=2)
    before = third.seal_and_anchor(tmp_path, "before")
    number = first.ok("suspend", third.name)["proposal"]
    block = second.ok("vote", number)["block"]
    waiting = third.seal(tmp_path, "while-suspended")
    stopped = third.cli.run("anchor", "run", "--json")
    assert (stopped.code, "member-suspended" in stopped.err) == (11, True)
    assert "registry-not-active" in third.refused("suspend", first.name)
    assert third.ok("status")["status"] == "suspended"
    (trusted,) = [each for each in _trusted(first, tmp_path) if each["id"] == third.member]
    assert trusted["inactive"] == [{"since": block + 1, "until": None}]
    number = second.ok("reinstate", third.name)["proposal"]
    until = first.ok("vote", number)["block"]
    third.cli.anchor()
    (trusted,) = [each for each in _trusted(first, tmp_path) if each["id"] == third.member]
    assert trusted["inactive"] == [{"since": block + 1, "until": until - 1}]
    assert [third.verified(each, tmp_path) for each in (before, waiting)] == [0, 0]


def test_what_a_member_sealed_before_it_left_is_still_proved(
    institution: Make, tmp_path: Path
) -> None:
    first, _, third = founders = [institution(number) for number in (1, 2, 3)]
    found_together(tmp_path, founders, threshold=2)
    before = third.seal_and_anchor(tmp_path, "before")
    package = tmp_path / "package.zip"
    third.cli.ok("evidence", "export", before["id"], "-o", package)
    third.ok("leave", "--yes")
    stopped = third.cli.run("anchor", "run", "--json")
    assert (stopped.code, "member-left" in stopped.err) == (11, True)
    trust = tmp_path / "trust.json"
    first.cli.ok("trust", "export", "-o", trust)
    assert first.cli.run("verify", package, "--trust", trust).code == 0
    assert first.ok("status")["voters"] == 2


def _trusted(institution: Institution, folder: Path) -> list[dict[str, Any]]:
    file = folder / "seen.json"
    file.unlink(missing_ok=True)
    institution.cli.ok("trust", "export", "-o", file)
    members: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))["members"]
    return members
