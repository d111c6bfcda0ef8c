"""The small JSON files of a package: receipt, membership, consistency. Written and read here only."""

from dataclasses import dataclass
from typing import Final

from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue, decode, encode
from ledger.proof.receipt import ReceiptProof

MAX_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """An RFC 6962 consistency proof between two sizes of one log.

    Attributes:
        old_size: leaves before.
        new_size: leaves after.
        path: 32 bytes each.
    """

    old_size: int
    new_size: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class SlotProof:
    """A storage slot (32 bytes) with its path in the storage trie."""

    slot: bytes
    nodes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ContractProof:
    """An account with some of its slots, as ``eth_getProof`` (EIP-1186) answers.

    Attributes:
        address: 20 bytes.
        account: path in the state trie.
        slots: storage proofs.
    """

    address: bytes
    account: tuple[bytes, ...]
    slots: tuple[SlotProof, ...]


def receipt_to_bytes(proof: ReceiptProof) -> bytes:
    """Return the file form of a receipt proof."""
    return encode(
        {
            "index": proof.index,
            "receipt": proof.receipt.hex(),
            "path": [node.hex() for node in proof.nodes],
        }
    )


def receipt_from_bytes(data: bytes) -> ReceiptProof:
    """Read the file form of a receipt proof.

    Raises:
        MalformedError: another form.
    """
    found = shape.members(
        decode(data, max_bytes=MAX_BYTES), "receipt", {"index", "receipt", "path"}
    )
    return ReceiptProof(
        index=shape.integer(found["index"], "receipt.index", minimum=0),
        receipt=shape.hex_bytes(found["receipt"], "receipt.receipt"),
        nodes=_hex_list(found["path"], "receipt.path"),
    )


def consistency_to_bytes(proof: ConsistencyProof) -> bytes:
    """Return the file form of a consistency proof."""
    path: list[JsonValue] = [each.hex() for each in proof.path]
    return encode({"old_size": proof.old_size, "new_size": proof.new_size, "path": path})


def consistency_from_bytes(data: bytes) -> ConsistencyProof:
    """Read the file form of a consistency proof.

    Raises:
        MalformedError: another form.
    """
    names = {"old_size", "new_size", "path"}
    found = shape.members(decode(data, max_bytes=MAX_BYTES), "consistency", names)
    return ConsistencyProof(
        old_size=shape.integer(found["old_size"], "consistency.old_size", minimum=1),
        new_size=shape.integer(found["new_size"], "consistency.new_size", minimum=1),
        path=_hex_list(found["path"], "consistency.path"),
    )


def membership_to_bytes(contracts: tuple[ContractProof, ...]) -> bytes:
    """Return the file form of state proofs."""
    return encode([_contract_to_json(contract) for contract in contracts])


def membership_from_bytes(data: bytes) -> tuple[ContractProof, ...]:
    """Read the file form of state proofs.

    Raises:
        MalformedError: another form.
    """
    found = shape.items(decode(data, max_bytes=MAX_BYTES), "membership")
    return tuple(_contract_from_json(entry) for entry in found)


def _contract_to_json(contract: ContractProof) -> JsonValue:
    return {
        "address": contract.address.hex(),
        "account": [node.hex() for node in contract.account],
        "slots": [
            {"slot": each.slot.hex(), "path": [node.hex() for node in each.nodes]}
            for each in contract.slots
        ],
    }


def _contract_from_json(value: JsonValue) -> ContractProof:
    found = shape.members(value, "membership", {"address", "account", "slots"})
    return ContractProof(
        address=shape.hex_bytes(found["address"], "membership.address", 20),
        account=_hex_list(found["account"], "membership.account"),
        slots=tuple(_slot_from_json(each) for each in shape.items(found["slots"], "slots")),
    )


def _slot_from_json(value: JsonValue) -> SlotProof:
    found = shape.members(value, "slots", {"slot", "path"})
    slot = shape.hex_bytes(found["slot"], "slots.slot", 32)
    return SlotProof(slot, _hex_list(found["path"], "slots.path"))


def _hex_list(value: JsonValue, where: str) -> tuple[bytes, ...]:
    return tuple(shape.hex_bytes(each, where) for each in shape.items(value, where))
