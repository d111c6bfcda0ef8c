"""Trust files of several banks with their signatures, open to every kind of change."""

import json
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from harness.trusting import key_record

from ledger.keys.files import FileStatementSigner
from ledger.primitives.canonical import encode
from ledger.proof.trust import SCHEMA, Trust, read_trust, without_signatures
from ledger.proof.trust_signatures import TrustSignature, signed_message

NAMES = ("甲银行", "乙银行", "丙银行")
HEIGHT = 100
SIGNED_AT = "2026-11-20T02:10:45.000Z"


def signer(name: str, run: int = 0) -> FileStatementSigner:
    """Return an evidence key, the same each time."""
    seed = sha256(f"{name} {run}".encode()).digest()
    return FileStatementSigner(Ed25519PrivateKey.from_private_bytes(seed))


def member_id(name: str) -> bytes:
    return sha256(name.encode()).digest()


def member(name: str, **changes: Any) -> dict[str, Any]:
    """Return a member as a trust file has it."""
    return {
        "id": member_id(name).hex(),
        "name": name,
        "origin": "lianzheng.example/" + member_id(name).hex()[:8],
        "keys": [key_record("evidence", signer(name).public_key, since=1)],
        "inactive": [],
        "roles": ["member"],
        **changes,
    }


def trust_file(quorum: int = 2, **changes: Any) -> dict[str, Any]:
    """Return an unsigned trust file of three banks."""
    return {
        "schema": SCHEMA,
        "made_at": SIGNED_AT,
        "height": HEIGHT,
        "chain": {
            "id": 20261124, "genesis": "11" * 32, "kind": "dev", "curve": "secp256k1",
            "validators": [],
        },
        "contracts": {},
        "members": [member(name) for name in NAMES],
        "timestamp_roots": [],
        "policy": {
            "name": "consortium", "required": ["V1", "V2", "V4"], "cosignature_quorum": 0,
            "grace_blocks": 10, "trust_quorum": quorum,
        },
        **changes,
    }  # fmt: skip


def sign(value: dict[str, Any], *names: str, run: int = 0) -> dict[str, Any]:
    """Return the file with the signatures of these members added."""
    fingerprint = sha256(encode(without_signatures(value))).digest()
    added = []
    for name in names:
        key, owner = signer(name, run), member_id(name)
        message = signed_message(fingerprint, member=owner, signed_at=SIGNED_AT)
        signed = TrustSignature(owner, key.public_key, SIGNED_AT, key.sign(message))
        added.append(signed.to_json())
    return {**value, "signatures": [*value.get("signatures", []), *added]}


def read(value: dict[str, Any]) -> Trust:
    return read_trust(json.dumps(value).encode())
