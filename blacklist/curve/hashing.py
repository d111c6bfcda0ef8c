"""SHA-512, HMAC and HKDF of secrets, from locked memory into locked memory."""

from typing import Final

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from blacklist.curve.library import sodium
from blacklist.curve.secret import Secret

DIGEST_BYTES: Final = 64
KEY_BYTES: Final = 32


def hash_secretly(*parts: bytes | Secret) -> Secret:
    """Return SHA-512 of the parts, one after another."""
    with _joined(parts) as message:
        made = Secret(DIGEST_BYTES)
        sodium().crypto_hash_sha512(made.address, message.address, message.size)
        return made


def derive(key: Secret, *parts: bytes | Secret) -> Secret:
    """Return HMAC-SHA-512 of the parts under a key of 32 bytes (RFC 4231)."""
    if key.size != KEY_BYTES:
        raise ValueError("the key has 32 bytes")
    with _joined(parts) as message:
        made = Secret(DIGEST_BYTES)
        sodium().crypto_auth_hmacsha512(made.address, message.address, message.size, key.address)
        return made


def expand(secret: Secret, info: bytes) -> Secret:
    """Return a key of 32 bytes by HKDF-SHA-512 (RFC 5869), without salt: ``secret`` is uniform."""
    derived = Secret(KEY_BYTES)
    kdf = HKDF(algorithm=SHA512(), length=KEY_BYTES, salt=None, info=info)
    kdf.derive_into(secret.view(), derived.view())
    return derived


def _joined(parts: tuple[bytes | Secret, ...]) -> Secret:
    sizes = [part.size if isinstance(part, Secret) else len(part) for part in parts]
    joined = Secret(sum(sizes))
    view = joined.view()
    start = 0
    for part, size in zip(parts, sizes, strict=True):
        view[start : start + size] = part.view() if isinstance(part, Secret) else part
        start += size
    return joined
