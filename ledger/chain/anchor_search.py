"""Another member's anchor out of its block, with the proof that it stands there."""

from dataclasses import dataclass

from ledger.chain.blocks import header_bytes, read_block, read_receipts, reference
from ledger.chain.rpc import Rpc
from ledger.errors import IntegrityError, MalformedError
from ledger.evidence.anchoring import Inclusion
from ledger.proof.anchor_event import find_event
from ledger.proof.chain_proof import ExpectedAnchor
from ledger.proof.header import ChainKind, parse_header
from ledger.proof.misbehaviour import Anchoring
from ledger.proof.proof_files import receipt_to_bytes
from ledger.proof.receipt import prove_receipt, verify_receipt


@dataclass(frozen=True, slots=True)
class FoundAnchor:
    """An anchor with its place.

    Attributes:
        anchoring: with the proof.
        inclusion: its transaction and block.
    """

    anchoring: Anchoring
    inclusion: Inclusion


def find_anchoring(
    url: str, kind: ChainKind, contract: bytes, *, number: int, member: bytes, size: int
) -> FoundAnchor:
    """Return the anchor of ``size`` leaves that ``member`` made in block ``number``.

    Args:
        url: of the chain's node.
        kind: of chain.
        contract: 20-byte address of ``EvidenceAnchor``.
        number: height.
        member: 32-byte id.
        size: leaves.

    Raises:
        IntegrityError: the block has no such anchor, or the node's answers contradict each other.
        UnavailableError: the node does not answer.
    """
    return Rpc(url).agreed(
        lambda rpc: _find(rpc, kind, contract, number=number, member=member, size=size)
    )


def _find(
    rpc: Rpc, kind: ChainKind, contract: bytes, *, number: int, member: bytes, size: int
) -> FoundAnchor:
    block = read_block(rpc, number)
    if block is None:
        raise IntegrityError("chain-block-moved", number=number)
    header = header_bytes(block, kind)
    receipts, root = read_receipts(rpc, number), parse_header(header).receipts_root
    for index in range(len(receipts)):
        proof = prove_receipt(receipts, index)
        try:
            event = find_event(verify_receipt(proof, root), contract, member=member, size=size)
        except MalformedError:
            continue
        expected = ExpectedAnchor(
            member=member,
            generation=event.generation,
            size=size,
            root=event.root,
            previous_size=event.previous_size,
        )
        return FoundAnchor(
            Anchoring(header, receipt_to_bytes(proof), expected),
            Inclusion(
                transaction=bytes.fromhex(str(receipts[index]["transactionHash"])[2:]),
                block_number=number,
                block_hash=reference(block).block_hash,
                succeeded=True,
            ),
        )
    raise IntegrityError("chain-receipts", number=number)
