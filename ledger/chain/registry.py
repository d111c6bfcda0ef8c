"""Members and their keys as ``ConsortiumRegistry`` records them: what a trust file is made of."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, TypeVar

from contracts import artifact
from ledger.chain.blocks import header_bytes, read_block
from ledger.chain.contract import Contract
from ledger.chain.rpc import Rpc
from ledger.errors import ConfigurationError, UnavailableError
from ledger.evidence.possession import PURPOSES
from ledger.proof.header import ChainKind, parse_header
from ledger.proof.qbft_extra import QbftExtra
from ledger.proof.trust import KeyRecord

_Name = TypeVar("_Name")

ROLES: Final = ("member", "observer", "court", "regulator", "auditor")
"""Bits of a role set, lowest first (contracts/registry/Roles.sol)."""
_REASONS: Final = (None, "rotated", "retired", "compromised")


@dataclass(frozen=True, slots=True)
class RegisteredMember:
    """An institution on chain.

    Attributes:
        member: 32-byte id.
        name_hash: SHA-256 of the registered name.
        origin: of its log, without the generation.
        generation: present log generation.
        status: ``active``, ``suspended`` or ``left``.
        keys: every key record.
        endpoint: URL at which peers reach its node.
        roles: names of ``ROLES``, in their order; ``member`` is the one that votes and anchors.
        admin: 20-byte address that speaks for it in the registry; free again once it left.
        since: block of its admission.
        until: block in which it left; ``None`` before.
    """

    member: bytes
    name_hash: bytes
    origin: str
    generation: int
    status: str
    keys: tuple[KeyRecord, ...]
    endpoint: str
    roles: tuple[str, ...]
    admin: bytes
    since: int
    until: int | None


_STATUS: Final = ("none", "active", "suspended", "left")


def read_members(url: str, registry: bytes) -> tuple[RegisteredMember, ...]:
    """Return every institution that was ever admitted, with all its keys.

    Raises:
        ConfigurationError: there is no registry at the address.
        UnavailableError: the node does not answer.
    """
    contract = Contract(Rpc(url), artifact("ConsortiumRegistry"), registry)
    (ids,) = contract.call("memberIds")
    return tuple(_member(contract, bytes(member)) for member in ids)


def read_validators(url: str, kind: ChainKind, registry: bytes) -> tuple[bytes, ...]:
    """Return the validators of a QBFT chain: ascending, from the newest header or the contract.

    Raises:
        IntegrityError: the header is not of the kind.
        UnavailableError: the node does not answer.
    """
    rpc = Rpc(url)
    if kind == "qbft-contract":
        (found,) = Contract(rpc, artifact("ConsortiumRegistry"), registry).call("getValidators")
        return tuple(sorted(bytes.fromhex(str(each)[2:]) for each in found))
    block = read_block(rpc, "latest")
    if block is None:
        raise UnavailableError("chain-block-missing", number="latest")
    header = parse_header(header_bytes(block, kind))
    return QbftExtra.parse(header.extra_data).validators


def _member(contract: Contract, member: bytes) -> RegisteredMember:
    (found,) = contract.call("member", member)
    (records,) = contract.call("keyRecords", member)
    generation, since, until, roles, status, name_hash, admin, endpoint, origin = found
    return RegisteredMember(
        member=member,
        name_hash=bytes(name_hash),
        origin=origin,
        generation=generation,
        status=_named(_STATUS, status),
        keys=tuple(_key(record) for record in records),
        endpoint=endpoint,
        roles=roles_from_bits(roles),
        admin=bytes.fromhex(admin[2:]),
        since=since,
        until=until or None,
    )


def name_hash(name: str) -> bytes:
    """Return what the registry holds of an institution's name: SHA-256 of it in UTF-8 NFC."""
    return sha256(unicodedata.normalize("NFC", name).encode()).digest()


def roles_from_bits(bits: int) -> tuple[str, ...]:
    """Return the names of a role set.

    Raises:
        ConfigurationError: a bit that the registry does not know.
    """
    if bits >> len(ROLES):
        raise ConfigurationError("contract-other", contract="ConsortiumRegistry")
    return tuple(name for at, name in enumerate(ROLES) if bits >> at & 1)


def _key(record: tuple[bytes, int, int, int, int, int]) -> KeyRecord:
    key, since, until, compromised_since, purpose, reason = record
    name = _named(PURPOSES, purpose)
    return KeyRecord(
        purpose=name,
        key=bytes(key)[-20:] if name == "anchor" else bytes(key),
        since=since,
        until=until if reason else None,
        reason=_named(_REASONS, reason),
        compromised_since=compromised_since or None,
    )


def _named(names: Sequence[_Name], index: int) -> _Name:
    """Return the name of a Solidity enum's value."""
    if not 0 <= index < len(names):
        raise ConfigurationError("contract-other", contract="ConsortiumRegistry")
    return names[index]
