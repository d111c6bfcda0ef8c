"""Signature verification against Wycheproof, and the edges where libraries differ."""

import hashlib
from typing import Any

import pytest
from vectors.reading import cases

from ledger.errors import LimitError, MalformedError
from ledger.primitives import ecdsa, ed25519, rsa
from ledger.primitives.rsa import RsaPublicKey
from ledger.primitives.secp256k1 import SECP256K1
from ledger.primitives.weierstrass import combine

FILES = dict(cases("wycheproof"))
CURVES = {
    "secp256k1_sha256": SECP256K1,
    "secp256r1_sha256": ecdsa.P256,
    "secp384r1_sha384": ecdsa.P384,
}


def _of(prefix: str) -> list[str]:
    return [name for name in FILES if name.startswith(prefix)]


def _tests(name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [
        (group["publicKey"], test) for group in FILES[name]["testGroups"] for test in group["tests"]
    ]


@pytest.mark.parametrize("name", _of("ecdsa_"))
def test_ecdsa_agrees_with_wycheproof(name: str) -> None:
    curve = next(curve for part, curve in CURVES.items() if part in name)
    for key, test in _tests(name):
        digest = hashlib.new(name.split("_")[2], bytes.fromhex(test["msg"])).digest()
        try:
            r, s = ecdsa.parse_der_signature(bytes.fromhex(test["sig"]))
        except MalformedError:
            valid = False
        else:
            public_key = bytes.fromhex(key["uncompressed"])[1:]
            valid = ecdsa.verify(curve=curve, public_key=public_key, digest=digest, r=r, s=s)
        assert valid == (test["result"] == "valid"), test


@pytest.mark.parametrize("name", _of("ed25519"))
def test_ed25519_agrees_with_wycheproof(name: str) -> None:
    for key, test in _tests(name):
        message, signature = bytes.fromhex(test["msg"]), bytes.fromhex(test["sig"])
        valid = ed25519.verify(bytes.fromhex(key["pk"]), message, signature)
        assert valid == (test["result"] == "valid"), test


@pytest.mark.parametrize("name", _of("rsa_"))
def test_rsa_agrees_with_wycheproof(name: str) -> None:
    for key, test in _tests(name):
        valid = rsa.verify(
            key=RsaPublicKey(int(key["modulus"], 16), int(key["publicExponent"], 16)),
            hash_name="sha256",
            message=bytes.fromhex(test["msg"]),
            signature=bytes.fromhex(test["sig"]),
        )
        assert valid == (test["result"] == "valid"), test


SMALL_ORDER = [
    bytes([1]) + bytes(31),
    bytes.fromhex("ec" + "ff" * 30 + "7f"),
    bytes(32),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
]


@pytest.mark.parametrize("key", SMALL_ORDER)
def test_a_key_of_small_order_signs_nothing(key: bytes) -> None:
    assert not ed25519.is_valid_public_key(key)
    # With the neutral element as R and s = 0 such a key satisfies the bare equation.
    forged = bytes([1]) + bytes(63)
    assert not ed25519.verify(key, b"any message", forged)


@pytest.mark.parametrize(
    "key",
    [
        bytes.fromhex("ee" + "ff" * 30 + "7f"),
        bytes.fromhex("ed" + "ff" * 30 + "7f"),
        bytes([1]) + bytes(30) + b"\x80",
        bytes([2]) + bytes(31),
        bytes(31),
        bytes(33),
        b"",
    ],
)
def test_keys_that_are_no_canonical_point_are_refused(key: bytes) -> None:
    assert not ed25519.is_valid_public_key(key)
    assert not ed25519.verify(key, b"", bytes(64))


@pytest.mark.parametrize("curve", CURVES.values(), ids=CURVES)
def test_sums_that_meet_themselves_or_vanish_come_out_right(curve: Any) -> None:
    g = curve.generator
    assert combine(curve, 1, 1, g) == combine(curve, 2, 0, g) == combine(curve, 0, 2, g)
    assert combine(curve, 1, curve.order - 1, g) is None
    assert combine(curve, 0, 0, g) is None
    assert combine(curve, curve.order, 0, g) is None
    assert combine(curve, 5, curve.order - 4, g) == g
    negative = (g[0], curve.prime - g[1])
    assert combine(curve, 1, 1, negative) is None
    assert combine(curve, 3, 1, negative) == combine(curve, 2, 0, g)


def _point(curve: Any) -> bytes:
    return b"".join(each.to_bytes(curve.field_bytes, "big") for each in curve.generator)


@pytest.mark.parametrize("curve", CURVES.values(), ids=CURVES)
def test_public_keys_off_the_curve_are_refused(curve: Any) -> None:
    good = _point(curve)
    beyond = (curve.prime + 1).to_bytes(curve.field_bytes, "big") + good[curve.field_bytes :]
    for bad in (
        b"",
        good[:-1],
        good + b"\x00",
        good[:-1] + bytes([good[-1] ^ 1]),
        bytes(len(good)),
        beyond,
    ):
        with pytest.raises(MalformedError, match="ecdsa-public-key"):
            ecdsa.verify(curve=curve, public_key=bad, digest=bytes(32), r=1, s=1)


@pytest.mark.parametrize(
    ("r", "s", "recovery_id"),
    [
        (0, 1, 0),
        (1, 0, 0),
        (SECP256K1.order, 1, 0),
        (1, SECP256K1.order, 0),
        (1, 1, 2),
        (1, 1, 27),
        (5, 1, 0),
    ],
)
def test_what_no_key_signed_recovers_nothing(r: int, s: int, recovery_id: int) -> None:
    with pytest.raises(MalformedError, match="ecdsa-signature"):
        ecdsa.recover(curve=SECP256K1, digest=bytes(32), r=r, s=s, recovery_id=recovery_id)


def test_a_signature_whose_key_is_infinity_recovers_nothing() -> None:
    x, y = SECP256K1.generator
    # R = G, and s = z makes s·R - z·G vanish.
    with pytest.raises(MalformedError, match="ecdsa-signature"):
        ecdsa.recover(curve=SECP256K1, digest=(7).to_bytes(32, "big"), r=x, s=7, recovery_id=y & 1)


@pytest.mark.parametrize(
    ("modulus", "exponent", "error"),
    [
        (2**2047 - 1, 65537, LimitError),
        (2**8192 + 1, 65537, LimitError),
        (0, 65537, LimitError),
        (-(2**2048) + 1, 65537, LimitError),
        (2**2048 - 2, 65537, MalformedError),
        (2**2048 - 1, 1, MalformedError),
        (2**2048 - 1, 65536, MalformedError),
        (2**2048 - 1, 2**64 + 1, MalformedError),
        (2**2048 - 1, -3, MalformedError),
    ],
)
def test_rsa_keys_outside_the_profile_are_refused(
    modulus: int, exponent: int, error: type[MalformedError]
) -> None:
    with pytest.raises(error):
        RsaPublicKey(modulus, exponent)
