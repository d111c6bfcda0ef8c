"""Blocks and receipts as the node serves them, checked against their own hashes."""

from collections.abc import Mapping
from typing import Any, Final

from ledger.chain import answers
from ledger.chain.answers import malformed, member_data, member_quantity
from ledger.chain.errors import Meaning, NodeError, refusal
from ledger.chain.rpc import Rpc
from ledger.errors import IntegrityError, MalformedError, UnavailableError
from ledger.ports.chain import BlockRef
from ledger.proof.header import ChainKind, block_hash, header_rlp_from_json, parse_header

HASHES_ONLY: Final = False
"""Second parameter of ``eth_getBlockByNumber``: transactions by hash, not in full."""
HASH_BYTES: Final = 32

_BLOCK: Final = "eth_getBlockByNumber"
_RECEIPTS: Final = "eth_getBlockReceipts"
_RECEIPT: Final = "eth_getTransactionReceipt"


def read_block(rpc: Rpc, which: int | str) -> Mapping[str, Any] | None:
    """Return a block without its transactions; ``None`` when the node has none such.

    Raises:
        UnavailableError: the node does not answer, or answers for another height.
    """
    name = hex(which) if isinstance(which, int) else which
    try:
        answer = rpc.call(_BLOCK, name, HASHES_ONLY)
    except NodeError as error:
        # Nodes without the tag answer "not found", -32602, or "finalized block not found".
        if which == "finalized" or error.meaning is Meaning.UNSUPPORTED:
            return None
        raise refusal(error) from error
    if answer is None:
        return None
    block = answers.mapping(answer, _BLOCK)
    found = reference(block)
    if isinstance(which, int) and found.number != which:
        raise malformed(_BLOCK, "number")
    return block


def reference(block: Mapping[str, Any]) -> BlockRef:
    """Return number, hash and time of a block."""
    return BlockRef(
        number=member_quantity(block, "number", _BLOCK),
        block_hash=member_data(block, "hash", _BLOCK, length=HASH_BYTES),
        timestamp=member_quantity(block, "timestamp", _BLOCK),
    )


def header_bytes(block: Mapping[str, Any], kind: ChainKind) -> bytes:
    """Return the header's RLP after recomputing the block's hash from it.

    Raises:
        IntegrityError: the hash differs: another kind of chain than configured, or a fork of the protocol
            whose fields are not known here.
    """
    found = reference(block)
    try:
        rlp = header_rlp_from_json(block)
        computed = block_hash(parse_header(rlp), kind)
    except MalformedError as error:
        raise IntegrityError("chain-header", number=found.number, why=error.code) from error
    if computed != found.block_hash:
        raise IntegrityError("chain-header", number=found.number, why="hash")
    return rlp


def read_receipts(rpc: Rpc, number: int) -> list[Mapping[str, Any]]:
    """Return all receipts of a block, one by one where the node has no call for the block.

    Raises:
        UnavailableError: the node does not answer, or lacks one of them.
    """
    try:
        answer = rpc.call(_RECEIPTS, hex(number))
    except NodeError as error:
        if error.meaning is not Meaning.UNSUPPORTED:
            raise refusal(error) from error
        answer = None
    if answer is not None:
        return [answers.mapping(each, _RECEIPTS) for each in answers.items(answer, _RECEIPTS)]
    block = read_block(rpc, number)
    if block is None:
        raise UnavailableError("chain-block-missing", number=number)
    names = answers.items(block.get("transactions"), _BLOCK, "transactions")
    return [answers.mapping(each, _RECEIPT) for each in rpc.batch(_RECEIPT, names)]
