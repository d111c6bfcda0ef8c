"""The committed artifacts: fresh, without immutables, of London's opcodes, with the pinned storage layout."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from contract.blacklist import RESHARING, found_blacklist
from contract.blacklist_entries import corroborate, enlist
from contract.consortium import (
    ANCHOR,
    MEMBER,
    ROTATED,
    address_of,
    address_word,
    anchor_key_of,
    found,
    member_id,
)
from contract.evm import Chain
from contract.tree import Tree
from eth_utils import keccak

from contracts import artifact

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
NAMES = ["ConsortiumRegistry", "EvidenceAnchor", "FraudBlacklist"]
LAYOUTS: dict[str, Any] = json.loads((HERE / "storage_layouts.json").read_text(encoding="utf-8"))
# Opcodes that London does not know, by fork: Shanghai, Cancun, Osaka.
LATER = {
    0x5F: "PUSH0",
    0x49: "BLOBHASH",
    0x4A: "BLOBBASEFEE",
    0x5C: "TLOAD",
    0x5D: "TSTORE",
    0x5E: "MCOPY",
    0x1E: "CLZ",
}
FORBIDDEN = {
    0x48: "BASEFEE",
    0xF4: "DELEGATECALL",
    0xF2: "CALLCODE",
    0xFF: "SELFDESTRUCT",
    0x32: "ORIGIN",
}


def opcodes(code: bytes) -> set[int]:
    found_codes, at = set(), 0
    while at < len(code):
        found_codes.add(code[at])
        at += 1 + (code[at] - 0x5F if 0x60 <= code[at] <= 0x7F else 0)
    return found_codes


@pytest.mark.parametrize(
    "path", sorted((ROOT / "contracts" / "artifacts").glob("*.json")), ids=lambda p: p.stem
)
def test_every_artifact_was_made_from_the_present_sources(path: Path) -> None:
    for source, digest in artifact(path.stem).sources.items():
        actual = hashlib.sha256((ROOT / source).read_bytes()).hexdigest()
        assert actual == digest, f"{source} changed: run `python scripts/compile_contracts.py`"


def test_every_contract_source_is_in_some_artifact() -> None:
    used = {
        source
        for path in (ROOT / "contracts" / "artifacts").glob("*.json")
        for source in artifact(path.stem).sources
    }
    present = {path.relative_to(ROOT).as_posix() for path in (ROOT / "contracts").rglob("*.sol")}
    assert used == present


@pytest.mark.parametrize("name", NAMES)
def test_code_runs_on_london_and_below_and_fits(name: str) -> None:
    compiled = artifact(name)
    assert compiled.settings["evmVersion"] == "london"
    used = opcodes(compiled.deployed_bytecode) | opcodes(compiled.bytecode)
    assert not {name for code, name in (LATER | FORBIDDEN).items() if code in used}
    assert len(compiled.deployed_bytecode) <= 24_576


@pytest.mark.parametrize("name", NAMES)
def test_code_on_chain_is_the_artifacts_to_the_byte(name: str) -> None:
    """No immutables, no metadata: so the code can be pinned by its hash."""
    blacklist = found_blacklist()
    consortium = blacklist.consortium
    contracts = [consortium.registry, consortium.anchors, blacklist.contract]
    address = contracts[NAMES.index(name)].address
    code = consortium.chain.evm.get_code(address)
    assert code is not None
    # revm hands out the code with the padding that its analysis appends.
    assert bytes(code).rstrip(b"\0") == artifact(name).deployed_bytecode.rstrip(b"\0")


@pytest.mark.parametrize("spec", ["BERLIN", "LONDON", "SHANGHAI", "CANCUN", "PRAGUE"])
def test_the_contracts_work_under_every_supported_fork(spec: str) -> None:
    consortium = found(chain=Chain(spec=spec))
    consortium.grow(0, Tree(), 0, 2**20)
    consortium.grow(0, Tree(), 2**20, 2**20 + 7)
    consortium.decide("setThreshold", 3)
    blacklist = found_blacklist(chain=Chain(spec=spec))
    blacklist.make_key()
    blacklist.make_key(RESHARING)
    enlist(blacklist, 1, "a")
    corroborate(blacklist, 2, 1, "a")


@pytest.mark.parametrize("name", NAMES)
def test_the_storage_layout_is_the_pinned_one(name: str) -> None:
    layout = artifact(name).storage_layout
    types = {
        label: [
            (item["label"], item["slot"], item["offset"], item["type"]) for item in kind["members"]
        ]
        for label, kind in layout["types"].items()
        if "members" in kind
    }
    actual = {
        "storage": [
            [item["label"], item["slot"], item["offset"], item["type"]]
            for item in layout["storage"]
        ],
        "structs": {
            label: [list(item) for item in members] for label, members in sorted(types.items())
        },
    }
    assert actual == LAYOUTS[name]


def all_errors() -> list[str]:
    return sorted(
        {item["name"] for name in NAMES for item in artifact(name).abi if item["type"] == "error"}
    )


def test_every_custom_error_of_the_abi_has_a_test() -> None:
    tested = set()
    for path in HERE.glob("test_*.py"):
        tested |= set(
            re.findall(
                r'"((?:ConsortiumRegistry|EvidenceAnchor|FraudBlacklist)\w+)"',
                path.read_text(encoding="utf-8"),
            )
        )
    assert [name for name in all_errors() if name not in tested] == []


def test_error_names_carry_their_contracts_name() -> None:
    for name in NAMES:
        for item in artifact(name).abi:
            assert item["type"] != "error" or item["name"].startswith(name)


def test_the_anchored_event_is_the_one_that_verifiers_know() -> None:
    [event] = [item for item in artifact("EvidenceAnchor").abi if item["type"] == "event"]
    words = [(item["type"], item["name"], item["indexed"]) for item in event["inputs"]]
    assert words == [
        ("bytes32", "member", True),
        ("uint64", "generation", True),
        ("uint64", "size", True),
        ("bytes32", "root", False),
        ("uint64", "index", False),
        ("uint64", "previousSize", False),
        ("bytes32", "previousRoot", False),
        ("uint64", "previousBlock", False),
    ]


def mapping_slot(key: bytes, slot: int) -> int:
    return int.from_bytes(keccak(key.rjust(32, b"\0") + slot.to_bytes(32, "big")), "big")


def test_head_slots_follow_the_documented_formula() -> None:
    consortium = found()
    consortium.chain.advance(blocks=8)
    consortium.grow(0, Tree(), 0, 5)
    consortium.grow(0, Tree(), 5, 11)
    key = keccak(member_id(0) + (0).to_bytes(32, "big"))
    base = mapping_slot(key, 1)
    assert consortium.anchors.word(base) == 11 | 2 << 64 | 9 << 128
    assert consortium.anchors.word(base + 1).to_bytes(32, "big") == Tree().root(11)
    assert consortium.anchors.word(0) == int(consortium.registry.address, 16)


def test_anchor_key_slots_follow_the_documented_formula() -> None:
    consortium = found()
    consortium.chain.advance(blocks=8)
    consortium.decide("addKey", member_id(0), (ANCHOR, address_word(address_of("second", 0)), b""))
    registry = consortium.registry
    base = mapping_slot(bytes.fromhex(anchor_key_of(0)[2:]), 4)
    assert registry.word(base).to_bytes(32, "big") == member_id(0)
    assert registry.word(base + 1) == 1 | 9 << 64 | 0 << 128 | ROTATED << 192
    fresh = mapping_slot(bytes.fromhex(address_of("second", 0)[2:]), 4)
    assert registry.word(fresh + 1) == 9


def test_member_and_key_record_slots_follow_the_documented_formula() -> None:
    consortium = found()
    consortium.chain.advance(blocks=8)
    consortium.decide("openGeneration", member_id(0), 1, 0, bytes(32))
    consortium.decide("suspendMember", member_id(0), by=[1, 2])
    registry = consortium.registry
    base = mapping_slot(member_id(0), 2)
    assert registry.word(base) == 1 | 1 << 64 | 0 << 128 | MEMBER << 192 | 2 << 200
    assert registry.word(base + 2) == int(registry.read("member", member_id(0))["admin"], 16)
    records = mapping_slot(member_id(0), 3)
    assert registry.word(records) == 3
    third = int.from_bytes(keccak(records.to_bytes(32, "big")), "big") + 2 * 2
    assert registry.word(third) == int(anchor_key_of(0), 16)
    assert registry.word(third + 1) == 1 | ANCHOR << 192
    assert registry.word(10) >> 64 & 2**64 - 1 == registry.read("proposalCount")
