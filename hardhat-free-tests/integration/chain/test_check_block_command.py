"""``lianzheng chain check-block``: what it prints, how it ends, what it says of files that are no blocks."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from harness.commands import Cli
from vectors.reading import cases

BLOCKS = dict(cases("qbft"))
SHORT = BLOCKS["contract-n4-one-anchor"]
FIELDS = ("block_hash", "seal_hash", "round", "signers", "quorum", "verdict")


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path / "no-home", inside=True)


def written(folder: Path, content: Any) -> Path:
    file = folder / "block.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return file


@pytest.mark.parametrize("name", BLOCKS)
def test_the_answer_for_machines_is_the_recorded_one(name: str, cli: Cli, tmp_path: Path) -> None:
    block = BLOCKS[name]
    done = cli.run("chain", "check-block", written(tmp_path, block), "--json")
    sealed = block["expected"]["verdict"] == "sealed"
    assert done.code == (0 if sealed else 1)
    assert {field: done.json[field] for field in FIELDS} == block["expected"]
    assert done.json["conclusion"] == ("proved" if sealed else "refuted")
    assert done.json["receipts"] == {
        "count": len(block["receipts"]),
        "root": block["header"]["receiptsRoot"],
        "verdict": "proved",
    }
    named = [part for part in ("validator_contract", "anchor_proof") if part in block]
    assert [proof["address"] for proof in done.json["proofs"]] == [
        block[part]["address"].lower() for part in named
    ]
    assert all(proof["verdict"] == "proved" for proof in done.json["proofs"])
    assert not cli.home.exists()


@pytest.mark.parametrize(("language", "verdict"), [("zh", "有效"), ("en", "sealed")])
def test_people_see_hashes_signers_quorum_and_each_check(
    language: str, verdict: str, tmp_path: Path
) -> None:
    cli = Cli(tmp_path, environment={"COLUMNS": "160", "LIANZHENG_LANGUAGE": language}, inside=True)
    done = cli.run("chain", "check-block", written(tmp_path, SHORT))
    assert done.code == 0
    for shown in (
        SHORT["expected"]["block_hash"],
        SHORT["expected"]["seal_hash"],
        *SHORT["expected"]["signers"],
        SHORT["header"]["receiptsRoot"],
        SHORT["validator_contract"]["address"],
        "3 / 4",
        verdict,
        *(f"\nB{number} " for number in range(2, 8)),
    ):
        assert shown in done.out


def test_the_command_ends_as_verify_does(cli: Cli, tmp_path: Path) -> None:
    refuted = copy.deepcopy(SHORT)
    refuted["receipts"][0]["status"] = "0x0"
    unproved = {name: each for name, each in SHORT.items() if name != "validator_contract"}
    for block, code in ((SHORT, 0), (refuted, 1), ([], 2), (unproved, 3)):
        assert cli.run("chain", "check-block", written(tmp_path, block)).code == code


MISSING = [
    *((name,) for name in ("validator_mode", "validators", "header", "receipts")),
    *(("header", name) for name in SHORT["header"]),
    *(("parent_header", name) for name in SHORT["header"]),
    *(("receipts", 0, name) for name in ("transactionIndex", "status", "logs", "logsBloom")),
    *(("receipts", 0, "logs", 0, name) for name in ("address", "topics", "data")),
    *(("anchor_proof", name) for name in ("address", "proof")),
    *(("anchor_proof", "proof", name) for name in SHORT["anchor_proof"]["proof"]),
    *(("anchor_proof", "proof", "storageProof", 0, name) for name in ("key", "value", "proof")),
    *(("validator_contract", name) for name in ("address", "proof_on_parent_state")),
]


def _name(path: tuple[str | int, ...]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


@pytest.mark.parametrize("path", MISSING, ids=_name)
def test_a_missing_field_is_named(path: tuple[str | int, ...], cli: Cli, tmp_path: Path) -> None:
    block: Any = copy.deepcopy(SHORT)
    parent = block
    for part in path[:-1]:
        parent = parent[part]
    del parent[path[-1]]
    done = cli.run("chain", "check-block", written(tmp_path, block), "--json")
    assert done.code == 2
    assert "[block-field-missing]" in done.err
    assert f"缺少 {_name(path)}。" in done.err
    assert f"{_name(path)} is missing." in done.err
    assert "docs/spec/block-file.md" in done.err
    assert done.out == ""


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("validator_mode",), "poa", "block-field-choice"),
        (("validators",), {}, "block-field-list"),
        (("validators", 0), "0x12", "block-field-length"),
        (("validators", 0), 7, "block-field-hex"),
        (("header",), [], "block-field-object"),
        (("header", "stateRoot"), "0xzz", "block-field-hex"),
        (("header", "stateRoot"), "12" * 32, "block-field-hex"),
        (("header", "stateRoot"), "0x" + "12" * 31, "block-field-length"),
        (("header", "number"), "9", "block-field-quantity"),
        (("header", "number"), 9, "block-field-quantity"),
        (("header", "number"), "-0x9", "block-field-quantity"),
        (("header", "extraData"), "0x123", "block-field-hex"),
        (("header", "hash"), "0x12", "block-field-length"),
        (("header_rlp_as_served",), "f9", "block-field-hex"),
        (("receipts",), "0x", "block-field-list"),
        (("receipts", 0), "0x", "block-field-object"),
        (("receipts", 0, "status"), True, "block-field-quantity"),
        (("receipts", 0, "logsBloom"), "0x00", "block-field-length"),
        (("receipts", 0, "logs", 0, "topics", 1), "0x00", "block-field-length"),
        (("receipts", 0, "logs", 0, "data"), "0x0 0 ", "block-field-hex"),
        (("receipts", 0, "blockHash"), "0x00", "block-field-length"),
        (("anchor_proof",), "0x", "block-field-object"),
        (("anchor_proof", "address"), "0x" + "11" * 20, "block-field-differs"),
        (("anchor_proof", "proof", "storageProof"), 1, "block-field-list"),
        (("anchor_proof", "proof", "storageProof", 0, "proof", 0), "0xf", "block-field-hex"),
        (("validator_contract", "storage_layout"), "a mapping", "block-field-choice"),
        (("expected",), "sealed", "block-field-object"),
    ],
)  # fmt: skip
def test_a_value_of_another_form_is_named(
    path: tuple[str | int, ...], value: Any, code: str, cli: Cli, tmp_path: Path
) -> None:
    block: Any = copy.deepcopy(SHORT)
    parent = block
    for part in path[:-1]:
        parent = parent[part]
    parent[path[-1]] = value
    done = cli.run("chain", "check-block", written(tmp_path, block))
    assert done.code == 2
    assert f"[{code}]" in done.err
    assert _name(path) in done.err


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "block-not-json"),
        ("{", "block-not-json"),
        ("\0", "block-not-json"),
        ('{"header": ' + "1" * 5000 + "}", "block-not-json"),
        ("[]", "block-field-object"),
        ('{"header": {}, "header": {}}', "block-field-twice"),
        ("[" * 100_000, "canonical-too-deep"),
    ],
)
def test_a_file_that_is_no_block_is_refused(
    content: str, code: str, cli: Cli, tmp_path: Path
) -> None:
    done = cli.run("chain", "check-block", written(tmp_path, content))
    assert done.code == 2
    assert f"[{code}]" in done.err


def test_a_file_that_cannot_be_read_is_said(cli: Cli, tmp_path: Path) -> None:
    for file in (tmp_path / "nothing", tmp_path):
        done = cli.run("chain", "check-block", file)
        assert done.code == 2
        assert "[block-file-unreadable]" in done.err
    huge = tmp_path / "huge"
    with huge.open("wb") as sparse:
        sparse.truncate(33 << 20)
    assert "[block-too-large]" in cli.run("chain", "check-block", huge).err


def test_the_installed_command_runs_without_a_home(tmp_path: Path) -> None:
    cli = Cli(tmp_path / "no-home")
    done = cli.run("chain", "check-block", written(tmp_path, SHORT), "--json")
    assert done.code == 0
    assert done.json["verdict"] == "sealed"
    assert not cli.home.exists()
