"""The anchor contract's own state under a block's state root: its code, and the log's head.

Storage layout of ``EvidenceAnchor`` (docs/spec/contracts.md): the heads' mapping; a head is one word of
size, index and block number from the low end, followed by the root.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.errors import MalformedError
from ledger.primitives.keccak import keccak256
from ledger.proof.membership import mapping_slot, offset_slot, verify_account, verify_slot
from ledger.proof.proof_files import ContractProof
from ledger.proof.trust import TrustedContract

HEADS_SLOT: Final = 1
_UINT64: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class AnchoredHead:
    """What the contract's state must say after the anchor.

    Attributes:
        member: 32-byte id.
        generation: of the log.
        size: leaves.
        root: 32 bytes.
        index: running number of the anchor.
        block_number: height.
    """

    member: bytes
    generation: int
    size: int
    root: bytes
    index: int
    block_number: int


def head_slots(member: bytes, generation: int) -> tuple[bytes, bytes]:
    """Return the two slots (32 bytes each) of a log's head."""
    key = keccak256(member + generation.to_bytes(32, "big"))
    first = mapping_slot(key, HEADS_SLOT)
    return first, offset_slot(first, 1)


def check_anchor_state(
    proofs: Sequence[ContractProof],
    state_root: bytes,
    contracts: Mapping[str, TrustedContract],
    expected: AnchoredHead,
) -> None:
    """Check code and head of the anchor contract.

    Raises:
        MalformedError: a proof does not hold, the code is another one, or the head is not the anchor.
    """
    trusted = contracts["EvidenceAnchor"]
    for proof in proofs:
        if proof.address == trusted.address:
            _check(proof, state_root, trusted, expected)
            return
    raise MalformedError("state-contract-missing")


def _check(
    proof: ContractProof, state_root: bytes, trusted: TrustedContract, expected: AnchoredHead
) -> None:
    account = verify_account(state_root, proof.address, proof.account)
    if account is None or account.code_hash != trusted.code_hash:
        raise MalformedError("state-other-code")
    slots = {each.slot: each.nodes for each in proof.slots}
    words = []
    for slot in head_slots(expected.member, expected.generation):
        if slot not in slots:
            raise MalformedError("state-slot-missing")
        words.append(verify_slot(account.storage_root, slot, slots[slot]))
    packed, root = words
    found = (packed & _UINT64, packed >> 64 & _UINT64, packed >> 128 & _UINT64)
    if found != (expected.size, expected.index, expected.block_number):
        raise MalformedError("state-other-head")
    if root != int.from_bytes(expected.root, "big"):
        raise MalformedError("state-other-head")
