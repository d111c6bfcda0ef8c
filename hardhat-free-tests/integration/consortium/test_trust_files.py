"""Three banks agree on the trust file: collected, signed by hand, refused where it is not true."""

import http.client
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from harness.commands import ROOT
from harness.founders import Institution, found_together, make_institution
from harness.serving import Served
from integration.consortium.conftest import Make

from ledger.chain.registry import read_members
from ledger.chain.validator_sets import read_validator_sets
from ledger.proof.trust import read_trust
from ledger.proof.trusted_chain import ValidatorSet
from node.settings import write_settings

pytestmark = [pytest.mark.anvil, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def banks(chain_url: str, tmp_path_factory: pytest.TempPathFactory) -> list[Institution]:
    """Three banks of a consortium whose trust files need two signatures."""
    folder = tmp_path_factory.mktemp("banks")
    origin = "lianzheng.example/trust-files"
    found = [make_institution(folder, chain_url, number, origin=origin) for number in (1, 2, 3)]
    for each in found:
        # Several on a chain of one operator need no signatures by default.
        write_settings(each.cli.home, {"chain_kind": "ethereum"})
    found_together(folder, found, threshold=2)
    return found


@pytest.fixture
def ending() -> Iterator[ExitStack]:
    """What a test changed in the homes that all share."""
    with ExitStack() as found:
        yield found


@contextmanager
def _serving(banks: Sequence[Institution]) -> Iterator[list[Served]]:
    with ExitStack() as ending:
        served = []
        for bank in banks:
            process = replace(bank.cli, inside=False).start("serve", "--json-logs")
            served.append(Served(bank.cli, bank.port, process))
            ending.callback(served[-1].stop)
        for each in served:
            each.until_answering(60)
        yield served


def _court(package: Path, trust: Path, *more: str | Path) -> tuple[int, Any, str]:
    """Run the court's own tool, without site packages."""
    build = [sys.executable, ROOT / "scripts" / "build_verifier.py"]
    subprocess.run(build, check=True, capture_output=True)
    tool = ROOT / "build" / "verify.pyz"
    done = subprocess.run(
        [sys.executable, "-I", "-S", tool, package, "--trust", trust, "--json", *more],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def test_the_members_sign_one_file_and_the_court_counts_them(
    banks: list[Institution], tmp_path: Path
) -> None:
    first, second, third = banks
    trust, package = tmp_path / "signed.json", tmp_path / "package.zip"
    receipt = first.seal_and_anchor(tmp_path, "sealed")
    first.cli.ok("evidence", "export", receipt["id"], "-o", package)
    with _serving([second]) as (served,):
        found = first.cli.ok("trust", "collect", "-o", trust)
        assert sorted(found["signers"]) == [first.name, second.name]
        assert found["missing"][third.name].startswith("peer-unavailable")
        assert served.ask("GET", "/v1/trust")[1] == json.loads(trust.read_text("utf-8"))
        now = served.ask("GET", "/v1/trust?now=true")[1]
        assert ("signatures" in now, now["policy"]["trust_quorum"]) == (False, 2)
    third.cli.ok("trust", "sign", trust)
    shown = third.cli.ok("trust", "show", trust)
    assert (len(shown["signers"]), shown["missing"], shown["reached"]) == (3, {}, True)
    code, report, _ = _court(package, trust, "--accept-unsigned-trust")
    signing = report["trust_signing"]
    assert (len(signing["signers"]), signing["members"], signing["reached"]) == (3, 3, True)
    assert report["trust_fingerprint"] == found["fingerprint"]
    # Nobody cosigned this package: V8 is what is left to prove, and signatures do not change that.
    assert (code, [c["check"] for c in report["checks"] if c["verdict"] == "refuted"]) == (3, [])
    _changes_are_noticed(package, trust, tmp_path)
    _unsigned_is_refused(first, package, tmp_path)
    _a_later_file_follows(first, second, package, trust)


def _changes_are_noticed(package: Path, trust: Path, folder: Path) -> None:
    value = json.loads(trust.read_text("utf-8"))
    value["policy"]["required"].remove("V8")
    changed = folder / "changed.json"
    changed.write_text(json.dumps(value), "utf-8")
    code, _, said = _court(package, changed, "--accept-unsigned-trust", "--lang", "en")
    assert (code, "does not hold" in said) == (2, True)
    value["signatures"] = []
    changed.write_text(json.dumps(value), "utf-8")
    assert _court(package, changed)[0] == 2


def _unsigned_is_refused(bank: Institution, package: Path, folder: Path) -> None:
    unsigned = folder / "unsigned.json"
    bank.cli.ok("trust", "export", "-o", unsigned)
    assert _court(package, unsigned)[0] == 2
    code, report, _ = _court(package, unsigned, "--accept-unsigned-trust")
    assert (code, report["trust_signing"]["reached"]) == (3, False)


def _a_later_file_follows(
    first: Institution, second: Institution, package: Path, old: Path
) -> None:
    later = old.with_name("later.json")
    first.cli.ok("trust", "export", "--draft", "-o", later)
    first.cli.ok("trust", "sign", later)
    assert _court(package, later, "--accept-unsigned-trust", "--previous", old)[0] == 2
    second.cli.ok("trust", "sign", later)
    code, report, _ = _court(package, later, "--previous", old)
    assert code == 3
    assert report["trust_signing"]["previous"] == read_trust(old.read_bytes()).fingerprint


def test_copies_that_were_signed_apart_are_put_together(
    banks: list[Institution], tmp_path: Path
) -> None:
    first, second, third = banks
    mine, theirs = tmp_path / "mine.json", tmp_path / "theirs.json"
    first.cli.ok("trust", "export", "--draft", "-o", mine)
    theirs.write_bytes(mine.read_bytes())
    assert first.cli.ok("trust", "sign", mine)["reached"] is False
    second.cli.ok("trust", "sign", theirs)
    found = third.cli.ok("trust", "sign", mine, "--merge", theirs)
    assert sorted(found["signers"]) == sorted(each.name for each in banks)
    other = tmp_path / "other.json"
    second.cli.ok("trust", "export", "--draft", "-o", other)
    refused = third.cli.run("trust", "sign", mine, "--merge", other)
    assert (refused.code, "trust-other-file" in refused.err) == (11, True)


def _second_key(value: dict[str, Any]) -> None:
    value["members"][0]["keys"][0]["key"] = "77" * 32


CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "chain.chain_id": lambda v: v["chain"].update(id=1),
    "chain.genesis": lambda v: v["chain"].update(genesis="00" * 32),
    "chain.kind": lambda v: v["chain"].update(kind="dev"),
    "contracts": lambda v: v["contracts"]["EvidenceAnchor"].update(code_hash="00" * 32),
    "members: ": lambda v: v["members"].append({**v["members"][0], "id": "77" * 32}),
    "members.name: ": lambda v: v["members"][1].update(name="假银行"),
    "members.keys: ": _second_key,
    "members.roles: ": lambda v: v["members"][1].update(roles=["observer"]),
    "members.inactive: ": lambda v: v["members"][2].update(inactive=[{"since": 1, "until": 1}]),
    "timestamp_roots": lambda v: v["timestamp_roots"].append("30"),
    "policy.required: V12": lambda v: v["policy"]["required"].remove("V12"),
    "policy.cosignature_quorum": lambda v: v["policy"].update(cosignature_quorum=0),
    "policy.trust_quorum": lambda v: v["policy"].update(trust_quorum=1),
    "policy.grace_blocks": lambda v: v["policy"].update(grace_blocks=10**6),
    "height": lambda v: v.update(height=10**6),
    "made_at": lambda v: v.update(made_at="2126-11-20T02:10:45.000Z"),
}


def test_a_node_signs_nothing_that_differs_from_its_own_view(
    banks: list[Institution], tmp_path: Path
) -> None:
    first, second, _ = banks
    file = tmp_path / "draft.json"
    first.cli.ok("trust", "export", "--draft", "-o", file)
    draft = file.read_text("utf-8")
    for what, change in CHANGES.items():
        value = json.loads(draft)
        change(value)
        file.write_text(json.dumps(value), "utf-8")
        refused = second.cli.run("trust", "sign", file, "--json")
        assert refused.code == 11, what
        assert f"与本节点在链上所见不符：{what}" in refused.err, refused.err
    stricter = json.loads(draft)
    stricter["policy"] |= {"trust_quorum": 3, "cosignature_quorum": 2, "grace_blocks": 1}
    stricter["policy"]["required"] += ["V13", "V15"]
    file.write_text(json.dumps(stricter), "utf-8")
    assert second.cli.ok("trust", "sign", file)["signers"] == [second.name]


def test_a_node_that_sees_something_else_refuses_over_the_network(
    banks: list[Institution], tmp_path: Path, ending: ExitStack
) -> None:
    first, second, third = banks
    write_settings(second.cli.home, {"chain_curve": "secp256r1"})
    ending.callback(write_settings, second.cli.home, {"chain_curve": "secp256k1"})
    trust = tmp_path / "trust.json"
    with _serving([second, third]) as (_, served):
        found = first.cli.ok("trust", "collect", "-o", trust)
        assert found["missing"] == {second.name: "peer-refuses: trust-differs (chain.curve)"}
        assert served.ask("POST", "/peer/v1/trust-signature", {})[0] == http.client.UNAUTHORIZED


def test_too_few_signatures_are_written_told_and_not_kept(
    banks: list[Institution], tmp_path: Path
) -> None:
    first, *_ = banks
    trust = tmp_path / "trust.json"
    done = first.cli.run("trust", "collect", "-o", trust, "--json")
    assert (done.code, "trust-too-few" in done.err) == (11, True)
    assert json.loads(done.out)["signers"] == [first.name]
    assert len(read_trust(trust.read_bytes()).signatures) == 1
    kept = first.cli.home / "trust-signed.json"
    assert not kept.exists() or kept.read_bytes() != trust.read_bytes()


def _doctor(bank: Institution) -> str:
    found = json.loads(bank.cli.run("doctor", "--json").out)["checks"]
    return "".join(each["code"] for each in found if each["check"] == "doctor-trust")


def test_a_suspended_member_is_not_asked_and_does_not_count(
    banks: list[Institution], tmp_path: Path
) -> None:
    first, second, third = banks
    (first.cli.home / "trust-signed.json").unlink(missing_ok=True)
    assert _doctor(first) == "doctor-trust-none"
    current = tmp_path / "current.json"
    first.cli.ok("trust", "export", "--draft", "-o", current)
    second.cli.ok("trust", "sign", current)
    first.cli.ok("trust", "sign", current)
    assert _doctor(first) == ""
    second.ok("vote", first.ok("suspend", third.name)["proposal"])
    file = tmp_path / "draft.json"
    first.cli.ok("trust", "export", "--draft", "-o", file)
    first.cli.ok("trust", "sign", file)
    assert _doctor(first) == "doctor-trust-old"
    third.cli.ok("trust", "sign", file)
    shown = first.cli.ok("trust", "show", file)
    assert (shown["signers"], shown["uncounted"]) == ([first.name], [third.name])
    assert (shown["members"], shown["quorum"], list(shown["missing"])) == (2, 2, [second.name])


def test_validator_sets_follow_the_votes_of_the_registry(
    institution: Make, tmp_path: Path, chain_url: str
) -> None:
    first, second = banks = [institution(number) for number in (1, 2)]
    found_together(tmp_path, banks, threshold=2)
    with first.node() as node:
        registry = bytes.fromhex(node.settings.registry or "")
    sets = [["11" * 20, "22" * 20], ["22" * 20]]
    blocks = []
    for each in sets:
        values = f"validators={json.dumps(each)}"
        number = first.ok("propose", "set-validators", values)["proposal"]
        blocks.append(second.ok("vote", number)["block"])
    members = read_members(chain_url, registry)
    found = read_validator_sets(chain_url, "qbft-contract", registry, members)
    assert found == (
        ValidatorSet(blocks[0] + 1, blocks[1], (b"\x11" * 20, b"\x22" * 20)),
        ValidatorSet(blocks[1] + 1, None, (b"\x22" * 20,)),
    )
