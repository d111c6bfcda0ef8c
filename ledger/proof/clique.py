"""The signer of a Clique block (EIP-225).

The last 65 bytes of the extra data are the seal over the header without them. Who may sign when is
a matter of the chain's history and is not checked here; a Clique block is final only after
confirmations.
"""

from typing import Final

from ledger.errors import MalformedError
from ledger.primitives import ecdsa
from ledger.primitives.keccak import keccak256
from ledger.primitives.secp256k1 import SECP256K1, address_of
from ledger.proof.header import Header

VANITY_BYTES: Final = 32
SEAL_BYTES: Final = 65


def signer(header: Header) -> bytes:
    """Return the 20-byte address that sealed a block.

    Raises:
        MalformedError: ``clique-extra`` without room for vanity and seal, or ``ecdsa-signature``.
    """
    extra = header.extra_data
    if len(extra) < VANITY_BYTES + SEAL_BYTES:
        raise MalformedError("clique-extra")
    seal = extra[-SEAL_BYTES:]
    digest = keccak256(header.with_extra_data(extra[:-SEAL_BYTES]).encode())
    key = ecdsa.recover(
        curve=SECP256K1,
        digest=digest,
        r=int.from_bytes(seal[:32], "big"),
        s=int.from_bytes(seal[32:64], "big"),
        recovery_id=seal[64],
    )
    return address_of(key)
