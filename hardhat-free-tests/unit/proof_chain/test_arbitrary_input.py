"""Whatever comes in as header, receipt or proof, nothing but our own errors comes out."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.proof_chain.sealing import sealed_by, unsealed_header, validators

from ledger.errors import LedgerError
from ledger.primitives import rlp
from ledger.proof.clique import signer
from ledger.proof.header import block_hash, header_rlp_from_json, parse_header
from ledger.proof.membership import validators_from_storage, verify_account, verify_slot
from ledger.proof.qbft import verify_seals
from ledger.proof.qbft_extra import QbftExtra
from ledger.proof.receipt import decode_receipt, encode_receipt, receipts_trie

FOUR = validators(4)
ENTITLED = [validator.address for validator in FOUR]
SEALED = sealed_by(unsealed_header(FOUR), FOUR)

pieces = st.binary(max_size=40) | st.binary(min_size=32, max_size=32) | st.just(bytes(256))
items: Any = st.recursive(pieces, lambda inner: st.lists(inner, max_size=6), max_leaves=20)
values: Any = st.recursive(
    st.none()
    | st.integers()
    | st.sampled_from(["0x", "0x0", "0x1", "0xab", "0x" + "ab" * 32, "ab"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["address", "data"]), inner)
    ),
    max_leaves=4,
)
receipt_names = ["type", "status", "cumulativeGasUsed", "logsBloom", "logs", "transactionIndex"]
block_names = ["parentHash", "number", "extraData", "nonce", "withdrawalsRoot", "blobGasUsed"]

READERS: dict[str, Callable[[bytes], Any]] = {
    "header": lambda data: block_hash(parse_header(data), "qbft-header"),
    "clique": lambda data: signer(parse_header(data)),
    "extra data": QbftExtra.parse,
    "receipt": decode_receipt,
    "account": lambda data: verify_account(bytes(32), bytes(20), [data]),
    "slot": lambda data: verify_slot(bytes(32), bytes(32), [data]),
    "validators": lambda data: validators_from_storage(bytes(32), {bytes(32): [data]}),
    "sealed extra data": lambda data: verify_seals(
        SEALED.with_extra_data(data), ENTITLED, "secp256k1"
    ),
}


def _answers(reader: Callable[[], Any]) -> None:
    try:
        reader()
    except LedgerError as error:
        assert error.code  # noqa: PT017 # not raising is as good an answer


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@given(data=st.binary(max_size=200) | items.map(rlp.encode))
@settings(max_examples=120, deadline=None)
def test_arbitrary_bytes_raise_nothing_but_our_errors(
    reader: Callable[[bytes], Any], data: bytes
) -> None:
    _answers(lambda: reader(data))


@given(st.dictionaries(st.sampled_from(receipt_names), values))
@settings(max_examples=200)
def test_arbitrary_receipts_raise_nothing_but_our_errors(receipt: dict[str, Any]) -> None:
    _answers(lambda: encode_receipt(receipt))
    _answers(lambda: receipts_trie([receipt]))


@given(st.dictionaries(st.sampled_from(block_names), values))
@settings(max_examples=100)
def test_arbitrary_blocks_raise_nothing_but_our_errors(block: dict[str, Any]) -> None:
    _answers(lambda: header_rlp_from_json(block))


@given(st.integers(0, 8 * len(SEALED.encode()) - 1))
@settings(max_examples=150, deadline=None)
def test_a_header_with_any_bit_flipped_is_not_sealed(bit: int) -> None:
    flipped = bytearray(SEALED.encode())
    flipped[bit // 8] ^= 1 << bit % 8
    try:
        report = verify_seals(parse_header(bytes(flipped)), ENTITLED, "secp256k1")
    except LedgerError:
        return
    assert not report.sealed
