"""Blocks of real QBFT networks: hashes, seals, receipts and state proofs come out as recorded."""

from typing import Any

import pytest
from vectors.reading import cases

from ledger.errors import MalformedError
from ledger.proof.header import ChainKind, Header, block_hash, header_rlp_from_json, parse_header
from ledger.proof.membership import (
    Account,
    mapping_slot,
    validators_from_storage,
    verify_account,
    verify_slot,
)
from ledger.proof.qbft import quorum, seal_hash, verify_seals
from ledger.proof.receipt import prove_receipt, receipts_trie, verify_receipt

BLOCKS = cases("qbft")


def _each(blocks: list[tuple[str, dict[str, Any]]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("name", "block"), blocks, ids=[name for name, _ in blocks])


every_block = _each(BLOCKS)
anchoring_block = _each([each for each in BLOCKS if each[1].get("anchor_proof")])
contract_block = _each([each for each in BLOCKS if each[1]["validator_mode"] == "contract"])


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _header(block: dict[str, Any]) -> Header:
    return parse_header(_bytes(block["header_rlp_as_served"]))


def _kind(block: dict[str, Any]) -> ChainKind:
    return "qbft-contract" if block["validator_mode"] == "contract" else "qbft-header"


def _account(proof: dict[str, Any], state_root: bytes) -> Account:
    nodes = [_bytes(node) for node in proof["accountProof"]]
    account = verify_account(state_root, _bytes(proof["address"]), nodes)
    assert account is not None
    return account


@every_block
def test_the_json_gives_the_header_and_the_header_its_hash(
    name: str, block: dict[str, Any]
) -> None:
    header = _header(block)
    assert header_rlp_from_json(block["header"]) == header.encode(), name
    assert block_hash(header, _kind(block)) == _bytes(block["expected"]["block_hash"])
    assert seal_hash(header) == _bytes(block["expected"]["seal_hash"])
    # As served, the header hashes to nothing that the chain knows.
    assert block_hash(header, "ethereum") != _bytes(block["expected"]["block_hash"])
    assert header.number == int(block["header"]["number"], 16)
    assert header.timestamp == int(block["header"]["timestamp"], 16)


@every_block
def test_the_seals_have_their_verdict(name: str, block: dict[str, Any]) -> None:
    entitled = [_bytes(address) for address in block["validators"]]
    report = verify_seals(_header(block), entitled, "secp256k1")
    expected = block["expected"]
    assert report.verdict == expected["verdict"], name
    assert report.sealed == (expected["verdict"] == "sealed")
    assert report.signers == tuple(map(_bytes, expected["signers"]))
    assert report.quorum == expected["quorum"] == quorum(len(entitled))
    assert report.round_number == expected["round"]


@every_block
def test_the_seals_do_not_count_for_another_set_or_curve(name: str, block: dict[str, Any]) -> None:
    entitled = [_bytes(address) for address in block["validators"]]
    strangers = [bytes([number]) * 20 for number in range(1, len(entitled) + 1)]
    assert not verify_seals(_header(block), strangers, "secp256k1").sealed, name
    assert not verify_seals(_header(block), entitled, "secp256r1").sealed


@every_block
def test_the_receipts_rebuild_the_root_and_each_is_proved(name: str, block: dict[str, Any]) -> None:
    header = _header(block)
    assert receipts_trie(block["receipts"]).root == header.receipts_root, name
    for index, receipt in enumerate(block["receipts"]):
        read = verify_receipt(prove_receipt(block["receipts"], index), header.receipts_root)
        assert read.status == (receipt["status"] == "0x1")
        assert read.cumulative_gas_used == int(receipt["cumulativeGasUsed"], 16)
        assert [log.address for log in read.logs] == [
            _bytes(log["address"]) for log in receipt["logs"]
        ]
        assert [log.data for log in read.logs] == [_bytes(log["data"]) for log in receipt["logs"]]


@anchoring_block
def test_the_anchor_contracts_slots_are_proved(name: str, block: dict[str, Any]) -> None:
    proof = block["anchor_proof"]["proof"]
    account = _account(proof, _header(block).state_root)
    assert account.code_hash == _bytes(proof["codeHash"]), name
    for slot in proof["storageProof"]:
        nodes = [_bytes(node) for node in slot["proof"]]
        word = verify_slot(account.storage_root, _bytes(slot["key"]), nodes)
        assert word == int(slot["value"], 16)
        with pytest.raises(MalformedError):
            verify_slot(account.storage_root, mapping_slot(bytes(32), 0), nodes)


@contract_block
def test_in_contract_mode_the_set_stands_in_the_parent_state(
    name: str, block: dict[str, Any]
) -> None:
    parent = parse_header(header_rlp_from_json(block["parent_header"]))
    assert block_hash(parent, "qbft-contract") == _header(block).parent_hash, name
    proof = block["validator_contract"]["proof_on_parent_state"]
    account = _account(proof, parent.state_root)
    slots = {
        _bytes(slot["key"]): [_bytes(node) for node in slot["proof"]]
        for slot in proof["storageProof"]
    }
    found = validators_from_storage(account.storage_root, slots)
    assert sorted(found) == [_bytes(address) for address in block["validators"]]
    del slots[max(slots)]
    with pytest.raises(MalformedError):
        validators_from_storage(account.storage_root, slots)
