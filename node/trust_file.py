"""The trust file of this consortium, built from the chain: members, keys, contracts, policy.

A file that members are to sign also says when it was made and up to which block the registry was read. One
that nobody signs says neither, so that files of the same content have the same fingerprint.
"""

import json
from collections.abc import Mapping
from typing import Final

from contracts import artifact
from ledger.chain.deploy import code_hash, genesis_hash
from ledger.chain.registry import RegisteredMember, name_hash, read_members
from ledger.chain.validator_sets import read_validator_sets
from ledger.chain.voting import read_height, read_inactive
from ledger.errors import ConfigurationError
from ledger.primitives.canonical import JsonValue
from ledger.primitives.keccak import keccak256
from ledger.proof.report import CHECKS
from ledger.proof.trust import (
    SCHEMA,
    VOTER,
    Inactive,
    KeyRecord,
    Trust,
    TrustedContract,
    read_trust,
)
from ledger.proof.trust_quorum import majority
from ledger.proof.trusted_chain import ValidatorSet
from ledger.tsa.roots import read_roots
from node.settings import Settings

DEVELOPMENT: Final = ("V1", "V2", "V3", "V4", "V5", "V6", "V7", "V9", "V11", "V12")
GRACE_BLOCKS: Final = 3600
"""At a block a second: the promised merge delay."""
BEHIND_BLOCKS: Final = 10
"""Other members' nodes may be so far behind this one and still sign: nothing has changed in these blocks."""


def build(settings: Settings) -> Trust:
    """Read the chain and return the trust file as this node holds it.

    Raises:
        ConfigurationError: the contracts are not there.
        UnavailableError: the chain does not answer.
    """
    return read_trust(compose(settings))


def draft(settings: Settings, names: Mapping[bytes, str], *, made_at: str) -> bytes:
    """Return a trust file that members can sign: with the instant, and the block up to which it speaks.

    Raises:
        ConfigurationError: see ``compose``.
        UnavailableError: see ``compose``.
    """
    latest = read_height(settings.chain_url)
    value = _compose(settings, names)
    height = max(newest_change(read_trust(_to_bytes(value))), latest - BEHIND_BLOCKS, 0)
    return _to_bytes({**value, "made_at": made_at, "height": height})


def newest_change(trust: Trust) -> int:
    """Return the last block that a trust file speaks of: before it, it does not describe the registry."""
    spans: list[KeyRecord | Inactive | ValidatorSet] = list(trust.chain.validators)
    for member in trust.members.values():
        spans += [*member.keys, *member.inactive]
    return max((max(each.since, each.until or 0) for each in spans), default=0)


def compose(settings: Settings, names: Mapping[bytes, str] | None = None) -> bytes:
    """Return the bytes of the trust file: JSON that people can read.

    Args:
        settings: of the node.
        names: of institutions, by the hash that the registry holds.

    Raises:
        ConfigurationError: the contracts are not there.
        UnavailableError: the chain does not answer.
    """
    return _to_bytes(_compose(settings, names or {}))


def _to_bytes(value: JsonValue) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _compose(settings: Settings, names: Mapping[bytes, str]) -> dict[str, JsonValue]:
    registry, anchor = _addresses(settings)
    members = read_members(settings.chain_url, registry)
    known = {**names, name_hash(settings.name): settings.name}
    inactive = read_inactive(settings.chain_url, registry, members)
    witnesses = sum(1 for each in members if each.status == "active" and VOTER in each.roles)
    return {
        "schema": SCHEMA,
        "chain": {
            "id": settings.chain_id,
            "genesis": genesis_hash(settings.chain_url).hex(),
            "kind": settings.chain_kind,
            "curve": settings.chain_curve,
            "validators": _validators(settings, registry, members),
        },
        "contracts": {
            "ConsortiumRegistry": _contract(settings, "ConsortiumRegistry", registry),
            "EvidenceAnchor": _contract(settings, "EvidenceAnchor", anchor),
        },
        "members": [_member(each, inactive[each.member], known) for each in members],
        "timestamp_roots": _timestamp_roots(settings),
        "policy": _policy(settings, witnesses),
    }


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


def _validators(
    settings: Settings, registry: bytes, members: tuple[RegisteredMember, ...]
) -> JsonValue:
    """Return the validator sets with their blocks, as far as this node can know them."""
    found = read_validator_sets(settings.chain_url, settings.chain_kind, registry, members)
    return [
        {
            "since": each.since,
            "until": each.until,
            "addresses": [address.hex() for address in each.addresses],
        }
        for each in found
    ]


def _member(
    member: RegisteredMember, inactive: tuple[Inactive, ...], names: Mapping[bytes, str]
) -> JsonValue:
    return {
        "id": member.member.hex(),
        "name": names.get(member.name_hash, member.origin),
        "origin": member.origin,
        "keys": [_key(record) for record in member.keys],
        "inactive": [{"since": each.since, "until": each.until} for each in inactive],
        "roles": list(member.roles),
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
    """Return the roots of the node's own authorities and of others that it accepts, each once."""
    own = [each.roots for each in settings.timestamp_authorities]
    files = [*own, *settings.accepted_timestamp_roots]
    found = dict.fromkeys(root.hex() for file in files for root in read_roots(settings.home / file))
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
        "trust_quorum": 0 if settings.chain_kind == "dev" else majority(members),
    }
