"""The curve of Ethereum's signatures: parameters, recovery of the signer, addresses.

Source: SEC 2 §2.4.1; Yellow Paper, appendix F. There is no low-s rule here: seals of consensus
clients do not follow one, and transactions are not checked with this.
"""

from typing import Final

from ledger.primitives.keccak import keccak256
from ledger.primitives.weierstrass import Curve, Endomorphism

ADDRESS_BYTES: Final = 20

SECP256K1: Final = Curve(
    name="secp256k1",
    prime=2**256 - 2**32 - 977,
    a=0,
    b=7,
    order=0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141,
    generator=(
        0x79BE667E_F9DCBBAC_55A06295_CE870B07_029BFCDB_2DCE28D9_59F2815B_16F81798,
        0x483ADA77_26A3C465_5DA4FBFC_0E1108A8_FD17B448_A6855419_9C47D08F_FB10D4B8,
    ),
    endomorphism=Endomorphism(
        beta=0x7AE96A2B_657C0710_6E64479E_AC3434E9_9CF04975_12F58995_C1396C28_719501EE,
        first=(0x3086D221_A7D46BCD_E86C90E4_9284EB15, -0xE4437ED6_010E8828_6F547FA9_0ABFE4C3),
        second=(0x1_14CA50F7_A8E2F3F6_57C1108D_9D44CFD8, 0x3086D221_A7D46BCD_E86C90E4_9284EB15),
    ),
)


def address_of(public_key: bytes) -> bytes:
    """Return the 20-byte address of a 64-byte public key (x ‖ y), of this curve or P-256."""
    return keccak256(public_key)[-ADDRESS_BYTES:]
