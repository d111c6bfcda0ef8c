"""State proofs (EIP-1186): an account under a state root, a storage slot under an account.

* Keys of these tries are Keccak-256 of the address and of the slot.
* Absence is an answer, not an error: no account is ``None``, no value is 0.
* Solidity's layout: the value of a mapping lies at keccak256(key ‖ slot), the elements of a dynamic
  array from keccak256(slot) on (Solidity documentation, "Layout of State Variables in Storage").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.errors import MalformedError
from ledger.primitives import rlp
from ledger.primitives.keccak import keccak256
from ledger.primitives.secp256k1 import ADDRESS_BYTES
from ledger.primitives.trie import verify
from ledger.proof.qbft_extra import MAX_VALIDATORS

SLOT_BYTES: Final = 32
VALIDATORS_SLOT: Final = 0
"""The registry keeps ``address[] validators`` first, where QBFT clients do not care but proofs
do."""

_SLOT_MODULUS: Final = 2**256
_HASH_BYTES: Final = 32
_ACCOUNT_FIELDS: Final = 4
_MAX_ACCOUNT_BYTES: Final = 4 * 33 + 8
_MAX_VALUE_BYTES: Final = 33


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the state trie holds it.

    Attributes:
        nonce: transactions sent, or contracts created.
        balance: in wei.
        storage_root: 32 bytes.
        code_hash: Keccak-256 of the code, 32 bytes.
    """

    nonce: int
    balance: int
    storage_root: bytes
    code_hash: bytes


def verify_account(state_root: bytes, address: bytes, nodes: Sequence[bytes]) -> Account | None:
    """Check an account proof.

    Args:
        state_root: 32 bytes, from a verified header.
        address: 20 bytes.
        nodes: ``accountProof``, the root first.

    Returns:
        The account, or ``None`` when the proof shows that there is none.

    Raises:
        MalformedError: the proof does not hold, or the account is not of its form.
    """
    value = verify(state_root, keccak256(address), nodes)
    if value is None:
        return None
    item = rlp.decode(
        value, max_bytes=_MAX_ACCOUNT_BYTES, max_items=_ACCOUNT_FIELDS + 1, max_depth=1
    )
    if isinstance(item, bytes) or len(item) != _ACCOUNT_FIELDS:
        raise MalformedError("account-form")
    nonce, balance, storage_root, code_hash = item
    if isinstance(storage_root, list) or isinstance(code_hash, list):
        raise MalformedError("account-form")
    if len(storage_root) != _HASH_BYTES or len(code_hash) != _HASH_BYTES:
        raise MalformedError("account-form")
    return Account(rlp.decode_int(nonce), rlp.decode_int(balance), storage_root, code_hash)


def verify_slot(storage_root: bytes, slot: bytes, nodes: Sequence[bytes]) -> int:
    """Check a storage proof.

    Args:
        storage_root: 32 bytes, from a verified account.
        slot: 32 bytes.
        nodes: ``storageProof[i].proof``, the root first.

    Returns:
        The word in the slot; 0 when nothing is stored.

    Raises:
        MalformedError: the proof does not hold, or the value is not a word.
    """
    value = verify(storage_root, keccak256(slot), nodes)
    if value is None:
        return 0
    return rlp.decode_int(rlp.decode(value, max_bytes=_MAX_VALUE_BYTES, max_items=1, max_depth=0))


def slot_at(position: int) -> bytes:
    """Return the 32-byte name of a slot."""
    return (position % _SLOT_MODULUS).to_bytes(SLOT_BYTES, "big")


def mapping_slot(key: bytes, base_slot: int | bytes) -> bytes:
    """Return the slot of a mapping's value.

    Args:
        key: 32 bytes; shorter value types are padded by the caller as Solidity does.
        base_slot: of the mapping; the slot of an inner mapping for nested ones.

    Raises:
        MalformedError: ``slot-key``: the key is not 32 bytes.
    """
    if len(key) != SLOT_BYTES:
        raise MalformedError("slot-key")
    base = slot_at(base_slot) if isinstance(base_slot, int) else base_slot
    return keccak256(key + base)


def offset_slot(slot: bytes, by: int) -> bytes:
    """Return the slot a number of words further on, for members of a struct."""
    return slot_at(int.from_bytes(slot, "big") + by)


def array_slot(base_slot: int, index: int) -> bytes:
    """Return the slot of an element of a dynamic array of words."""
    return offset_slot(keccak256(slot_at(base_slot)), index)


def validators_from_storage(
    storage_root: bytes,
    proofs: Mapping[bytes, Sequence[bytes]],
    *,
    base_slot: int = VALIDATORS_SLOT,
) -> tuple[bytes, ...]:
    """Read ``address[] validators`` out of storage proofs: the QBFT set in contract mode.

    Args:
        storage_root: of the validator contract on the *parent* state of the sealed block.
        proofs: vertices by slot; the length at ``base_slot`` and every element. Others are ignored.
        base_slot: where the array stands.

    Returns:
        20-byte addresses in the order of the array.

    Raises:
        MalformedError: a slot is missing or not proved, the array is longer than
        ``MAX_VALIDATORS``,
            or an element is no address.
    """
    count = _proved_word(storage_root, slot_at(base_slot), proofs)
    if not 0 < count <= MAX_VALIDATORS:
        raise MalformedError("validators-count", count=count)
    validators: list[bytes] = []
    for index in range(count):
        word = _proved_word(storage_root, array_slot(base_slot, index), proofs)
        if word.bit_length() > 8 * ADDRESS_BYTES:
            raise MalformedError("validators-address", index=index)
        validators.append(word.to_bytes(ADDRESS_BYTES, "big"))
    return tuple(validators)


def _proved_word(storage_root: bytes, slot: bytes, proofs: Mapping[bytes, Sequence[bytes]]) -> int:
    nodes = proofs.get(slot)
    if nodes is None:
        raise MalformedError("slot-proof-missing", slot=slot.hex())
    return verify_slot(storage_root, slot, nodes)
