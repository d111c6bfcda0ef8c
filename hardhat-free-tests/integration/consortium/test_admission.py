"""A fourth institution applies at one member's node over HTTP; the others hear of it, and vote."""

import json
from pathlib import Path
from typing import Any

import pytest
from harness.founders import Institution, found_together
from harness.serving import serving
from integration.consortium.conftest import Make

from node.consortium.applications import make_application
from node.consortium.travelling import travel

pytestmark = [pytest.mark.anvil, pytest.mark.timeout(300)]


def test_an_applicant_is_admitted_by_vote_and_its_node_configures_itself(
    institution: Make, tmp_path: Path
) -> None:
    first, second, third = founders = [institution(number) for number in (1, 2, 3)]
    found_together(tmp_path, founders, threshold=2)
    newcomer = institution(4)
    with serving(first.cli) as served:
        assert served.ask("GET", "/v1/consortium")[1]["threshold"] == 2
        applied = newcomer.ok("join", "--contact", served.address)
        assert applied["admitted"] is False
        first.cli.ok("consortium", "endpoint", served.address)
        with second.node() as node:
            travelled = travel(node)
        assert travelled.taken == 1
        assert len(travelled.silent) == 1  # the third does not serve
        (heard,) = second.ok("status")["applications"]
        assert (heard["name"], heard["source"]) == (newcomer.name, served.address)
        proposal = second.ok("admit", newcomer.name)["proposal"]
        assert third.ok("vote", str(proposal))["executed"] == [proposal]
        entered = newcomer.ok("join", "--contact", served.address)
        assert entered["admitted"]
        _refuse_what_does_not_hold(served, newcomer)
    assert newcomer.verified(newcomer.seal_and_anchor(tmp_path, "first"), tmp_path) == 0
    with second.node() as node:
        travel(node)
    assert second.ok("status")["applications"] == []
    names = {each["name"]: each["status"] for each in second.ok("members")}
    assert names[newcomer.name] == "active"


def _refuse_what_does_not_hold(served: Any, newcomer: Institution) -> None:
    """A member needs no application, a changed one is refused, and so is one that is too long."""
    with newcomer.node() as node:
        application = make_application(
            node,
            chain_id=node.settings.chain_id,
            registry=bytes.fromhex(node.settings.registry or ""),
        ).to_json()
    path = "/v1/consortium/applications"
    status, problem = served.ask("POST", path, application)
    assert (status, problem["code"]) == (409, "application-of-a-member")
    changed = json.loads(json.dumps(application))
    changed["card"]["name"] = "别家银行"
    status, problem = served.ask("POST", path, changed)
    assert (status, problem["code"]) == (400, "consortium-signature")
    assert served.ask("POST", path, body=b"[" * 100_000)[0] in (400, 413)
