"""The commands of people, tokens, releases and the audit trail, as somebody at the shell runs them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import CliRunner
from harness.ledger import Ledger
from harness.people import PASSWORD, join, person, sign_in
from sqlalchemy import text

from ledger.errors import LedgerError, RefusedError
from node.cli.context import Context
from node.cli.main import cli
from node.identity.permissions import Permission, Role
from node.identity.releases import ReleaseKind
from node.wiring import Node


@pytest.fixture
def run(sqlite_ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command on the ledger's node; an error of ours is raised."""

    @contextmanager
    def node(_: Context) -> Iterator[Node]:
        yield sqlite_ledger.node

    monkeypatch.setattr(Context, "node", node)

    def call(*arguments: str, typed: str = "", code: int = 0) -> str:
        result = CliRunner().invoke(cli, list(arguments), input=typed)
        if isinstance(result.exception, LedgerError):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.stdout

    return call


def test_an_operator_is_invited_given_roles_and_disabled(sqlite_ledger: Ledger, run: Any) -> None:
    identity = sqlite_ledger.node.identity
    join(sqlite_ledger, "chief", Role.ADMINISTRATOR)
    address = json.loads(run("operator", "invite", "--role", "collector", "--json"))["link"]
    token = address.rpartition("/")[2]
    identity.invitations.accept(token, name="Ann", login="ann", password=PASSWORD)
    run("operator", "roles", "ann", "--role", "auditor", "--role", "collector")
    ann = next(
        each for each in json.loads(run("operator", "list", "--json")) if each["login"] == "ann"
    )
    assert ann["roles"] == ["auditor", "collector"]
    assert "ann" in run("operator", "list")
    run("operator", "disable", "ann")
    with pytest.raises(LedgerError):
        sign_in(identity, "ann")
    run("operator", "disable", "ann", "--enable")
    reset = run("operator", "invite", "--reset", "ann", "--url", "https://console.example")
    token = "".join(reset.split()).rpartition("/")[2]
    identity.invitations.accept_reset(token, password="quiet river under stars")
    with pytest.raises(RefusedError):
        run("operator", "disable", "chief")


def test_a_token_is_made_listed_and_revoked(sqlite_ledger: Ledger, run: Any) -> None:
    join(sqlite_ledger, "ann", Role.COLLECTOR)
    made = json.loads(
        run(
            "token",
            "create",
            "--operator",
            "ann",
            "--label",
            "drop",
            "--scope",
            "evidence:seal",
            "--json",
        )
    )
    authenticator = sqlite_ledger.node.identity.authenticator
    assert authenticator.by_token(made["token"]).permissions == {Permission.EVIDENCE_SEAL}
    (listed,) = json.loads(run("token", "list", "--json"))
    assert "token" not in listed
    assert "ann" in run("token", "list")
    run("token", "revoke", made["id"])
    with pytest.raises(LedgerError):
        authenticator.by_token(made["token"])


def test_a_release_is_approved_by_somebody_who_signs_in(sqlite_ledger: Ledger, run: Any) -> None:
    releases = sqlite_ledger.node.identity.releases
    releases.register("test", ReleaseKind(Permission.ERASURE_REQUEST, lambda _: None))
    ann = person(sqlite_ledger, "ann", Role.COMPLIANCE)
    join(sqlite_ledger, "bob", Role.SUPERVISOR)
    names = [
        releases.request(ann.principal, kind="test", subject="e1", reason="asked").release_id
        for _ in range(2)
    ]
    with pytest.raises(LedgerError):
        run(
            "release",
            "approve",
            names[0],
            "--login",
            "bob",
            "--reason",
            "ok",
            typed="wrong password\n",
        )
    typed = PASSWORD + "\n"
    done = run(
        "release", "approve", names[0], "--login", "bob", "--reason", "ok", "--json", typed=typed
    )
    assert json.loads(done)["state"] == "approved"
    run("release", "refuse", names[1], "--login", "bob", "--reason", "no", typed=typed)
    listed = json.loads(run("release", "list", "--json"))
    assert {each["state"] for each in listed} == {"approved", "refused"}
    assert "已拒绝" in run("release", "list", "--state", "refused")


def test_the_trail_is_listed_sealed_and_checked(sqlite_ledger: Ledger, run: Any) -> None:
    assert json.loads(run("audit", "seal", "--json")) is None
    join(sqlite_ledger, "ann", Role.COLLECTOR)
    page = json.loads(run("audit", "list", "--limit", "1", "--json"))
    assert page["before"] == page["entries"][0]["seq"] == 2
    assert page["entries"][0]["action"] == "operator.join"
    assert "--before 2" in run("audit", "list", "--limit", "1")
    sealed = json.loads(run("audit", "seal", "--json"))
    assert (sealed["first"], sealed["last"]) == (1, 2)
    assert json.loads(run("audit", "check", "--json")) == {
        "entries": 2, "sealed": 2, "anchored": 0, "problems": [],
    }  # fmt: skip
    with sqlite_ledger.node.database.write() as connection:
        connection.execute(text("DELETE FROM audit_entry WHERE seq = 1"))
    assert "条目缺失" in run("audit", "check", code=14)
