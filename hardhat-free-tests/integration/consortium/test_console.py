"""Members, proposals and votes in the console, on a real chain."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient
from harness.browsing import Console
from harness.founders import found_together
from harness.service import Api
from integration.consortium.conftest import Make

from node.api.application import create_app
from node.audit.trail import TrailQuery
from node.console.pages import add_console
from node.identity.permissions import Role
from node.service import serving

pytestmark = [pytest.mark.anvil, pytest.mark.timeout(300)]


def test_an_administrator_proposes_and_votes_and_others_only_look(
    institution: Make, tmp_path: Path
) -> None:
    first, second, third = founders = [institution(number) for number in (1, 2, 3)]
    found_together(tmp_path, founders, threshold=2)
    third_proposes = third.ok("suspend", second.name)["proposal"]
    with first.node() as node, serving(node, with_worker=False) as service:
        app = add_console(create_app(service), service)
        with TestClient(app, raise_server_exceptions=False) as client:
            ledger = cast("Any", SimpleNamespace(node=node))
            console = Console(Api(ledger, service, client))
            looks = console.signed_in(Role.SUPERVISOR)
            page = looks.get("/consortium").text
            assert "A proposal needs 2 of 3 votes" in page
            assert all(each.name in page for each in founders)
            assert "/vote" not in page
            governs = console.signed_in(Role.ADMINISTRATOR)
            assert f"/consortium/proposals/{third_proposes}/vote" in governs.get("/consortium").text
            asked = {"kind": "suspend-member", "subject": third.member}
            answer = governs.post("/consortium/proposals", asked)
            assert answer.headers["location"].endswith("ui-done-voted")
            path = "/consortium/proposals/2"
            assert governs.post(f"{path}/withdrawal", {}).status_code == 303
            assert governs.post(f"{path}/vote", {}).headers["location"].endswith("ui-done-voted")
            assert governs.post(f"{path}/vote", {}).status_code == 409  # voted already
            assert governs.post(f"{path}/execution", {}).status_code == 409  # one vote of two
            assert (
                governs.post("/consortium/proposals", {"kind": "set-threshold"}).status_code == 400
            )
            voted = governs.post(f"/consortium/proposals/{third_proposes}/vote", {})
            assert voted.headers["location"].endswith("ui-done-carried-out")
            assert "Propose reinstatement" in governs.get("/consortium").text
        entries = node.trail.page(TrailQuery(action="consortium.vote")).entries
        assert [each.entry.subject for each in entries] == [str(third_proposes), "2"]
