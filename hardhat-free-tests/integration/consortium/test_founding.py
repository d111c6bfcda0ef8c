"""Three institutions found a consortium: nothing is deployed before all have signed."""

from pathlib import Path

import pytest
from harness.founders import begin_together, found_together
from integration.consortium.conftest import Make

from node.consortium.founding_file import read_founding_file

pytestmark = [pytest.mark.anvil, pytest.mark.timeout(180)]


def test_three_founders_sign_deploy_enter_and_anchor(institution: Make, tmp_path: Path) -> None:
    founders = [institution(number) for number in (1, 2, 3)]
    file = found_together(tmp_path, founders, threshold=2)
    found = founders[1].ok("status")
    assert (found["status"], found["threshold"], found["voters"]) == ("active", 2, 3)
    members = founders[2].ok("members")
    assert sorted(each["name"] for each in members) == [each.name for each in founders]
    assert {each["endpoint"] for each in members} == {each.endpoint for each in founders}
    assert read_founding_file(file.read_bytes()).missing == ()
    for number, each in enumerate(founders):
        receipt = each.seal_and_anchor(tmp_path, f"item-{number}")
        assert each.verified(receipt, tmp_path) == 0
    assert founders[0].ok("join", file)["admitted"]  # again: nothing changes


def test_nothing_is_deployed_or_entered_before_everybody_has_signed(
    institution: Make, tmp_path: Path
) -> None:
    first, second = founders = [institution(number) for number in (1, 2)]
    file = begin_together(tmp_path, founders, threshold=2)
    first.ok("sign", file)
    assert "founding-unsigned" in first.refused("found", file)
    assert "founding-unsigned" in second.refused("join", file)
    second.ok("sign", file)
    assert "founding-not-deployer" in second.refused("found", file)
    assert "contract-code" in second.refused("join", file)  # nothing stands there yet
    places = first.ok("found", file)
    assert first.ok("found", file) == places  # again: nothing is sent
    assert "consortium-not-joined" in second.refused("join")
    second.cli.environment = {
        "LIANZHENG_REGISTRY": places["registry"], "LIANZHENG_ANCHOR": places["anchor"]
    }  # fmt: skip
    assert second.ok("join")["admitted"]  # as where the contracts stand in the first block
    second.cli.environment = {}
    assert second.ok("join", file)["admitted"]


def test_nobody_enters_a_consortium_that_is_not_the_one_everybody_signed(
    institution: Make, tmp_path: Path
) -> None:
    first, second = founders = [institution(number) for number in (1, 2)]
    signed = begin_together(tmp_path, founders, threshold=2)
    (tmp_path / "other").mkdir()
    other = begin_together(tmp_path / "other", founders, threshold=1)
    for each in founders:
        each.ok("sign", signed)
        each.ok("sign", other)
    first.ok("found", other)  # another threshold, at the very same addresses
    assert "founding-differs" in second.refused("join", signed)
    assert second.cli.run("anchor", "run").code != 0


def test_an_observer_reads_and_neither_votes_nor_anchors(institution: Make, tmp_path: Path) -> None:
    member, watcher = institution(1), institution(2)
    file = begin_together(
        tmp_path, [member, watcher], threshold=1, roles={watcher.port: ("observer", "regulator")}
    )
    for each in (member, watcher):
        each.ok("sign", file)
    member.ok("found", file)
    for each in (member, watcher):
        each.ok("join", file)
    receipt = member.seal_and_anchor(tmp_path, "item")
    assert watcher.ok("status")["roles"] == ["observer", "regulator"]
    assert "registry-not-voter" in watcher.refused("suspend", member.name)
    stopped = watcher.cli.run("anchor", "run", "--json")
    assert "member-reads-only" in stopped.err
    package = tmp_path / "package.zip"
    member.cli.ok("evidence", "export", receipt["id"], "-o", package)
    watcher.cli.ok("trust", "export", "-o", tmp_path / "watched.json")
    assert watcher.cli.run("verify", package, "--trust", tmp_path / "watched.json").code == 0
