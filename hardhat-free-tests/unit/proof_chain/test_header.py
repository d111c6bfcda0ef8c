"""Headers of every fork, read from JSON and RLP, and the signer of a Clique block."""

from typing import Any

import pytest
from eth_keys import keys
from unit.proof_chain.sealing import unsealed_header

from ledger.errors import MalformedError
from ledger.primitives import rlp
from ledger.primitives.keccak import keccak256
from ledger.proof.clique import signer
from ledger.proof.header import Header, block_hash, header_rlp_from_json, parse_header

GENESIS = {
    "parentHash": "0x" + "00" * 32,
    "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
    "miner": "0x" + "00" * 20,
    "stateRoot": "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
    "transactionsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    "receiptsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    "logsBloom": "0x" + "00" * 256,
    "difficulty": "0x400000000",
    "number": "0x0",
    "gasLimit": "0x1388",
    "gasUsed": "0x0",
    "timestamp": "0x0",
    "extraData": "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
    "mixHash": "0x" + "00" * 32,
    "nonce": "0x0000000000000042",
}
"""Block 0 of Ethereum's main network."""
GENESIS_HASH = "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"
FORKS = {
    "baseFeePerGas": "0x7",
    "withdrawalsRoot": "0x" + "11" * 32,
    "blobGasUsed": "0x0",
    "excessBlobGas": "0x20000",
    "parentBeaconBlockRoot": "0x" + "22" * 32,
    "requestsHash": "0x" + "33" * 32,
}


def test_the_first_block_of_ethereum_has_its_hash() -> None:
    header = parse_header(header_rlp_from_json(GENESIS))
    for kind in ("ethereum", "dev", "clique"):
        assert block_hash(header, kind).hex() == GENESIS_HASH
    with pytest.raises(MalformedError):
        block_hash(header, "qbft-header")


@pytest.mark.parametrize("count", range(len(FORKS) + 1))
def test_each_fork_adds_its_fields_in_order(count: int) -> None:
    block: dict[str, object] = GENESIS | dict(list(FORKS.items())[:count])
    header = parse_header(header_rlp_from_json(block | {"size": "0x1", "transactions": []}))
    assert len(header.items) == 15 + count
    assert header.encode() == header_rlp_from_json(block)
    nulls = dict.fromkeys(list(FORKS)[count:])
    assert header_rlp_from_json(block | nulls) == header.encode()


def test_values_may_come_as_bytes_and_integers() -> None:
    block: dict[str, object] = dict(GENESIS)
    block |= {"difficulty": 0x400000000, "number": 0, "nonce": bytes.fromhex("0000000000000042")}
    assert header_rlp_from_json(block) == header_rlp_from_json(GENESIS)


@pytest.mark.parametrize(
    "change",
    [
        {"stateRoot": None},
        {"stateRoot": "0x" + "00" * 31},
        {"stateRoot": "00" * 32},
        {"stateRoot": "0x" + "0g" * 32},
        {"extraData": "0x0 "},
        {"extraData": "0x0"},
        {"number": "0x"},
        {"number": "0x-1"},
        {"number": "1"},
        {"number": -1},
        {"number": True},
        {"number": 1.0},
        {"number": "0x" + "f" * 65},
        {"withdrawalsRoot": "0x" + "11" * 32},
        FORKS | {"blobGasUsed": None},
    ],
)
def test_a_block_with_a_wrong_or_missing_member_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        header_rlp_from_json(GENESIS | change)


@pytest.mark.parametrize(
    "items",
    [
        [b""] * 14,
        [b""] * 41,
        [[b""], *[b""] * 14],
        b"bytes",
    ],
)
def test_rlp_that_is_no_header_is_refused(items: Any) -> None:
    with pytest.raises(MalformedError):
        parse_header(rlp.encode(items))


@pytest.mark.parametrize("position", [0, 2, 3, 6, 14])
def test_a_field_of_another_length_is_refused(position: int) -> None:
    items = list(unsealed_header(()).items)
    items[position] += b"\x00"
    with pytest.raises(MalformedError, match="header-field"):
        parse_header(rlp.encode([*items]))


def test_a_number_with_a_leading_zero_is_refused() -> None:
    items = list(unsealed_header(()).items)
    items[8] = b"\x00\x01"
    with pytest.raises(MalformedError, match="rlp-integer"):
        parse_header(rlp.encode([*items]))


def test_fields_of_future_forks_are_kept_and_hashed() -> None:
    items = [*unsealed_header((), fields=21).items, b"future", bytes(64)]
    header = parse_header(rlp.encode([*items]))
    assert header.items == tuple(items)
    assert block_hash(header, "ethereum") == keccak256(rlp.encode([*items]))


def test_a_clique_block_names_its_signer() -> None:
    key = keys.PrivateKey(b"\x01" * 32)
    vanity = bytes(32)
    unsealed = parse_header(header_rlp_from_json(GENESIS)).with_extra_data(vanity)
    seal = key.sign_msg_hash(keccak256(unsealed.encode())).to_bytes()
    assert signer(unsealed.with_extra_data(vanity + seal)) == key.public_key.to_canonical_address()
    changed = Header((bytes([1]) * 32, *unsealed.items[1:])).with_extra_data(vanity + seal)
    assert signer(changed) != key.public_key.to_canonical_address()
    with pytest.raises(MalformedError, match="clique-extra"):
        signer(unsealed.with_extra_data(vanity + seal[:-1]))
