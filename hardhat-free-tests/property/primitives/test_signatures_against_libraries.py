"""Signature checks answer like OpenSSL (through ``cryptography``) and like eth-keys."""

import hashlib
from functools import cache
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric import rsa as openssl_rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from eth_keys import keys
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.primitives import ecdsa, ed25519, rsa
from ledger.primitives.rsa import HashName, RsaPublicKey
from ledger.primitives.secp256k1 import SECP256K1, address_of

seeds = st.binary(min_size=32, max_size=32)
scalars = st.integers(1, SECP256K1.order - 1).map(lambda number: number.to_bytes(32, "big"))
HASHES: dict[HashName, Any] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
CURVES = [(ec.SECP256K1(), SECP256K1), (ec.SECP256R1(), ecdsa.P256), (ec.SECP384R1(), ecdsa.P384)]


@given(seeds, st.binary(max_size=200), st.integers(0, 511))
@settings(max_examples=60, deadline=None)
def test_ed25519_agrees_on_good_and_flipped_signatures(
    seed: bytes, message: bytes, bit: int
) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key().public_bytes_raw()
    signature = key.sign(message)
    assert ed25519.verify(public, message, signature)
    assert ed25519.is_valid_public_key(public)
    number = int.from_bytes(signature, "big") ^ 1 << bit
    assert not ed25519.verify(public, message, number.to_bytes(64, "big"))
    assert not ed25519.verify(public, message + b"\x00", signature)


@given(seeds, st.binary(min_size=64, max_size=64))
@settings(max_examples=60, deadline=None)
def test_ed25519_agrees_on_arbitrary_keys_and_signatures(public: bytes, signature: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, b"message")
    except (InvalidSignature, ValueError):
        valid = False
    else:
        valid = True
    assert ed25519.verify(public, b"message", signature) == valid


@given(scalars, seeds)
@settings(max_examples=60, deadline=None)
def test_recovery_finds_the_key_that_eth_keys_signed_with(secret: bytes, digest: bytes) -> None:
    key = keys.PrivateKey(secret)
    signature = key.sign_msg_hash(digest)
    public = ecdsa.recover(
        curve=SECP256K1, digest=digest, r=signature.r, s=signature.s, recovery_id=signature.v
    )
    assert public == key.public_key.to_bytes()
    assert address_of(public) == key.public_key.to_canonical_address()
    high_s = SECP256K1.order - signature.s
    assert public == ecdsa.recover(
        curve=SECP256K1, digest=digest, r=signature.r, s=high_s, recovery_id=1 - signature.v
    )


@pytest.mark.parametrize(("other", "curve"), CURVES)
@given(
    secret=st.integers(1, 2**200),
    message=st.binary(max_size=50),
    hash_name=st.sampled_from(sorted(HASHES)),
)
@settings(max_examples=30, deadline=None)
def test_ecdsa_agrees_with_openssl(
    other: Any, curve: Any, secret: int, message: bytes, hash_name: HashName
) -> None:
    key = ec.derive_private_key(secret, other)
    numbers = key.public_key().public_numbers()
    public = b"".join(each.to_bytes(curve.field_bytes, "big") for each in (numbers.x, numbers.y))
    signature = key.sign(message, ec.ECDSA(HASHES[hash_name]))
    r, s = decode_dss_signature(signature)
    assert ecdsa.parse_der_signature(signature) == (r, s)
    digest = hashlib.new(hash_name, message).digest()
    assert ecdsa.verify(curve=curve, public_key=public, digest=digest, r=r, s=s)
    assert not ecdsa.verify(curve=curve, public_key=public, digest=digest, r=s, s=r)
    assert not ecdsa.verify(curve=curve, public_key=public, digest=digest[::-1], r=r, s=s)
    if len(digest) == curve.field_bytes:
        recovered = [
            ecdsa.recover(curve=curve, digest=digest, r=r, s=s, recovery_id=parity)
            for parity in (0, 1)
        ]
        assert public in recovered


@cache
def _rsa_key(bits: int) -> openssl_rsa.RSAPrivateKey:
    return openssl_rsa.generate_private_key(65537, bits)


@pytest.mark.parametrize("bits", [2048, 2056, 3072])
@given(
    message=st.binary(max_size=50),
    hash_name=st.sampled_from(sorted(HASHES)),
    bit=st.integers(0, 2047),
)
@settings(max_examples=15, deadline=None)
def test_rsa_agrees_with_openssl(bits: int, message: bytes, hash_name: HashName, bit: int) -> None:
    key = _rsa_key(bits)
    numbers = key.public_key().public_numbers()
    public = RsaPublicKey(numbers.n, numbers.e)
    signature = key.sign(message, padding.PKCS1v15(), HASHES[hash_name])
    assert rsa.verify(key=public, hash_name=hash_name, message=message, signature=signature)
    flipped = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(len(signature), "big")
    assert not rsa.verify(key=public, hash_name=hash_name, message=message, signature=flipped)
    assert not rsa.verify(
        key=public, hash_name=hash_name, message=message, signature=b"\x00" + signature
    )
    pss = key.sign(message, padding.PSS(padding.MGF1(HASHES[hash_name]), 32), HASHES[hash_name])
    assert not rsa.verify(key=public, hash_name=hash_name, message=message, signature=pss)
