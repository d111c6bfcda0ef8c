"""RSA PKCS#1 v1.5 signature verification (RFC 8017 §8.2.2), as timestamp authorities use it.

* The padded message is built and compared as a whole; nothing is parsed out of the signature,
  which is how forgeries with a small exponent get in.
* At least 2048 bits, at most 8192; an odd exponent from 3 to 64 bits.
* The digest's AlgorithmIdentifier has NULL parameters, as every signer writes it.
"""

from dataclasses import dataclass
from hashlib import new
from typing import Final, Literal, TypeAlias

from ledger.errors import LimitError, MalformedError
from ledger.primitives import der

HashName: TypeAlias = Literal["sha256", "sha384", "sha512"]

MIN_BITS: Final = 2048
MAX_BITS: Final = 8192
"""Verification with a longer key takes tens of milliseconds and is seen nowhere."""
MAX_EXPONENT_BITS: Final = 64

_MIN_EXPONENT: Final = 3
_DIGEST_INFO: Final[dict[HashName, bytes]] = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
"""DER of DigestInfo up to the digest (RFC 8017 §9.2, note 1)."""


@dataclass(frozen=True, slots=True)
class RsaPublicKey:
    """An RSA public key.

    Raises:
        LimitError: ``rsa-key-size``: a modulus below 2048 or above 8192 bits.
        MalformedError: ``rsa-key``: an even modulus, or an exponent that no signer uses.
    """

    modulus: int
    exponent: int

    def __post_init__(self) -> None:
        bits = self.modulus.bit_length() if self.modulus > 0 else 0
        if not MIN_BITS <= bits <= MAX_BITS:
            raise LimitError("rsa-key-size", bits=bits)
        exponent_fits = (
            self.exponent >= _MIN_EXPONENT
            and self.exponent & 1
            and self.exponent.bit_length() <= MAX_EXPONENT_BITS
        )
        if not (self.modulus & 1 and exponent_fits):
            raise MalformedError("rsa-key")

    @classmethod
    def parse(cls, data: bytes) -> "RsaPublicKey":
        """Read ``RSAPublicKey`` in DER (RFC 8017, appendix A.1.1)."""
        reader = der.outermost(data, der.SEQUENCE)
        modulus, exponent = reader.integer(), reader.integer()
        reader.end()
        return cls(modulus, exponent)


def verify(*, key: RsaPublicKey, hash_name: HashName, message: bytes, signature: bytes) -> bool:
    """Say whether a signature over the message is valid."""
    length = (key.modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != length or number >= key.modulus:
        return False
    info = _DIGEST_INFO[hash_name] + new(hash_name, message).digest()
    padding = b"\xff" * (length - 3 - len(info))
    expected = b"\x00\x01" + padding + b"\x00" + info
    return pow(number, key.exponent, key.modulus).to_bytes(length, "big") == expected
