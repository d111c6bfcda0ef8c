"""Signatures under a trust file: a member that agrees with the whole content signs with its evidence key.

Signed are a domain, the digest of the content, the member, and the instant at which it signed: neither the
signer nor the time can be changed without breaking the signature. The content is everything but the
signatures, so that every copy has the same fingerprint, however many have signed it.
"""

from dataclasses import dataclass
from typing import Final

from ledger.evidence import shape
from ledger.primitives import ed25519
from ledger.primitives.canonical import JsonValue

DOMAIN: Final = b"lianzheng-trust-1\n"
MEMBER: Final = "signatures"
"""Name in the file."""


@dataclass(frozen=True, slots=True)
class TrustSignature:
    """One member's signature.

    Attributes:
        member: 32-byte id.
        key: 32-byte evidence key.
        signed_at: instant that the signer states.
        signature: 64 bytes (Ed25519).
    """

    member: bytes
    key: bytes
    signed_at: str
    signature: bytes

    def holds(self, fingerprint: bytes) -> bool:
        """Tell whether it is over the content with this fingerprint."""
        message = signed_message(fingerprint, member=self.member, signed_at=self.signed_at)
        return ed25519.verify(self.key, message, self.signature)

    def to_json(self) -> dict[str, JsonValue]:
        """Return it as the file has it."""
        return {
            "member": self.member.hex(),
            "key": self.key.hex(),
            "signed_at": self.signed_at,
            "signature": self.signature.hex(),
        }


def signed_message(fingerprint: bytes, *, member: bytes, signed_at: str) -> bytes:
    """Return what a member signs: every part but the last has a fixed length."""
    return DOMAIN + fingerprint + member + signed_at.encode()


def read_signature(value: JsonValue) -> TrustSignature:
    """Read one entry of ``signatures``; whether it holds the caller finds out.

    Raises:
        MalformedError: not of its form.
    """
    found = shape.members(value, MEMBER, {"member", "key", "signed_at", "signature"})
    return TrustSignature(
        member=shape.hex_bytes(found["member"], f"{MEMBER}.member", 32),
        key=shape.hex_bytes(found["key"], f"{MEMBER}.key", ed25519.PUBLIC_KEY_BYTES),
        signed_at=shape.instant(found["signed_at"], f"{MEMBER}.signed_at"),
        signature=shape.hex_bytes(
            found["signature"], f"{MEMBER}.signature", ed25519.SIGNATURE_BYTES
        ),
    )
