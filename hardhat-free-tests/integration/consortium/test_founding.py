"""Three institutions found a consortium: nothing is deployed before all have signed."""

from pathlib import Path

import pytest
from harness.founders import found_together
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
