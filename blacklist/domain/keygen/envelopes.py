"""Shares on their way: one sealed box a receiver, and one digest over all of a dealer's boxes on the chain.

Boxes are harmless to everybody but their receivers, so any member can hand on another's; the digest says
whether they are what the dealer dealt.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

from blacklist.curve import sealed_box
from blacklist.curve.secret import Secret
from blacklist.domain.keygen.shares import SHARE_BYTES, DealtShare
from blacklist.domain.oprf.framing import named
from ledger.errors import MalformedError

ENVELOPE_BYTES: Final = SHARE_BYTES + sealed_box.OVERHEAD_BYTES


def envelopes_digest(ceremony: int, dealer: int, envelopes: Mapping[int, bytes]) -> bytes:
    """Return the 32 bytes that a dealer posts about its envelopes, which are named by receiver."""
    rows = (index.to_bytes(2, "big") + envelopes[index] for index in sorted(envelopes))
    header = ceremony.to_bytes(8, "big") + dealer.to_bytes(2, "big")
    return hashlib.sha256(named("envelopes", header, *rows)).digest()


def put_in(share: DealtShare, receiver_key: bytes) -> bytes | None:
    """Seal a share to its receiver's key for this ceremony; ``None`` when everybody could open it.

    Who joins with such a key must not keep honest dealers from dealing: it complains, and is answered.
    """
    with Secret(SHARE_BYTES) as content:
        half = SHARE_BYTES // 2
        content.view()[:half] = share.value.view()
        content.view()[half:] = share.blinding.view()
        try:
            return sealed_box.seal(content, receiver_key)
        except ValueError:
            return None


def take_out(envelope: bytes, receiver_key: Secret) -> DealtShare | None:
    """Return the share; ``None`` when the envelope cannot be opened or holds none."""
    content = sealed_box.open_box(envelope, receiver_key)
    if content is None:
        return None
    with content:
        try:
            return DealtShare.decode(content.view())
        except MalformedError:
            return None
