"""Trust files for the chain in memory: what a court would hold."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from harness.network import (
    ANCHOR_CODE,
    ANCHOR_CONTRACT,
    REGISTRY_CODE,
    REGISTRY_CONTRACT,
    Network,
)

from ledger.proof.report import CHECKS
from ledger.proof.trust import SCHEMA, Trust, read_trust
from node.trust_file import DEVELOPMENT
from node.wiring import Node

CONSORTIUM = tuple(check for check in CHECKS if check in {*DEVELOPMENT, "V8", "V10"})
TIMED = (*CONSORTIUM, "V13", "V14")


def trust_value(node: Node, network: Network, **policy: Any) -> dict[str, Any]:
    """Return the JSON of a trust file; the consortium's policy where blocks are sealed."""
    sealed = bool(network.validators)
    addresses = [each.address.hex() for each in network.validators]
    return {
        "schema": SCHEMA,
        "chain": {
            "id": network.chain_id,
            "genesis": network.genesis.hex(),
            "kind": network.kind,
            "curve": "secp256k1",
            "validators": [{"since": 0, "until": None, "addresses": addresses}] if sealed else [],
        },
        "contracts": {
            "ConsortiumRegistry": _contract(REGISTRY_CONTRACT, REGISTRY_CODE),
            "EvidenceAnchor": _contract(ANCHOR_CONTRACT, ANCHOR_CODE),
        },
        "members": [
            {
                "id": node.settings.member,
                "name": node.settings.name,
                "origin": node.settings.origin,
                "keys": [
                    key_record("evidence", node.evidence_key.public_key),
                    key_record("log", node.log_key.public_key),
                    key_record("anchor", node.keyring.anchor.address),
                ],
            }
        ],
        "timestamp_roots": [],
        "policy": {
            "name": "consortium" if sealed else "development",
            "required": list(CONSORTIUM if sealed else DEVELOPMENT),
            "cosignature_quorum": 0,
            "grace_blocks": 10,
            **policy,
        },
    }


def key_record(purpose: str, key: bytes, **changes: Any) -> dict[str, Any]:
    """Return a key's record in a trust file."""
    return {
        "purpose": purpose,
        "key": key.hex(),
        "since": 0,
        "until": None,
        "reason": None,
        "compromised_since": None,
        **changes,
    }


def _contract(address: bytes, code_hash: bytes) -> Mapping[str, str]:
    return {"address": address.hex(), "code_hash": code_hash.hex()}


def trust_bytes(value: Mapping[str, Any]) -> bytes:
    """Return the file."""
    return json.dumps(value, ensure_ascii=False).encode()


def trust_of(node: Node, network: Network, witnesses: Sequence[Any] = (), **policy: Any) -> Trust:
    """Return the trust file as the verifier reads it."""
    value = trust_value(node, network, **policy)
    value["members"] += [each.trusted() for each in witnesses]
    return read_trust(trust_bytes(value))
