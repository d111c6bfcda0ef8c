"""Proof of possession: what an Ed25519 key signs when it is registered.

The chain cannot check Ed25519; the members check it before they vote. Without it, a member could register
another one's key and claim its statements.
"""

from ledger.primitives.canonical import encode

DOMAIN = "lianzheng-possession-1"


def possession_message(member: bytes, purpose: str, key: bytes) -> bytes:
    """Return the bytes that ``key`` (32 bytes) signs for ``purpose`` of ``member`` (32 bytes)."""
    return encode([DOMAIN, member.hex(), purpose, key.hex()])
