"""A recorded QBFT block as a file: its header, its receipts, and proofs of state, in one JSON object.

Form (docs/spec/block-file.md): ``validator_mode``, ``validators``, ``header``, ``receipts`` have to
be there; ``header_rlp_as_served``, ``anchor_proof``, ``expected`` may be; ``parent_header`` and
``validator_contract`` belong to contract mode. Everything is as JSON-RPC serves it.

Only the form is read here: what the values prove is the business of ``block_checks``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from ledger.errors import MalformedError
from ledger.proof.block_receipts import check_receipt
from ledger.proof.block_values import (
    as_data,
    as_list,
    as_number,
    as_object,
    as_one_of,
    member,
    path,
    read_object,
)
from ledger.proof.header import FIELDS, MIN_FIELDS, Header, header_rlp_from_json, parse_header
from ledger.proof.membership import VALIDATORS_SLOT, slot_at

ValidatorMode: TypeAlias = Literal["header", "contract"]
MODES: Final[tuple[ValidatorMode, ...]] = ("header", "contract")
_LAYOUT: Final = re.compile(r"address\[\] at slot ([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class StatedHeader:
    """A header and the hash under which the file says that the chain knows it (32 bytes)."""

    header: Header
    hash: bytes


@dataclass(frozen=True, slots=True)
class StatedSlot:
    """A storage slot (32 bytes), the value that the file states, and its path."""

    slot: bytes
    value: int
    nodes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class StatedAccount:
    """An answer of ``eth_getProof`` (EIP-1186): everything it states, and the paths that prove it.

    Attributes:
        address: 20 bytes.
        nonce: as stated.
        balance: in wei.
        storage_root: 32 bytes.
        code_hash: 32 bytes.
        nodes: path in the state trie.
        slots: of the account's storage.
    """

    address: bytes
    nonce: int
    balance: int
    storage_root: bytes
    code_hash: bytes
    nodes: tuple[bytes, ...]
    slots: tuple[StatedSlot, ...]


@dataclass(frozen=True, slots=True)
class ValidatorContract:
    """The contract that holds the validators, on the parent's state; the array's slot."""

    account: StatedAccount
    base_slot: int


@dataclass(frozen=True, slots=True)
class BlockFile:
    """A recorded block.

    Attributes:
        mode: where the chain keeps its validators.
        validators: 20-byte addresses, as the file states them.
        block: header and hash.
        served: RLP of the header as served; ``None`` when the file has none.
        receipts: checked for their form.
        anchor: state of the anchor contract at this block; ``None`` when the file has none.
        parent: contract mode, header of the block before; ``None`` when the file has none.
        contract: contract mode, on the parent's state; ``None`` when the file has none.
        expected: what the file says must come out; empty when it does not say.
    """

    mode: ValidatorMode
    validators: tuple[bytes, ...]
    block: StatedHeader
    served: bytes | None
    receipts: tuple[Mapping[str, object], ...]
    anchor: StatedAccount | None
    parent: StatedHeader | None
    contract: ValidatorContract | None
    expected: Mapping[str, object]


def read_block_file(data: bytes) -> BlockFile:
    """Read a file's bytes.

    Raises:
        LimitError: too large or nested too deep.
        MalformedError: ``block-not-json`` or ``block-field-…``, which names the field.
    """
    found = read_object(data)
    mode = as_one_of(member(found, "validator_mode"), "validator_mode", MODES)
    served = found.get("header_rlp_as_served")
    anchor, parent = found.get("anchor_proof"), found.get("parent_header")
    contract = found.get("validator_contract")
    in_contract = mode == "contract"
    return BlockFile(
        mode=mode,
        validators=_addresses(member(found, "validators"), "validators"),
        block=_header(member(found, "header"), "header"),
        served=None if served is None else as_data(served, "header_rlp_as_served"),
        receipts=_receipts(member(found, "receipts")),
        anchor=None if anchor is None else _wrapped(anchor, "anchor_proof", "proof"),
        parent=_header(parent, "parent_header") if in_contract and parent is not None else None,
        contract=_contract(contract) if in_contract and contract is not None else None,
        expected=as_object(found.get("expected") or {}, "expected"),
    )


def _addresses(value: object, where: str) -> tuple[bytes, ...]:
    listed = as_list(value, where)
    return tuple(as_data(each, path(where, at), 20) for at, each in enumerate(listed))


def _header(value: object, where: str) -> StatedHeader:
    found = as_object(value, where)
    for position, (name, length) in enumerate(FIELDS):
        if position >= MIN_FIELDS and found.get(name) is None:
            continue
        field = member(found, name, where)
        if length is None:
            as_number(field, path(where, name))
        else:
            as_data(field, path(where, name), length)
    stated = as_data(member(found, "hash", where), path(where, "hash"), 32)
    return StatedHeader(parse_header(header_rlp_from_json(found)), stated)


def _receipts(value: object) -> tuple[Mapping[str, object], ...]:
    listed = as_list(value, "receipts")
    return tuple(check_receipt(each, path("receipts", at)) for at, each in enumerate(listed))


def _contract(value: object) -> ValidatorContract:
    where = "validator_contract"
    layout = as_object(value, where).get("storage_layout")
    base_slot = VALIDATORS_SLOT
    if layout is not None:
        read = _LAYOUT.fullmatch(layout) if isinstance(layout, str) else None
        if read is None:
            form = "address[] at slot N"
            raise MalformedError(
                "block-field-choice", field=path(where, "storage_layout"), choices=form
            )
        base_slot = int(read[1])
    return ValidatorContract(_wrapped(value, where, "proof_on_parent_state"), base_slot)


def _wrapped(value: object, where: str, name: str) -> StatedAccount:
    """Read an account beside the address that it has to be about."""
    found = as_object(value, where)
    address = as_data(member(found, "address", where), path(where, "address"), 20)
    account = _account(member(found, name, where), path(where, name))
    if account.address != address:
        raise MalformedError("block-field-differs", field=path(where, "address"), other=name)
    return account


def _account(value: object, where: str) -> StatedAccount:
    found = as_object(value, where)

    def data(name: str, length: int) -> bytes:
        return as_data(member(found, name, where), path(where, name), length)

    def number(name: str) -> int:
        return as_number(member(found, name, where), path(where, name))

    slots = as_list(member(found, "storageProof", where), path(where, "storageProof"))
    return StatedAccount(
        address=data("address", 20),
        nonce=number("nonce"),
        balance=number("balance"),
        storage_root=data("storageHash", 32),
        code_hash=data("codeHash", 32),
        nodes=_nodes(member(found, "accountProof", where), path(where, "accountProof")),
        slots=tuple(
            _slot(each, path(path(where, "storageProof"), at)) for at, each in enumerate(slots)
        ),
    )


def _slot(value: object, where: str) -> StatedSlot:
    found = as_object(value, where)
    return StatedSlot(
        slot=slot_at(as_number(member(found, "key", where), path(where, "key"))),
        value=as_number(member(found, "value", where), path(where, "value")),
        nodes=_nodes(member(found, "proof", where), path(where, "proof")),
    )


def _nodes(value: object, where: str) -> tuple[bytes, ...]:
    return tuple(as_data(each, path(where, at)) for at, each in enumerate(as_list(value, where)))
