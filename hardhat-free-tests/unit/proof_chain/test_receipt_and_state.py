"""Receipts of every type, and state proofs of accounts and slots, present and absent."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.errors import LedgerError, MalformedError
from ledger.primitives import rlp
from ledger.primitives.keccak import keccak256
from ledger.primitives.trie import EMPTY_TRIE_ROOT, build_trie
from ledger.proof.membership import (
    MAX_VALIDATORS,
    array_slot,
    mapping_slot,
    offset_slot,
    slot_at,
    validators_from_storage,
    verify_account,
    verify_slot,
)
from ledger.proof.receipt import (
    decode_receipt,
    encode_receipt,
    prove_receipt,
    receipts_trie,
    verify_receipt,
)

ADDRESS = bytes.fromhex("e2c55bd07970484d6530b56a2a05a5a8b09d1c7a")


def _receipt(index: int, **changes: object) -> dict[str, object]:
    log = {"address": "0x" + ADDRESS.hex(), "topics": ["0x" + "aa" * 32], "data": "0x" + "01" * 40}
    return {
        "type": hex(index % 5),
        "transactionIndex": hex(index),
        "status": hex(index & 1),
        "cumulativeGasUsed": hex(21000 * (index + 1)),
        "logsBloom": "0x" + "00" * 256,
        "logs": [log] * (index % 3),
    } | changes


BLOCK = [_receipt(index) for index in range(140)]


@pytest.mark.parametrize("index", [0, 1, 4, 15, 16, 127, 128, 139])
def test_each_receipt_of_a_large_block_is_proved_at_its_index(index: int) -> None:
    root = receipts_trie(BLOCK).root
    proof = prove_receipt(BLOCK, index)
    receipt = verify_receipt(proof, root)
    assert receipt.transaction_type == index % 5
    assert receipt.status == bool(index & 1)
    assert receipt.cumulative_gas_used == 21000 * (index + 1)
    assert len(receipt.logs) == index % 3
    for broken in (
        replace(proof, index=index + 1),
        replace(proof, receipt=proof.receipt + b"\x00"),
        replace(proof, nodes=proof.nodes[:-1]),
        replace(proof, index=-1),
        replace(proof, index=2**32),
    ):
        with pytest.raises(MalformedError):
            verify_receipt(broken, root)
    with pytest.raises(MalformedError):
        verify_receipt(proof, bytes(32))


def test_an_absent_receipt_is_not_proved() -> None:
    built = receipts_trie(BLOCK)
    nodes = built.prove(rlp.encode(rlp.encode_int(500)))
    proof = replace(prove_receipt(BLOCK, 1), index=500, nodes=nodes)
    with pytest.raises(MalformedError, match="receipt-absent"):
        verify_receipt(proof, built.root)


def test_an_empty_block_has_the_empty_root() -> None:
    assert receipts_trie([]).root == EMPTY_TRIE_ROOT


@pytest.mark.parametrize(
    "change",
    [
        {"status": None},
        {"status": "0x"},
        {"logs": None},
        {"logs": ["0x"]},
        {"logs": [{"address": "0x", "topics": None, "data": "0x"}]},
        {"type": "0x80"},
        {"logsBloom": 5},
        {"transactionIndex": "0x3"},
        {"transactionIndex": None},
    ],
)
def test_a_receipt_with_a_wrong_member_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(MalformedError):
        receipts_trie([_receipt(0), _receipt(1, **change)])


def _raw(status: Any = b"\x01", bloom: Any = bytes(256), logs: Any = None) -> bytes:
    return rlp.encode([status, b"\x05", bloom, [] if logs is None else logs])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" + _raw(),
        b"\x80" + _raw(),
        b"\x02",
        b"\x02" + _raw() + b"\x00",
        _raw(status=b"\x02"),
        _raw(status=bytes(32)),
        _raw(status=[]),
        _raw(bloom=bytes(255)),
        _raw(bloom=[]),
        _raw(logs=b"x"),
        _raw(logs=[b"x"]),
        _raw(logs=[[ADDRESS, []]]),
        _raw(logs=[[ADDRESS[1:], [], b""]]),
        _raw(logs=[[ADDRESS, b"", b""]]),
        _raw(logs=[[ADDRESS, [bytes(31)], b""]]),
        _raw(logs=[[ADDRESS, [[bytes(32)]], b""]]),
        _raw(logs=[[ADDRESS, [bytes(32)] * 5, b""]]),
        _raw(logs=[[ADDRESS, [], []]]),
        rlp.encode([b"\x01", b"\x00\x05", bytes(256), []]),
        rlp.encode([b"\x01"] * 3),
    ],
)
def test_bytes_that_are_no_receipt_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_receipt(data)


def test_a_receipt_reads_back() -> None:
    receipt = decode_receipt(encode_receipt(_receipt(2)))
    assert receipt.logs[0].address == ADDRESS
    assert receipt.logs[0].topics == (b"\xaa" * 32,)
    assert receipt.logs[0].data == b"\x01" * 40


VALIDATORS = tuple(bytes([number]) * 20 for number in (3, 1, 2))
WORDS = {slot_at(0): len(VALIDATORS)} | {
    array_slot(0, index): int.from_bytes(address, "big") for index, address in enumerate(VALIDATORS)
}


def _storage(words: dict[bytes, int]) -> Any:
    return build_trie(
        {keccak256(slot): rlp.encode(rlp.encode_int(word)) for slot, word in words.items() if word}
    )


def _proofs(words: dict[bytes, int]) -> dict[bytes, tuple[bytes, ...]]:
    built = _storage(words)
    return {slot: built.prove(keccak256(slot)) for slot in words}


def _account_trie(fields: list[Any]) -> Any:
    other = {keccak256(bytes([number]) * 20): b"x" * 70 for number in range(20)}
    return build_trie(other | {keccak256(ADDRESS): rlp.encode(fields)})


def test_an_account_and_its_slots_are_proved() -> None:
    storage = _storage(WORDS)
    built = _account_trie([b"\x01", b"\x64", storage.root, keccak256(b"code")])
    nodes = built.prove(keccak256(ADDRESS))
    account = verify_account(built.root, ADDRESS, nodes)
    assert account is not None
    assert (account.nonce, account.balance) == (1, 100)
    assert account.code_hash == keccak256(b"code")
    assert validators_from_storage(account.storage_root, _proofs(WORDS)) == VALIDATORS
    absent = slot_at(99)
    assert verify_slot(account.storage_root, absent, storage.prove(keccak256(absent))) == 0
    assert verify_slot(EMPTY_TRIE_ROOT, absent, ()) == 0
    stranger = b"\x77" * 20
    assert verify_account(built.root, stranger, built.prove(keccak256(stranger))) is None
    with pytest.raises(MalformedError):
        verify_account(built.root, stranger, nodes)


@pytest.mark.parametrize(
    "fields",
    [
        [b"\x01", b"", bytes(32)],
        [b"\x01", b"", bytes(31), bytes(32)],
        [b"\x01", b"", bytes(32), bytes(33)],
        [b"\x00", b"", bytes(32), bytes(32)],
        b"no list, and long enough to be a vertex of its own",
    ],
)
def test_an_account_of_another_form_is_refused(fields: Any) -> None:
    built = _account_trie(fields)
    with pytest.raises(LedgerError):
        verify_account(built.root, ADDRESS, built.prove(keccak256(ADDRESS)))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({slot_at(0): 0}, "validators-count"),
        ({slot_at(0): MAX_VALIDATORS + 1}, "validators-count"),
        ({slot_at(0): 1, array_slot(0, 0): 2**160}, "validators-address"),
        ({slot_at(0): 1}, "slot-proof-missing"),
        ({}, "slot-proof-missing"),
    ],
)
def test_a_validator_list_of_another_form_is_refused(words: dict[bytes, int], code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        validators_from_storage(_storage(words).root, _proofs(words))
    assert caught.value.code == code


def test_slots_are_laid_out_as_solidity_does() -> None:
    element = "290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e563"
    assert array_slot(0, 0).hex() == element
    assert int.from_bytes(array_slot(0, 3), "big") == int(element, 16) + 3
    mapping = "ad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5"
    assert mapping_slot(bytes(32), 0).hex() == mapping
    assert mapping_slot(bytes(32), slot_at(0)) == mapping_slot(bytes(32), 0)
    assert offset_slot(b"\xff" * 32, 1) == bytes(32)
    with pytest.raises(MalformedError, match="slot-key"):
        mapping_slot(bytes(31), 0)
