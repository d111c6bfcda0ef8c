"""Three banks watch each other: cosignatures in packages, a bank that is away, and one that cheats."""

import http.client
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from banks.cheating import cheating
from harness.founders import Institution, found_together, make_institution
from harness.people import PASSWORD, sign_in
from harness.rpc_node import until
from harness.serving import Served, make_token, until_anchored

from ledger.primitives.merkle import leaf_hash
from ledger.proof.report import ExitCode
from ledger.services import gathering
from ledger.store import anchors
from node.identity.permissions import Principal, Role
from node.identity.service import command_principal
from node.release_kinds import register
from node.wiring import Node

pytestmark = pytest.mark.anvil


def until_true(condition: Callable[[], object], seconds: float = 60.0) -> object:
    return until(condition, seconds, pause=0.3)


def _serve(bank: Institution) -> Served:
    cli = replace(bank.cli, inside=False)
    process = cli.start("serve", "--json-logs")
    return Served(cli, bank.port, process)


@contextmanager
def _serving(banks: Sequence[Institution]) -> Iterator[list[Served]]:
    with ExitStack() as ending:
        served = []
        for bank in banks:
            served.append(_serve(bank))
            ending.callback(served[-1].stop)
        for each in served:
            each.until_answering(60)
        yield served


def _seal(served: Served, token: str, text: str) -> str:
    value = {"kind": "promise_to_pay", "fields": {"text": text}}
    status, answer = served.ask("POST", "/v1/evidence", value, token=token)
    assert status == http.client.CREATED, answer
    until_anchored(served, token, [answer["id"]])
    return str(answer["id"])


def _peers(bank: Institution) -> dict[str, Any]:
    return {each["name"]: each for each in bank.cli.ok("peer", "status")}


def _alarms(bank: Institution) -> list[Any]:
    found: list[Any] = bank.cli.ok("peer", "alarms")
    return found


def test_banks_cosign_each_other_and_convict_the_one_that_cheats(
    banks: list[Institution], tmp_path: Path
) -> None:
    first, second, third = banks
    token = make_token(first.cli)
    with _serving(banks) as served:
        sealed = _seal(served[0], token, "first")
        second_token = make_token(second.cli)
        _seal(served[1], second_token, "of the second")

        def cosigned() -> bool:
            found = _peers(first)
            mirrored = found[second.name]["mirrored"]
            return bool(mirrored) and all(each["cosigned"] for each in found.values())

        until_true(cosigned)
        later = _seal(served[0], token, "second")
        until_true(lambda: min(each["cosigned"] for each in _peers(first).values()) >= 2)
        trust, package = tmp_path / "trust.json", tmp_path / "package.zip"
        first.cli.ok("trust", "export", "-o", trust)
        first.cli.ok("evidence", "export", later, "-o", package)
        report = first.cli.run("verify", package, "--trust", trust, "--json")
        assert report.code == ExitCode.PROVED.value, report.out
        found = {each["check"]: each["verdict"] for each in report.json["checks"]}
        assert found["V8"] == "proved"
        assert sealed != later

        # The second bank goes, and in its place stands another history, signed with its key.
        served[1].stop()
        with second.node() as node:
            signer, origin = node.log_key, node.log.checkpoint_origin
            hashes = [leaf_hash(f"another story {at}".encode()) for at in range(600)]
            with cheating(second.port, signer, origin, hashes):
                for bank in (first, third):
                    until_true(lambda bank=bank: [a for a in _alarms(bank) if a["evidence_id"]])
    for bank in (first, third):
        (alarm,) = [each for each in _alarms(bank) if each["proof"]]
        assert (alarm["code"], alarm["name"]) == ("peer-two-histories", second.name)
        proof = tmp_path / f"proof-{bank.port}.json"
        bank.cli.run("peer", "proof", str(alarm["alarm_id"]), "-o", proof)
        shown = third.cli.ok("peer", "check", proof, "--trust", trust)
        assert (shown["kind"], shown["origin"]) == ("two-histories", origin)
        data = bytearray(proof.read_bytes())
        at = data.index(b'"path":["') + 12
        data[at] ^= 1
        proof.write_bytes(data)
        assert third.cli.run("peer", "check", proof, "--trust", trust).code in {1, 2}


@pytest.mark.soak
def test_a_bank_that_is_away_stops_nobody_and_catches_up(banks: list[Institution]) -> None:
    first, _, third = banks
    token = make_token(first.cli)
    with _serving(banks[:2]) as served:
        for text in ("a", "b"):
            _seal(served[0], token, text)
        until_true(lambda: (_peers(first)[banks[1].name]["cosigned"] or 0) >= 2)
        assert _peers(first)[third.name]["cosigned"] is None
        with _serving([third]):
            until_true(lambda: (_peers(first)[third.name]["cosigned"] or 0) >= 2)
            until_true(lambda: _peers(third)[first.name]["mirrored"] >= 2)


