"""In production some commands take two persons: an approved release, used once, for just what it says."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from harness.ledger import Ledger
from harness.people import PASSWORD
from harness.signing_service import TOKEN, WrappingService

from ledger.errors import LedgerError, UnavailableError
from node.cli.main import cli
from node.identity.people import Release
from node.identity.permissions import Role
from node.identity.service import command_principal
from node.release_kinds import register
from node.settings import write_settings
from node.wiring import Node, open_node

Run = Callable[..., str]
SHELL = command_principal("tester")


@pytest.fixture
def home(sqlite_ledger: Ledger) -> Path:
    """The home of a node in production."""
    write_settings(sqlite_ledger.home, {"production": True, "chain_kind": "qbft-header"})
    return sqlite_ledger.home


@pytest.fixture
def run(home: Path) -> Run:
    """Runs a command there; an error of ours is raised."""

    def call(*arguments: str) -> str:
        result = CliRunner().invoke(cli, ["--home", str(home), *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    return call


def refused(run: Run, *arguments: str) -> str:
    with pytest.raises(LedgerError) as caught:
        run(*arguments)
    return caught.value.code


def principals(node: Node) -> Mapping[str, Any]:
    found = {}
    for login, role in (
        ("chief", Role.ADMINISTRATOR),
        ("carol", Role.COMPLIANCE),
        ("dave", Role.SUPERVISOR),
    ):
        identity = node.identity
        if login not in {each.login for each in identity.operators.list()}:
            token = identity.invitations.invite([role], by=SHELL)
            identity.invitations.accept(token, name=login, login=login, password=PASSWORD)
        found[login] = identity.login.verify_person(login, PASSWORD, code=None, source="test")
    return found


def approved(home: Path, kind: str, subject: str, by: str = "chief") -> str:
    """Ask for a release and have it approved."""
    with open_node(home) as node:
        people, releases = principals(node), register(node)
        made = releases.request(people[by], kind=kind, subject=subject, reason="planned")
        releases.decide(made.release_id, people["dave"], approve=True, reason="checked")
    return made.release_id


def found(home: Path, release_id: str) -> Release:
    with open_node(home) as node:
        return node.identity.releases.get(release_id)


def test_the_master_key_is_changed_under_its_release_and_only_once(home: Path, run: Run) -> None:
    assert refused(run, "key", "rotate-master") == "release-needed"
    other = approved(home, "key-change", "wrap-master")
    assert refused(run, "key", "rotate-master", "--release", other) == "release-other"
    release = approved(home, "key-change", "rotate-master")
    before = json.loads(run("key", "status", "--json"))["master_key"]
    assert json.loads(run("key", "rotate-master", "--release", release, "--json"))["promoted"]
    assert json.loads(run("key", "status", "--json"))["master_key"] != before
    assert found(home, release).state == "done"
    assert refused(run, "key", "rotate-master", "--release", release) == "release-state"
    assert found(home, other).state == "approved"


def test_what_nobody_approved_is_not_carried_out(home: Path, run: Run) -> None:
    with open_node(home) as node:
        people, releases = principals(node), register(node)
        asked = {"kind": "key-change", "subject": "rotate-master", "reason": "planned"}
        made = releases.request(people["chief"], **asked)
        with pytest.raises(LedgerError, match="not-permitted"):
            releases.request(people["carol"], **asked)
        with pytest.raises(LedgerError, match="release-form"):
            releases.request(people["chief"], kind="key-change", subject="x", reason="r")
    assert refused(run, "key", "rotate-master", "--release", made.release_id) == "release-state"
    with open_node(home) as node:
        releases = register(node)
        releases.decide(made.release_id, people["dave"], approve=True, reason="checked")
        with pytest.raises(LedgerError, match="release-at-shell"):
            releases.execute(made.release_id, people["chief"])
    assert found(home, made.release_id).state == "approved"


def test_a_change_that_was_cut_short_goes_on_under_the_same_release(
    home: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = approved(home, "key-change", "rotate-master")
    arguments = ("key", "rotate-master", "--release", release)
    with monkeypatch.context() as broken:

        def unavailable(*_: object, **__: object) -> None:
            raise UnavailableError("database-unavailable", detail="test")

        broken.setattr("ledger.keys.rewrapping.Rewrapper.move", unavailable)
        assert refused(run, *arguments) == "database-unavailable"
    assert found(home, release).state == "claimed"
    with monkeypatch.context() as broken:
        broken.setattr("ledger.keys.rewrapping.Rewrapper.move", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(*arguments)
    run(*arguments)
    assert found(home, release).state == "done"


def test_the_key_is_wrapped_under_its_release_and_a_failure_is_kept(home: Path, run: Run) -> None:
    assert refused(run, "key", "wrap") == "release-needed"
    release = approved(home, "key-change", "wrap-master")
    assert refused(run, "key", "wrap", "--release", release) == "master-key-kms-missing"
    assert found(home, release).state == "failed"
    release = approved(home, "key-change", "wrap-master")
    with WrappingService() as service:
        (home / "token").write_text(TOKEN)
        address = {"master_key_kms_url": service.decrypt_url, "master_key_kms_token_file": "token"}
        write_settings(home, {**address})
        run("key", "wrap", "--remove", "--release", release)
        assert found(home, release).state == "done"
        assert not (home / "keys" / "master.key").exists()


def test_an_erasure_at_the_shell_takes_the_release_of_its_item(
    sqlite_ledger: Ledger, home: Path, run: Run
) -> None:
    first, second = (sqlite_ledger.seal(b"%d" % n * 6000).leaf_hash.hex() for n in range(2))
    erase = ("evidence", "erase", first, "--reason", "asked by the person")
    assert refused(run, *erase) == "release-needed"
    other = approved(home, "erasure", second, by="carol")
    assert refused(run, *erase, "--release", other) == "release-other"
    release = approved(home, "erasure", first, by="carol")
    run(*erase, "--release", release)
    assert found(home, release).state == "done"
    assert json.loads(run("evidence", "status", first, "--json"))["erased"] is True
    assert json.loads(run("evidence", "status", second, "--json"))["erased"] is False


def test_retention_periods_count_once_they_are_released(home: Path, run: Run) -> None:
    run("evidence", "due")
    table = '\n[retention]\ncall_recording = "{}"\n'
    text = (home / "lianzheng.toml").read_text("utf-8")
    (home / "lianzheng.toml").write_text(text + table.format("5y"), "utf-8")
    assert refused(run, "evidence", "due") == "retention-not-released"
    release = approved(home, "rule-change", "retention")
    assert found(home, release).details == {"call_recording": "5y"}
    with open_node(home) as node:
        register(node).execute(release, principals(node)["chief"])
    assert json.loads(run("evidence", "due", "--json")) == {"items": [], "after": None}
    later = approved(home, "rule-change", "retention")
    (home / "lianzheng.toml").write_text(text + table.format("1d"), "utf-8")
    assert refused(run, "evidence", "due") == "retention-not-released"
    with open_node(home) as node, pytest.raises(LedgerError, match="release-rules-differ"):
        register(node).execute(later, principals(node)["chief"])
    assert found(home, later).state == "failed"
    (home / "lianzheng.toml").write_text(text + table.format("5y"), "utf-8")
    run("evidence", "due")
