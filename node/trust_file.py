"""The trust file of this consortium, built from the chain: members, keys, contracts, policy."""

import json
from typing import Final

from contracts import artifact
from ledger.chain.deploy import code_hash, genesis_hash
from ledger.chain.registry import (
    RegisteredMember,
    name_hash,
    read_members,
    read_validators,
)
from ledger.chain.voting import read_inactive
from ledger.errors import ConfigurationError
from ledger.primitives.canonical import JsonValue
from ledger.primitives.keccak import keccak256
from ledger.proof.report import CHECKS
from ledger.proof.trust import SCHEMA, Inactive, KeyRecord, Trust, TrustedContract, read_trust
from ledger.tsa.roots import read_roots
from node.settings import Settings

DEVELOPMENT: Final = ("V1", "V2", "V3", "V4", "V5", "V6", "V7", "V9", "V11", "V12")
GRACE_BLOCKS: Final = 3600
"""At a block a second: the promised merge delay."""


def build(settings: Settings) -> Trust:
    """Read the chain and return the trust file as this node holds it.

    Raises:
        ConfigurationError: the contracts are not there.
        UnavailableError: the chain does not answer.
    """
    return read_trust(compose(settings))


def compose(settings: Settings) -> bytes:
    """Return the bytes of the trust file: JSON that people can read.

    Raises:
        ConfigurationError: the contracts are not there.
        UnavailableError: the chain does not answer.
    """
    registry, anchor = _addresses(settings)
    members = read_members(settings.chain_url, registry)
    inactive = read_inactive(settings.chain_url, registry, members)
    witnesses = sum(1 for each in members if each.status == "active" and "member" in each.roles)
    value: JsonValue = {
        "schema": SCHEMA,
        "chain": {
            "id": settings.chain_id,
            "genesis": genesis_hash(settings.chain_url).hex(),
            "kind": settings.chain_kind,
            "curve": settings.chain_curve,
            "validators": _validators(settings, registry),
        },
        "contracts": {
            "ConsortiumRegistry": _contract(settings, "ConsortiumRegistry", registry),
            "EvidenceAnchor": _contract(settings, "EvidenceAnchor", anchor),
        },
        "members": [_member(each, inactive[each.member], settings) for each in members],
        "timestamp_roots": _timestamp_roots(settings),
        "policy": _policy(settings, witnesses),
    }
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def anchor_contract(settings: Settings) -> TrustedContract:
    """Return address and code hash of the anchor contract, as it was compiled: no chain is asked.

    Raises:
        ConfigurationError: its address is not set.
    """
    _, anchor = _addresses(settings)
    return TrustedContract(anchor, _compiled("EvidenceAnchor"))


def check_contracts(settings: Settings) -> None:
    """Compare the code at the contracts' addresses with what was compiled.

    Raises:
        ConfigurationError: an address is not set, or the chain has other code there.
        UnavailableError: the chain does not answer.
    """
    registry, anchor = _addresses(settings)
    _contract(settings, "ConsortiumRegistry", registry)
    _contract(settings, "EvidenceAnchor", anchor)


def _addresses(settings: Settings) -> tuple[bytes, bytes]:
    if settings.registry is None or settings.anchor is None:
        raise ConfigurationError("chain-not-configured")
    return bytes.fromhex(settings.registry), bytes.fromhex(settings.anchor)


def _contract(settings: Settings, name: str, address: bytes) -> JsonValue:
    """Pin the code that was compiled; what the chain has at the address must be the same.

    Raises:
        ConfigurationError: the chain has other code there.
    """
    expected = _compiled(name)
    if code_hash(settings.chain_url, address) != expected:
        raise ConfigurationError("contract-code", contract=name)
    return {"address": address.hex(), "code_hash": expected.hex()}


def _compiled(name: str) -> bytes:
    return keccak256(artifact(name).deployed_bytecode)


def _validators(settings: Settings, registry: bytes) -> JsonValue:
    """Return the present validator set; earlier sets have to be added by whoever holds their blocks."""
    if settings.chain_kind not in ("qbft-header", "qbft-contract"):
        return []
    addresses = read_validators(settings.chain_url, settings.chain_kind, registry)
    return [{"since": 0, "until": None, "addresses": [each.hex() for each in addresses]}]


def _member(
    member: RegisteredMember, inactive: tuple[Inactive, ...], settings: Settings
) -> JsonValue:
    own = name_hash(settings.name) == member.name_hash
    return {
        "id": member.member.hex(),
        "name": settings.name if own else member.origin,
        "origin": member.origin,
        "keys": [_key(record) for record in member.keys],
        "inactive": [{"since": each.since, "until": each.until} for each in inactive],
    }


def _key(record: KeyRecord) -> JsonValue:
    return {
        "purpose": record.purpose,
        "key": record.key.hex(),
        "since": record.since,
        "until": record.until,
        "reason": record.reason,
        "compromised_since": record.compromised_since,
    }


def _timestamp_roots(settings: Settings) -> JsonValue:
    """Return the roots of the configured authorities, each once."""
    files = (settings.home / each.roots for each in settings.timestamp_authorities)
    found = dict.fromkeys(root.hex() for file in files for root in read_roots(file))
    return list(found)


def _policy(settings: Settings, members: int) -> JsonValue:
    """Return the default policy: what the chain, the number of members and the authorities make provable."""
    required = list(DEVELOPMENT)
    if settings.chain_kind != "dev" and members > 1:
        required.append("V8")
    if settings.chain_kind in ("qbft-header", "qbft-contract"):
        required.append("V10")
    if settings.timestamp_authorities:
        required.append("V13")
        if "V10" in required:
            # Where blocks are not sealed, nobody vouches for the lower end of the interval.
            required.append("V14")
    return {
        "name": "development" if settings.chain_kind == "dev" else "consortium",
        "required": [check for check in CHECKS if check in required],
        "cosignature_quorum": members // 2 if "V8" in required else 0,
        "grace_blocks": GRACE_BLOCKS,
    }