def test_a_court_gets_the_package_that_it_asks_for_only_after_two_persons_released_it(
    chain_url: str, tmp_path: Path
) -> None:
    banks = [
        make_institution(tmp_path, chain_url, at, origin="lianzheng.example/court-case")
        for at in range(2)
    ]
    roles = {banks[1].port: ("member", "court", "regulator")}
    found_together(tmp_path, banks, threshold=1, roles=roles)
    bank, court = banks
    token = make_token(bank.cli)
    with _serving([bank]) as served:
        sealed = _seal(served[0], token, "asked for by a court")
        refused = bank.cli.run("peer", "ask-package", court.name, sealed, "--reason", "x", "--json")
        assert refused.code != 0
        asked = court.cli.ok(
            "peer", "ask-package", bank.name, sealed, "--reason", "(2026)京01民初17号"
        )
        assert asked["state"] == "open"
        package = tmp_path / "package.zip"
        fetch = ("peer", "fetch-package", bank.name, asked["id"], "-o", package, "--json")
        assert court.cli.run(*fetch).code == 13
        assert not package.exists()
        with bank.node() as node:
            releases = register(node)
            people = [_person(node, login, role) for login, role in _PEOPLE]
            supervisor, liaison = people
            releases.decide(asked["id"], supervisor, approve=True, reason="court order seen")
            assert court.cli.run(*fetch).code == 13
            assert releases.execute(asked["id"], liaison).state == "done"
        court.cli.ok(*fetch[:-1])
        trust = tmp_path / "trust.json"
        court.cli.ok("trust", "export", "-o", trust)
        report = court.cli.run("verify", package, "--trust", trust, "--json").json
        assert {each["verdict"] for each in report["checks"] if each["check"] in _SURE} == {
            "proved"
        }
        counts = court.cli.ok("peer", "statistics", bank.name)
        assert counts["by_kind"]["promise_to_pay"] == 1
        assert not any("李" in str(value) for value in counts.values())


_PEOPLE = (("supervisor", Role.SUPERVISOR), ("liaison", Role.COURT_LIAISON))
_SURE = {"V1", "V2", "V4", "V6", "V7", "V9", "V11"}


def _person(node: Node, login: str, role: Role) -> Principal:
    people = node.identity
    invitation = people.invitations.invite([role], by=command_principal("test"))
    people.invitations.accept(invitation, name=login, login=login, password=PASSWORD)
    return sign_in(people, login).principal


def test_a_bank_whose_disk_was_lost_gets_its_log_back_from_the_mirrors(
    banks: list[Institution], tmp_path: Path
) -> None:
    bank, other, _ = banks
    token, old = make_token(bank.cli), tmp_path / "old"
    with _serving([other]):
        with _serving([bank]) as served:
            kept = _seal(served[0], token, "before the backup")
        shutil.copytree(bank.cli.home, old)
        with _serving([bank]) as served:
            lost = [_seal(served[0], token, text) for text in ("lost", "lost too")]
            size = bank.cli.ok("log", "checkpoint")["size"]
            until_true(lambda: _peers(other)[bank.name]["mirrored"] >= size)
        shutil.rmtree(bank.cli.home)
        shutil.copytree(old, bank.cli.home)
        assert "log-behind-chain" in bank.cli.run("anchor", "run", "--json").err
        done = bank.cli.ok("log", "recover", "--yes")
        assert done["after"] >= size
        # What the node itself sealed may have waited in the backup: it gets its place back.
        assert len(done["lost"]) + done["placed"] == done["after"] - done["before"]
        assert len(done["lost"]) >= len(lost)
        again = bank.cli.run("log", "recover", "--yes", "--json")
        assert "recover-nothing" in again.err
    report = bank.cli.ok("log", "audit")
    assert report["problems"] == []
    assert report["compared_with_chain"]
    assert [each["code"] for each in report["findings"]] == ["audit-lost"] * len(done["lost"])
    # It has the whole log again, and still watches whether the lost copy lives before it goes on.
    assert "lease-watching" in bank.cli.run("anchor", "run", "--json").err
    with bank.node() as node, node.database.read() as connection:
        held = anchors.covering(connection, 0, done["after"] - 1)
        assert held is not None
        assert gathering.find_anchored(connection, bytes.fromhex(kept), 0).proof
