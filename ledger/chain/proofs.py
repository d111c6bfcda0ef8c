"""Freezing a chain proof at finality: header, receipt path, state proof.

No standard call gives a receipt's path: the trie is rebuilt from all receipts of the block and must have the
header's root. State proofs are asked for at once, because nodes drop old state (Besu after 512 blocks,
pruned nodes sooner); without one the receipt still proves the anchor.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.chain.blocks import header_bytes, read_block, read_receipts
from ledger.chain.errors import NodeError
from ledger.chain.rpc import Rpc
from ledger.errors import IntegrityError, MalformedError
from ledger.evidence.anchoring import Inclusion
from ledger.ports.chain import ChainProof
from ledger.proof.header import ChainKind, parse_header
from ledger.proof.proof_files import (
    ContractProof,
    SlotProof,
    membership_to_bytes,
    receipt_to_bytes,
)
from ledger.proof.receipt import ReceiptProof, prove_receipt, receipts_trie


def freeze(
    rpc: Rpc, kind: ChainKind, inclusion: Inclusion, *, contract: bytes, slots: Sequence[bytes]
) -> ChainProof:
    """Return the proof of a mined transaction.

    Args:
        rpc: the node.
        kind: of chain.
        inclusion: where the transaction stands.
        contract: 20-byte address whose state is proved too.
        slots: 32-byte storage slots of it.

    Raises:
        IntegrityError: the node's answers contradict each other.
        UnavailableError: it does not answer.
    """
    block = read_block(rpc, inclusion.block_number)
    if block is None or bytes.fromhex(block["hash"][2:]) != inclusion.block_hash:
        raise IntegrityError("chain-block-moved", number=inclusion.block_number)
    header = header_bytes(block, kind)
    receipt = _receipt_proof(rpc, header, inclusion)
    membership = _state_proof(rpc, inclusion.block_number, contract, slots)
    return ChainProof(header, receipt_to_bytes(receipt), membership)


def _receipt_proof(rpc: Rpc, header: bytes, inclusion: Inclusion) -> ReceiptProof:
    receipts = read_receipts(rpc, inclusion.block_number)
    name = "0x" + inclusion.transaction.hex()
    index = next((at for at, r in enumerate(receipts) if r["transactionHash"] == name), None)
    try:
        if index is None or receipts_trie(receipts).root != parse_header(header).receipts_root:
            raise IntegrityError("chain-receipts", number=inclusion.block_number)
        return prove_receipt(receipts, index)
    except MalformedError as error:
        raise IntegrityError("chain-receipts", number=inclusion.block_number) from error


def _state_proof(rpc: Rpc, number: int, contract: bytes, slots: Sequence[bytes]) -> bytes | None:
    names = ["0x" + slot.hex() for slot in slots]
    try:
        answer: Mapping[str, Any] | None = rpc.call(
            "eth_getProof", "0x" + contract.hex(), names, hex(number)
        )
    except NodeError:
        return None
    if answer is None:
        return None
    proofs = {_word(each["key"]): _nodes(each["proof"]) for each in answer["storageProof"]}
    proof = ContractProof(
        address=contract,
        account=_nodes(answer["accountProof"]),
        slots=tuple(SlotProof(slot, proofs[slot]) for slot in slots),
    )
    return membership_to_bytes((proof,))


def _word(text: str) -> bytes:
    """Return a storage key as 32 bytes; some clients cut leading zeroes."""
    return bytes.fromhex(text[2:].rjust(64, "0"))


def _nodes(proof: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(node[2:]) for node in proof)
