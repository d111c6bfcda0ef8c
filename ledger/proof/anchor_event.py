"""The ``Anchored`` event of ``EvidenceAnchor``, read out of a receipt."""

from dataclasses import dataclass
from typing import Final

from ledger.errors import MalformedError
from ledger.primitives.keccak import keccak256
from ledger.proof.receipt import Log, TransactionReceipt

SIGNATURE: Final = b"Anchored(bytes32,uint64,uint64,bytes32,uint64,uint64,bytes32,uint64)"
TOPIC: Final = keccak256(SIGNATURE)
_TOPICS: Final = 4
_WORDS: Final = 5


@dataclass(frozen=True, slots=True)
class AnchorEvent:
    """What the contract recorded.

    Attributes:
        member: 32-byte id.
        generation: of the member's log.
        size: leaves.
        root: 32 bytes.
        index: running number of the anchor within the generation.
        previous_size: of the anchor before; 0 for the first.
        previous_root: 32 bytes; zero for the first.
        previous_block: where the anchor before was made.
    """

    member: bytes
    generation: int
    size: int
    root: bytes
    index: int
    previous_size: int
    previous_root: bytes
    previous_block: int


def find_event(
    receipt: TransactionReceipt, contract: bytes, *, member: bytes, size: int
) -> AnchorEvent:
    """Return the event of ``contract`` for ``member`` and ``size``.

    Raises:
        MalformedError: the receipt has no such event, or the transaction failed.
    """
    if not receipt.status:
        raise MalformedError("anchor-transaction-failed")
    for log in receipt.logs:
        if log.address == contract and log.topics and log.topics[0] == TOPIC:
            event = _event_from_log(log)
            if (event.member, event.size) == (member, size):
                return event
    raise MalformedError("anchor-event-missing", size=size)


def _event_from_log(log: Log) -> AnchorEvent:
    if len(log.topics) != _TOPICS or len(log.data) != _WORDS * 32:
        raise MalformedError("anchor-event-form")
    _, member, generation, size = log.topics
    root, index, previous_size, previous_root, previous_block = (
        log.data[at : at + 32] for at in range(0, _WORDS * 32, 32)
    )
    return AnchorEvent(
        member=member,
        generation=int.from_bytes(generation, "big"),
        size=int.from_bytes(size, "big"),
        root=root,
        index=int.from_bytes(index, "big"),
        previous_size=int.from_bytes(previous_size, "big"),
        previous_root=previous_root,
        previous_block=int.from_bytes(previous_block, "big"),
    )
