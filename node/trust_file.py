"""The trust file of this consortium, built from the chain: members, keys, contracts, policy."""

import hashlib
import json
from typing import Final

from ledger.chain.deploy import code_hash, genesis_hash
from ledger.chain.registry import RegisteredMember, read_members
from ledger.errors import ConfigurationError
from ledger.primitives.canonical import JsonValue
from ledger.proof.trust import SCHEMA, KeyRecord, Trust, TrustedContract, read_trust
from node.settings import Settings

DEVELOPMENT: Final = ("V1", "V2", "V3", "V4", "V5", "V6", "V7", "V9", "V11", "V12")
CONSORTIUM: Final = ("V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V10", "V11", "V12")
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
    value: JsonValue = {
        "schema": SCHEMA,
        "chain": {
            "id": settings.chain_id,
            "genesis": genesis_hash(settings.chain_url).hex(),
            "kind": settings.chain_kind,
            "curve": settings.chain_curve,
            "validators": [],
        },
        "contracts": {
            "ConsortiumRegistry": _contract(settings, registry),
            "EvidenceAnchor": _contract(settings, anchor),
        },
        "members": [_member(member, settings) for member in members],
        "timestamp_roots": [],
        "policy": _policy(settings, len(members)),
    }
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def anchor_contract(settings: Settings) -> TrustedContract:
    """Return address and code hash of the anchor contract as the chain has it.

    Raises:
        ConfigurationError: its address is not set.
        UnavailableError: the chain does not answer.
    """
    _, anchor = _addresses(settings)
    return TrustedContract(anchor, code_hash(settings.chain_url, anchor))


def _addresses(settings: Settings) -> tuple[bytes, bytes]:
    if settings.registry is None or settings.anchor is None:
        raise ConfigurationError("chain-not-configured")
    return bytes.fromhex(settings.registry), bytes.fromhex(settings.anchor)


def _contract(settings: Settings, address: bytes) -> JsonValue:
    return {"address": address.hex(), "code_hash": code_hash(settings.chain_url, address).hex()}


def _member(member: RegisteredMember, settings: Settings) -> JsonValue:
    own = hashlib.sha256(settings.name.encode()).digest() == member.name_hash
    return {
        "id": member.member.hex(),
        "name": settings.name if own else member.origin,
        "origin": member.origin,
        "keys": [_key(record) for record in member.keys],
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


def _policy(settings: Settings, members: int) -> JsonValue:
    """Return the default policy: a development chain cannot prove seals, one member has no witnesses."""
    development = settings.chain_kind == "dev"
    return {
        "name": "development" if development else "consortium",
        "required": list(DEVELOPMENT if development else CONSORTIUM),
        "cosignature_quorum": 0 if development else max(1, (members + 1) // 2 - 1),
        "grace_blocks": GRACE_BLOCKS,
    }
