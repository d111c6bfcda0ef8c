"""Where blinds come from: one sealed audit key a request, so that each can be opened and none is stored.

The key is destroyed when the retention of the request ends; a stored blind would turn the log of blinded
elements into plain text.
"""

from typing import Final

from blacklist.curve.hashing import derive, expand
from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import Secret
from blacklist.domain.oprf.framing import named

AUDIT_KEY_BYTES: Final = 32


def audit_key_of(record_key: Secret) -> Secret:
    """Return the audit key of a request: from the key of its record, so that both end at once."""
    return expand(record_key, named("audit-key"))


def blind_of(audit_key: Secret, request_id: bytes, place: int) -> Scalar:
    """Return the blind of the element at ``place``; never 0 but once in 2^252."""
    with derive(audit_key, named("blind", request_id, place.to_bytes(4, "big"))) as wide:
        return Scalar.reduced(wide)
