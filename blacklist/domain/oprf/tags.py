"""What is made of an identifier's secret y: its tag, and the keys of entries about it.

The tag is what is matched. The keys open an entry's details and sign corroborations, and whoever only copied
a tag has neither. y itself is wiped as soon as these are made.
"""

from typing import Final

from blacklist.curve.hashing import expand, hash_secretly
from blacklist.curve.secret import Secret
from blacklist.domain.oprf.framing import named

TAG_BYTES: Final = 32


def tag_of(secret: Secret, key_epoch: int) -> bytes:
    """Return the tag under a key epoch: 32 bytes, equal for equal identifiers and otherwise unrelated."""
    prefix = named("tag", key_epoch.to_bytes(4, "big"))
    with hash_secretly(prefix, secret) as digest:
        return digest.reveal()[:TAG_BYTES]


def detail_key(secret: Secret, entry_id: bytes) -> Secret:
    """Return the key of 32 bytes that an entry's details are encrypted under."""
    return expand(secret, named("detail", entry_id))


def entry_key(secret: Secret, entry_id: bytes) -> Secret:
    """Return the secp256k1 key of 32 bytes that belongs to one entry about this identifier."""
    return expand(secret, named("entry", entry_id))
