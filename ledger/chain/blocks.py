"""Blocks and receipts as the node serves them, checked against their own hashes."""

from collections.abc import Mapping
from typing import Any, Final

from ledger.chain.errors import Meaning, NodeError
from ledger.chain.rpc import Rpc
from ledger.errors import IntegrityError, MalformedError, UnavailableError
from ledger.ports.chain import BlockRef
from ledger.proof.header import ChainKind, block_hash, header_rlp_from_json, parse_header

HASHES_ONLY: Final = False
"""Second parameter of ``eth_getBlockByNumber``: transactions by hash, not in full."""


def read_block(rpc: Rpc, which: int | str) -> Mapping[str, Any] | None:
    """Return a block without its transactions; ``None`` when the node has none such.

    Raises:
        UnavailableError: the node does not answer.
    """
    name = hex(which) if isinstance(which, int) else which
    try:
        block: Mapping[str, Any] | None = rpc.call("eth_getBlockByNumber", name, HASHES_ONLY)
    except NodeError as error:
        # Nodes without the tag answer "not found", -32602, or "finalized block not found".
        if which == "finalized" or error.meaning is Meaning.UNSUPPORTED:
            return None
        raise UnavailableError("chain-refuses", detail=error.message[:200]) from error
    return block


def reference(block: Mapping[str, Any]) -> BlockRef:
    """Return number, hash and time of a block."""
    return BlockRef(
        number=int(block["number"], 16),
        block_hash=bytes.fromhex(block["hash"][2:]),
        timestamp=int(block["timestamp"], 16),
    )


def header_bytes(block: Mapping[str, Any], kind: ChainKind) -> bytes:
    """Return the header's RLP after recomputing the block's hash from it.

    Raises:
        IntegrityError: the hash differs: another kind of chain than configured, or a fork of the protocol
            whose fields are not known here.
    """
    try:
        rlp = header_rlp_from_json(block)
        computed = block_hash(parse_header(rlp), kind)
    except MalformedError as error:
        raise IntegrityError("chain-header", number=block.get("number"), why=error.code) from error
    if computed != bytes.fromhex(block["hash"][2:]):
        raise IntegrityError("chain-header", number=block["number"], why="hash")
    return rlp


def read_receipts(rpc: Rpc, number: int) -> list[Mapping[str, Any]]:
    """Return all receipts of a block, one by one where the node has no call for the block.

    Raises:
        UnavailableError: the node does not answer.
    """
    try:
        receipts: list[Mapping[str, Any]] | None = rpc.call("eth_getBlockReceipts", hex(number))
    except NodeError as error:
        if error.meaning is not Meaning.UNSUPPORTED:
            raise UnavailableError("chain-refuses", detail=error.message[:200]) from error
        receipts = None
    if receipts is not None:
        return receipts
    block = read_block(rpc, number)
    if block is None:
        raise UnavailableError("chain-block-missing", number=number)
    return rpc.batch("eth_getTransactionReceipt", list(block["transactions"]))
