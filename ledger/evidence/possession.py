"""Proof of possession: what a new key signs before members vote on it.

The chain cannot check Ed25519; the members check it before they vote. Without it, an institution could claim
a rival's key, and since keys are given once, the rival could not register its own. The form is that of
docs/spec/contracts.md.
"""

from typing import Final

DOMAIN: Final = b"lianzheng-key-possession-1\0"
PURPOSES: Final = ("evidence", "log", "anchor")


def possession_message(*, chain_id: int, registry: bytes, member: bytes, purpose: str) -> bytes:
    """Return the bytes that a key signs.

    Args:
        chain_id: as in EIP-155.
        registry: 20-byte address of the registry.
        member: 32-byte id.
        purpose: one of ``PURPOSES``.

    An Ed25519 key signs them as they are, an account key signs their keccak-256.
    """
    number = PURPOSES.index(purpose)
    return DOMAIN + chain_id.to_bytes(32, "big") + registry + member + bytes([number])
