"""Signatures and proofs of possession on documents that institutions exchange before they share a chain."""

from collections.abc import Mapping
from typing import Final

from ledger.errors import LedgerError, MalformedError
from ledger.evidence import shape
from ledger.evidence.possession import PURPOSES, possession_message
from ledger.keys.files import verify_statement
from ledger.primitives import ecdsa
from ledger.primitives.canonical import JsonValue, encode
from ledger.primitives.keccak import keccak256
from ledger.primitives.secp256k1 import ADDRESS_BYTES, SECP256K1, address_of

KEY_BYTES: Final = {"evidence": 32, "log": 32, "anchor": ADDRESS_BYTES}
SIGNATURE_BYTES: Final = 64
PROOF_BYTES: Final = {"evidence": 64, "log": 64, "anchor": 65}
_FIRST_V: Final = 27


def signed_bytes(schema: str, content: JsonValue) -> bytes:
    """Return what an evidence key signs: the schema keeps documents of one kind from passing as another."""
    return schema.encode() + b"\0" + encode(content)


def check_signature(key: bytes, schema: str, content: JsonValue, signature: bytes) -> None:
    """Check the evidence key's signature over a document.

    Raises:
        MalformedError: it does not hold.
    """
    if not verify_statement(key, signed_bytes(schema, content), signature):
        raise MalformedError("consortium-signature", schema=schema)


def check_possession(
    keys: Mapping[str, bytes],
    proofs: Mapping[str, bytes],
    *,
    chain_id: int,
    registry: bytes,
    member: bytes,
) -> None:
    """Check that whoever claims these keys has them, for this member of this registry.

    Raises:
        MalformedError: a proof is missing or does not hold.
    """
    for purpose, key in keys.items():
        message = possession_message(
            chain_id=chain_id, registry=registry, member=member, purpose=purpose
        )
        if not _possesses(purpose, key, message, proofs.get(purpose, b"")):
            raise MalformedError("consortium-possession", purpose=purpose)


def _possesses(purpose: str, key: bytes, message: bytes, proof: bytes) -> bool:
    if len(proof) != PROOF_BYTES[purpose]:
        return False
    if purpose != "anchor":
        return verify_statement(key, message, proof)
    try:
        public = ecdsa.recover(
            curve=SECP256K1,
            digest=keccak256(message),
            r=int.from_bytes(proof[:32], "big"),
            s=int.from_bytes(proof[32:64], "big"),
            recovery_id=proof[64] - _FIRST_V,
        )
    except LedgerError:
        return False
    return address_of(public) == key


def read_keys(value: JsonValue, where: str) -> dict[str, bytes]:
    """Read one key of each purpose."""
    found = shape.members(value, where, set(PURPOSES))
    return {
        each: shape.hex_bytes(found[each], f"{where}.{each}", KEY_BYTES[each]) for each in PURPOSES
    }


def read_proofs(value: JsonValue, where: str) -> dict[str, bytes]:
    """Read one proof of possession of each purpose."""
    found = shape.members(value, where, set(PURPOSES))
    return {
        each: shape.hex_bytes(found[each], f"{where}.{each}", PROOF_BYTES[each])
        for each in PURPOSES
    }


def hexed(values: Mapping[str, bytes]) -> dict[str, JsonValue]:
    """Return bytes by name as JSON."""
    return {name: value.hex() for name, value in values.items()}
