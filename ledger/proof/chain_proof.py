"""Checking a frozen chain proof on its own, before the node relies on it: V9, and the state of V11."""

from dataclasses import dataclass

from ledger.errors import MalformedError
from ledger.proof.anchor_event import AnchorEvent, find_event
from ledger.proof.anchor_state import AnchoredHead, check_anchor_state
from ledger.proof.header import parse_header
from ledger.proof.proof_files import membership_from_bytes, receipt_from_bytes
from ledger.proof.receipt import verify_receipt
from ledger.proof.trust import TrustedContract


@dataclass(frozen=True, slots=True)
class ExpectedAnchor:
    """What the proof must show.

    Attributes:
        member: 32-byte id.
        generation: of the log.
        size: leaves.
        root: 32 bytes.
        previous_size: of the anchor before.
    """

    member: bytes
    generation: int
    size: int
    root: bytes
    previous_size: int


def check_chain_proof(
    *,
    header: bytes,
    receipt: bytes,
    membership: bytes | None,
    contract: TrustedContract,
    expected: ExpectedAnchor,
) -> AnchorEvent:
    """Return the event that the proof shows.

    Args:
        header: RLP.
        receipt: file form of the receipt proof.
        membership: file form of the state proof; ``None`` when there is none.
        contract: the anchor contract.
        expected: what was anchored.

    Raises:
        MalformedError: a proof does not hold, or shows something else.
    """
    block = parse_header(header)
    found = verify_receipt(receipt_from_bytes(receipt), block.receipts_root)
    event = find_event(found, contract.address, member=expected.member, size=expected.size)
    shown = (event.generation, event.root, event.previous_size)
    if shown != (expected.generation, expected.root, expected.previous_size):
        raise MalformedError("anchor-event-other", size=expected.size)
    if membership is not None:
        head = AnchoredHead(
            member=event.member,
            generation=event.generation,
            size=event.size,
            root=event.root,
            index=event.index,
            block_number=block.number,
        )
        proofs = membership_from_bytes(membership)
        check_anchor_state(proofs, block.state_root, {"EvidenceAnchor": contract}, head)
    return event
