"""Freezing a chain proof at finality: header, receipt path, state proof.

No standard call gives a receipt's path: the trie is rebuilt from all receipts of the block and must have the
header's root. State proofs are asked for at once, because nodes drop old state (Besu after 512 blocks,
pruned nodes sooner); without one the receipt still proves the anchor.
"""

from collections.abc import Sequence
from typing import Final

from ledger.chain import answers
from ledger.chain.answers import malformed
from ledger.chain.blocks import header_bytes, read_block, read_receipts, reference
from ledger.chain.errors import Meaning, NodeError, refusal
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

EMBEDDED_BELOW: Final = 32
"""Bytes of RLP from which on a vertex is named by its hash."""
_PROOF: Final = "eth_getProof"


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
    if block is None or reference(block).block_hash != inclusion.block_hash:
        raise IntegrityError("chain-block-moved", number=inclusion.block_number)
    header = header_bytes(block, kind)
    receipt = _receipt_proof(rpc, header, inclusion)
    membership = _state_proof(rpc, inclusion.block_number, contract, slots)
    return ChainProof(header, receipt_to_bytes(receipt), membership)


def _receipt_proof(rpc: Rpc, header: bytes, inclusion: Inclusion) -> ReceiptProof:
    receipts = read_receipts(rpc, inclusion.block_number)
    name = "0x" + inclusion.transaction.hex()
    index = next((at for at, r in enumerate(receipts) if r.get("transactionHash") == name), None)
    try:
        if index is None or receipts_trie(receipts).root != parse_header(header).receipts_root:
            raise IntegrityError("chain-receipts", number=inclusion.block_number)
        return prove_receipt(receipts, index)
    except MalformedError as error:
        raise IntegrityError("chain-receipts", number=inclusion.block_number) from error


def _state_proof(rpc: Rpc, number: int, contract: bytes, slots: Sequence[bytes]) -> bytes | None:
    names = ["0x" + slot.hex() for slot in slots]
    try:
        answer = rpc.call(_PROOF, "0x" + contract.hex(), names, hex(number))
    except NodeError as error:
        # Besu says "Internal error" for state that it no longer has; only a busy node is asked again.
        if error.meaning is Meaning.BUSY:
            raise refusal(error) from error
        return None
    if answer is None:
        return None
    found = answers.mapping(answer, _PROOF)
    proved = {}
    for each in answers.items(found.get("storageProof"), _PROOF, "storageProof"):
        entry = answers.mapping(each, _PROOF, "storageProof")
        proved[_word(entry.get("key"))] = _vertices(entry.get("proof"))
    if not proved.keys() >= set(slots):
        raise malformed(_PROOF, "storageProof")
    proof = ContractProof(
        address=contract,
        account=_vertices(found.get("accountProof")),
        slots=tuple(SlotProof(slot, proved[slot]) for slot in slots),
    )
    return membership_to_bytes((proof,))


def _word(key: object) -> bytes:
    """Return a storage key as 32 bytes; some clients cut leading zeroes, as in a QUANTITY."""
    return answers.quantity(key, _PROOF, "key").to_bytes(32, "big")


def _vertices(proof: object) -> tuple[bytes, ...]:
    """Return the vertices of a path that are not part of another one.

    A vertex shorter than 32 bytes stands inside its parent (Yellow Paper, appendix D), so geth, Besu and
    EIP-1186's example leave it out of the list; anvil lists it a second time. The verifier refuses what is
    left over, so it is dropped here. The first vertex is the root, which has no parent.
    """
    found = [answers.data(each, _PROOF, "proof") for each in answers.items(proof, _PROOF, "proof")]
    return tuple(
        vertex for at, vertex in enumerate(found) if at == 0 or len(vertex) >= EMBEDDED_BELOW
    )
