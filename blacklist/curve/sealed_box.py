"""Sealed boxes of libsodium: whoever knows a public X25519 key can write, only its holder can read.

Sender and place are not part of a box; what lies in it is checked against what its sender published.
"""

from ctypes import create_string_buffer
from typing import Final

from blacklist.curve.library import sodium
from blacklist.curve.secret import Secret

KEY_BYTES: Final = 32
OVERHEAD_BYTES: Final = 48
"""An ephemeral public key and an authenticator (libsodium, ``crypto_box_SEALBYTES``)."""


def public_key(secret_key: Secret) -> bytes:
    """Return the X25519 key that belongs to 32 secret bytes."""
    if secret_key.size != KEY_BYTES:
        raise ValueError("the key has 32 bytes")
    made = create_string_buffer(KEY_BYTES)
    sodium().crypto_scalarmult_base(made, secret_key.address)
    return made.raw


def seal(content: Secret, recipient: bytes) -> bytes:
    """Encrypt ``content`` to the holder of ``recipient``; 48 bytes longer.

    Raises:
        ValueError: the key is one of the few that everybody can read.
    """
    if len(recipient) != KEY_BYTES:
        raise ValueError("the key has 32 bytes")
    made = create_string_buffer(content.size + OVERHEAD_BYTES)
    if sodium().crypto_box_seal(made, content.address, content.size, recipient) != 0:
        raise ValueError("the recipient's key is of low order")
    return made.raw


def open_box(box: bytes, secret_key: Secret) -> Secret | None:
    """Decrypt; ``None`` when the box is not for this key, or was changed."""
    if len(box) <= OVERHEAD_BYTES:
        return None
    content = Secret(len(box) - OVERHEAD_BYTES)
    recipient = public_key(secret_key)
    opened = sodium().crypto_box_seal_open(
        content.address, box, len(box), recipient, secret_key.address
    )
    if opened != 0:
        content.wipe()
        return None
    return content
