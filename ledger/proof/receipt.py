"""Receipts: rebuilding a block's receipts trie, and proving one receipt under a header's root.

* A receipt is RLP ``[status, cumulative gas, bloom, [[address, [topics], data]]]``, behind its
  type byte unless that is 0 (EIP-2718). Its key in the trie is the RLP of its index.
* No standard call serves the proof, so the node rebuilds the trie from all receipts of the block
  and compares the root; the verifier needs only the path.

Which event is looked for is the caller's business.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.errors import LimitError, MalformedError
from ledger.primitives import rlp
from ledger.primitives.rlp import RlpItem
from ledger.primitives.trie import MAX_PROOF_BYTES, Trie, build_trie, verify
from ledger.proof.json_values import data_of, number_of

MAX_INDEX: Final = 2**32 - 1
_MAX_ITEMS: Final = 20_000
"""A log takes at least 25 bytes and a topic 33: more do not fit into a proof."""
_MAX_DEPTH: Final = 4
_FIELDS: Final = 4
_LOG_FIELDS: Final = 3
_BLOOM_BYTES: Final = 256
_HASH_BYTES: Final = 32
_ADDRESS_BYTES: Final = 20
_MAX_TOPICS: Final = 4
_FIRST_LIST_BYTE: Final = 0xC0
_LAST_TYPE: Final = 0x7F
"""EIP-2718: a first byte up to this is a type; an RLP list begins at 0xc0."""


@dataclass(frozen=True, slots=True)
class Log:
    """An event.

    Attributes:
        address: 20 bytes, the contract.
        topics: 32 bytes each; the first names the event.
        data: ABI-encoded.
    """

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class TransactionReceipt:
    """A decoded receipt.

    Attributes:
        transaction_type: EIP-2718 type, 0 for legacy.
        status: whether the transaction succeeded; a receipt from before Byzantium has none and is
        refused.
        cumulative_gas_used: in the block up to here.
        logs: events in order.
    """

    transaction_type: int
    status: bool
    cumulative_gas_used: int
    logs: tuple[Log, ...]


@dataclass(frozen=True, slots=True)
class ReceiptProof:
    """A receipt with its path.

    Attributes:
        index: of the transaction in the block.
        receipt: type ‖ payload, or the payload alone for type 0.
        nodes: RLP of the trie's vertices from the root down.
    """

    index: int
    receipt: bytes
    nodes: tuple[bytes, ...]


def verify_receipt(proof: ReceiptProof, receipts_root: bytes) -> TransactionReceipt:
    """Check that a receipt stands at its index under a header's receipts root, and read it.

    Raises:
        MalformedError: the path does not prove it, proves another receipt or absence, or the
        receipt
            is not of its form.
        LimitError: over a limit.
    """
    value = verify(receipts_root, _key_of(proof.index), proof.nodes)
    if value is None:
        raise MalformedError("receipt-absent", index=proof.index)
    if value != proof.receipt:
        raise MalformedError("receipt-other", index=proof.index)
    return decode_receipt(proof.receipt)


def decode_receipt(data: bytes) -> TransactionReceipt:
    """Read a receipt.

    Raises:
        LimitError: over a limit.
        MalformedError: ``receipt-form``, or not canonical RLP.
    """
    if not data:
        raise MalformedError("receipt-form", part="type")
    kind, payload = (0, data) if data[0] >= _FIRST_LIST_BYTE else (data[0], data[1:])
    if kind > _LAST_TYPE or (kind == 0 and payload is not data):
        raise MalformedError("receipt-form", part="type")
    item = rlp.decode(
        payload, max_bytes=MAX_PROOF_BYTES, max_items=_MAX_ITEMS, max_depth=_MAX_DEPTH
    )
    if isinstance(item, bytes) or len(item) != _FIELDS:
        raise MalformedError("receipt-form", part="fields")
    status, gas, bloom, logs = item
    if status not in {b"", b"\x01"} if isinstance(status, bytes) else True:
        raise MalformedError("receipt-form", part="status")
    if isinstance(bloom, list) or len(bloom) != _BLOOM_BYTES:
        raise MalformedError("receipt-form", part="bloom")
    if isinstance(logs, bytes):
        raise MalformedError("receipt-form", part="logs")
    return TransactionReceipt(
        kind, status == b"\x01", rlp.decode_int(gas), tuple(map(_decode_log, logs))
    )


def encode_receipt(receipt: Mapping[str, object]) -> bytes:
    """Return type ‖ payload of a receipt as ``eth_getTransactionReceipt`` serves it.

    Raises:
        MalformedError: a member is missing or not of its form.
    """
    kind = number_of(receipt.get("type", "0x0"))
    if kind > _LAST_TYPE:
        raise MalformedError("receipt-form", part="type")
    payload = rlp.encode(
        [
            rlp.encode_int(number_of(receipt.get("status"))),
            rlp.encode_int(number_of(receipt.get("cumulativeGasUsed"))),
            data_of(receipt.get("logsBloom")),
            [_encode_log(log) for log in _list_of(receipt.get("logs"))],
        ]
    )
    return bytes([kind]) + payload if kind else payload


def receipts_trie(receipts: Sequence[Mapping[str, object]]) -> Trie:
    """Return the trie of all receipts of a block, in the order of the transactions.

    Raises:
        MalformedError: a receipt is not of its form, or not at its place.
    """
    for index, receipt in enumerate(receipts):
        if number_of(receipt.get("transactionIndex")) != index:
            raise MalformedError("receipt-order", index=index)
    return build_trie(
        {_key_of(index): encode_receipt(receipt) for index, receipt in enumerate(receipts)}
    )


def prove_receipt(receipts: Sequence[Mapping[str, object]], index: int) -> ReceiptProof:
    """Return the proof of one receipt out of all receipts of its block."""
    trie = receipts_trie(receipts)
    return ReceiptProof(index, encode_receipt(receipts[index]), trie.prove(_key_of(index)))


def _key_of(index: int) -> bytes:
    if not 0 <= index <= MAX_INDEX:
        raise LimitError("receipt-index", index=index)
    return rlp.encode(rlp.encode_int(index))


def _decode_log(item: RlpItem) -> Log:
    if isinstance(item, bytes) or len(item) != _LOG_FIELDS:
        raise MalformedError("receipt-form", part="log")
    address, topics, data = item
    if isinstance(address, list) or len(address) != _ADDRESS_BYTES or isinstance(data, list):
        raise MalformedError("receipt-form", part="log")
    if isinstance(topics, bytes) or len(topics) > _MAX_TOPICS:
        raise MalformedError("receipt-form", part="topics")
    hashes = tuple(topic for topic in topics if isinstance(topic, bytes))
    if len(hashes) != len(topics) or any(len(topic) != _HASH_BYTES for topic in hashes):
        raise MalformedError("receipt-form", part="topics")
    return Log(address, hashes, data)


def _encode_log(log: object) -> RlpItem:
    if not isinstance(log, Mapping):
        raise MalformedError("receipt-form", part="log")
    topics: list[RlpItem] = [data_of(topic) for topic in _list_of(log.get("topics"))]
    return [data_of(log.get("address")), topics, data_of(log.get("data"))]


def _list_of(value: object) -> Sequence[object]:
    if not isinstance(value, list | tuple):
        raise MalformedError("receipt-form", part="list")
    return value
