"""The data package: what it answers, and how it says that it cannot."""

import json
from pathlib import Path
from typing import Any

import pytest

import contracts
from contracts import artifact, deployment

GENESIS = "0x" + "ab" * 32
REGISTRY: dict[str, Any] = {
    "address": "0x" + "11" * 20,
    "codeHash": "0x" + "22" * 32,
    "blockNumber": 7,
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the package read from a folder of the test."""
    (tmp_path / "deployments").mkdir()
    (tmp_path / "artifacts").mkdir()
    monkeypatch.setattr(contracts, "files", lambda _package: tmp_path)
    return tmp_path / "deployments"


def write(folder: Path, **changes: Any) -> None:
    content = {
        "chainId": 5,
        "genesisHash": GENESIS,
        "contracts": {"ConsortiumRegistry": REGISTRY},
    } | changes
    (folder / "5.json").write_text(json.dumps(content), encoding="utf-8")


def test_an_artifact_carries_bytes_and_selectors() -> None:
    compiled = artifact("EvidenceAnchor")
    assert compiled.name == "EvidenceAnchor"
    assert compiled.bytecode.endswith(compiled.deployed_bytecode)
    assert compiled.method_identifiers["registry()"].hex() == "7b103999"
    assert compiled is artifact("EvidenceAnchor")


def test_a_deployment_is_read_as_bytes(folder: Path) -> None:
    write(folder)
    found = deployment(5)
    assert (found.chain_id, found.genesis_hash.hex()) == (5, GENESIS[2:])
    registry = found.contracts["ConsortiumRegistry"]
    assert (registry.address.hex(), registry.code_hash.hex(), registry.block_number) == (
        "11" * 20,
        "22" * 32,
        7,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"genesisHash": "0xab"},
        {"genesisHash": "no hex"},
        {"genesisHash": None},
        {"contracts": []},
        {"contracts": {"ConsortiumRegistry": {}}},
        {"contracts": {"ConsortiumRegistry": REGISTRY | {"address": "0x" + "11" * 21}}},
        {"chainId": 6},
    ],
)
def test_a_damaged_deployment_is_a_value_error(folder: Path, changes: dict[str, Any]) -> None:
    write(folder, **changes)
    with pytest.raises(ValueError, match=r"chain 5|hex"):
        deployment(5)


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_file_that_is_no_json_object_is_a_value_error(folder: Path, text: str) -> None:
    (folder / "5.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"object|line 1"):
        deployment(5)


def test_a_damaged_artifact_is_a_value_error(folder: Path) -> None:
    (folder.parent / "artifacts" / "Torn.json").write_text('{"name": "Torn"}', encoding="utf-8")
    with pytest.raises(ValueError, match="the artifact of 'Torn' is damaged"):
        artifact("Torn")


def test_unknown_names_and_chains_are_lookup_errors() -> None:
    for name in ("NoSuchContract", "../pyproject", ""):
        with pytest.raises(LookupError, match="no compiled contract is called"):
            artifact(name)
    with pytest.raises(LookupError, match="no deployment on chain 999999999 is known"):
        deployment(999_999_999)
