"""Seals QBFT headers for tests: N validators of either curve, any subset sealing, any round."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from eth_keys import keys

from ledger.primitives import ecdsa
from ledger.primitives.secp256k1 import address_of
from ledger.proof.header import Header
from ledger.proof.qbft import seal_hash
from ledger.proof.qbft_extra import QbftExtra


@dataclass(frozen=True)
class Validator:
    """A validator that can seal."""

    address: bytes
    key: Any

    def seal(self, digest: bytes) -> bytes:
        """Return r, s and recovery id, 65 bytes."""
        if isinstance(self.key, keys.PrivateKey):
            return bytes(self.key.sign_msg_hash(digest).to_bytes())
        r, s = decode_dss_signature(self.key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256()))))
        for recovery_id in (0, 1):
            public = ecdsa.recover(
                curve=ecdsa.P256, digest=digest, r=r, s=s, recovery_id=recovery_id
            )
            if address_of(public) == self.address:
                return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([recovery_id])
        raise AssertionError("no recovery id")


@cache
def validators(count: int, curve: str = "secp256k1") -> tuple[Validator, ...]:
    """Return validators with fixed keys, in the order of their addresses."""
    made = []
    for number in range(1, count + 1):
        if curve == "secp256k1":
            key = keys.PrivateKey(number.to_bytes(32, "big"))
            made.append(Validator(key.public_key.to_canonical_address(), key))
        else:
            private = ec.derive_private_key(number, ec.SECP256R1())
            point = private.public_key().public_numbers()
            public = point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")
            made.append(Validator(address_of(public), private))
    return tuple(sorted(made, key=lambda validator: validator.address))


def unsealed_header(
    listed: Sequence[Validator], *, round_number: int = 0, fields: int = 15
) -> Header:
    """Return a header that nobody has sealed yet, with made-up fields."""
    extra = QbftExtra(
        vanity=bytes(32),
        validators=tuple(validator.address for validator in listed),
        vote=None,
        round_number=round_number,
        seals=(),
    )
    lengths = (32, 32, 20, 32, 32, 32, 256, 1, 2, 4, 3, 4, 0, 32, 8, 1, 32, 1, 1, 32, 32)
    items = [bytes([7 + at]) * length for at, length in enumerate(lengths)]
    items[12] = extra.encode()
    return Header(tuple(items[:fields]))


def with_seals(header: Header, seals: Sequence[bytes]) -> Header:
    """Return the header with these seals."""
    extra = replace(QbftExtra.parse(header.extra_data), seals=tuple(seals))
    return header.with_extra_data(extra.encode())


def sealed_by(header: Header, sealers: Sequence[Validator]) -> Header:
    """Return the header sealed by these validators."""
    digest = seal_hash(header)
    return with_seals(header, [sealer.seal(digest) for sealer in sealers])
