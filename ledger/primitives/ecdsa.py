"""ECDSA verification and recovery (SEC 1 §4.1.4, §4.1.6; FIPS 186-5 §6.4).

* Signatures are the numbers r and s; ``parse_der_signature`` reads the DER form of X.509 and CMS.
* Both numbers must lie in 1 … order - 1. High s is accepted: neither X.509 nor QBFT forbids it.
* A digest longer than the order is cut to the order's bits, a shorter one is taken as it is.

Signing is done with libraries.
"""

from typing import Final

from ledger.errors import MalformedError
from ledger.primitives import der
from ledger.primitives.weierstrass import Curve, Point, combine, contains, lift_x

P256: Final = Curve(
    name="secp256r1",
    prime=2**256 - 2**224 + 2**192 + 2**96 - 1,
    a=-3,
    b=0x5AC635D8_AA3A93E7_B3EBBD55_769886BC_651D06B0_CC53B0F6_3BCE3C3E_27D2604B,
    order=0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551,
    generator=(
        0x6B17D1F2_E12C4247_F8BCE6E5_63A440F2_77037D81_2DEB33A0_F4A13945_D898C296,
        0x4FE342E2_FE1A7F9B_8EE7EB4A_7C0F9E16_2BCE3357_6B315ECE_CBB64068_37BF51F5,
    ),
)
P384: Final = Curve(
    name="secp384r1",
    prime=2**384 - 2**128 - 2**96 + 2**32 - 1,
    a=-3,
    b=int(
        "B3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875A"
        "C656398D8A2ED19D2A85C8EDD3EC2AEF",
        16,
    ),
    order=int(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF"
        "581A0DB248B0A77AECEC196ACCC52973",
        16,
    ),
    generator=(
        int(
            "AA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A38"
            "5502F25DBF55296C3A545E3872760AB7",
            16,
        ),
        int(
            "3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C0"
            "0A60B1CE1D7E819D7A431D7C90EA0E5F",
            16,
        ),
    ),
)


def verify(*, curve: Curve, public_key: bytes, digest: bytes, r: int, s: int) -> bool:
    """Say whether (r, s) signs a digest.

    Args:
        curve: the key's curve.
        public_key: x ‖ y, each of the field's length.
        digest: as hashed by the caller.
        r: first number of the signature, as read: any integer.
        s: second number.

    Raises:
        MalformedError: the public key is not a point of the curve.
    """
    point = parse_point(curve, public_key)
    if not (0 < r < curve.order and 0 < s < curve.order):
        return False
    inverse = pow(s, -1, curve.order)
    u = _scalar_of(curve, digest) * inverse % curve.order
    v = r * inverse % curve.order
    result = combine(curve, u, v, point)
    return result is not None and result[0] % curve.order == r


def recover(*, curve: Curve, digest: bytes, r: int, s: int, recovery_id: int) -> bytes:
    """Return the public key (x ‖ y) that made a signature with a recovery id.

    Args:
        curve: 256-bit curve of the chain's seals.
        digest: 32 bytes.
        r: first number of the signature.
        s: second number.
        recovery_id: 0 or 1, the parity of y. The ids 2 and 3 of SEC 1 (r wrapped around the order)
        occur
            in one of 2^128 signatures and are refused, as Ethereum does.

    Raises:
        MalformedError: ``ecdsa-signature``, when no key made this signature.
    """
    if recovery_id not in {0, 1} or not (0 < r < curve.order and 0 < s < curve.order):
        raise MalformedError("ecdsa-signature")
    point = lift_x(curve, r, odd=bool(recovery_id))
    if point is None:
        raise MalformedError("ecdsa-signature")
    inverse = pow(r, -1, curve.order)
    u = -_scalar_of(curve, digest) * inverse % curve.order
    key = combine(curve, u, s * inverse % curve.order, point)
    if key is None:
        raise MalformedError("ecdsa-signature")
    return b"".join(each.to_bytes(curve.field_bytes, "big") for each in key)


def parse_point(curve: Curve, public_key: bytes) -> Point:
    """Read x ‖ y.

    Raises:
        MalformedError: ``ecdsa-public-key``: another length, or not on the curve.
    """
    length = curve.field_bytes
    if len(public_key) != 2 * length:
        raise MalformedError("ecdsa-public-key")
    point = (
        int.from_bytes(public_key[:length], "big"),
        int.from_bytes(public_key[length:], "big"),
    )
    if not contains(curve, point):
        raise MalformedError("ecdsa-public-key")
    return point


def parse_der_signature(signature: bytes) -> tuple[int, int]:
    """Read ``SEQUENCE { r INTEGER, s INTEGER }`` in strict DER.

    Raises:
        MalformedError: any other bytes.
    """
    reader = der.outermost(signature, der.SEQUENCE)
    r, s = reader.integer(), reader.integer()
    reader.end()
    return r, s


def _scalar_of(curve: Curve, digest: bytes) -> int:
    extra = 8 * len(digest) - curve.order.bit_length()
    number = int.from_bytes(digest, "big")
    return number >> extra if extra > 0 else number
