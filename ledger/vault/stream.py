"""The encrypted form of an object: STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over AES-256-GCM.

``header ‖ chunk₀ ‖ … ‖ chunkₙ``: every chunk holds 1 MiB of plaintext and its 16-byte tag, the last one
less. The nonce is a random 7-byte prefix, a 32-bit counter, and a byte that marks the last chunk; the
associated data is the hash of the header (version, object id, key id). So a chunk cannot be reordered,
dropped, taken from another object, or cut off at the end, and a reader hands out verified chunks only.
One GCM stream would release plaintext before its tag was seen.

The key is derived for the one object from its record key. No deduplication.
"""

import hashlib
import hmac
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import IntegrityError, LimitError
from ledger.ports.record_keys import RecordKey
from ledger.ports.vault import ByteSource
from ledger.vault.reading import read_up_to

MAGIC: Final = b"LZV\x01"
CHUNK_BYTES: Final = 1024 * 1024
TAG_BYTES: Final = 16
PREFIX_BYTES: Final = 7
MAX_CHUNKS: Final = 2**32 - 1
"""The counter's width; 4 PiB, above any recording."""
_HEADER: Final = struct.Struct(">4s16s16s7s")
HEADER_BYTES: Final = _HEADER.size
_LABEL: Final = b"lianzheng/content/"


@dataclass(slots=True)
class Encryptor:
    """Encrypts one object chunk by chunk, in order."""

    _cipher: AESGCM
    _prefix: bytes
    _context: bytes
    header: bytes
    _counter: int = 0

    @classmethod
    def begin(cls, object_id: bytes, key: RecordKey) -> "Encryptor":
        """Start an object under a fresh random nonce prefix."""
        prefix = os.urandom(PREFIX_BYTES)
        header = _HEADER.pack(MAGIC, object_id, key.key_id, prefix)
        return cls(_cipher(key, object_id), prefix, hashlib.sha256(header).digest(), header)

    def chunk(self, plaintext: bytes, *, last: bool) -> bytes:
        """Return the next encrypted chunk.

        Raises:
            LimitError: the object has more chunks than the counter can number.
        """
        if self._counter > MAX_CHUNKS:
            raise LimitError("vault-object-too-large", limit=MAX_CHUNKS * CHUNK_BYTES)
        nonce = _nonce(self._prefix, self._counter, last=last)
        self._counter += 1
        return self._cipher.encrypt(nonce, plaintext, self._context)


def decrypt(source: ByteSource, object_id: bytes, key: RecordKey) -> Iterator[bytes]:
    """Yield the plaintext of one object, each chunk after its tag was verified.

    Raises:
        IntegrityError: another object or key, a changed or missing chunk, or bytes after the last one.
    """
    header = read_up_to(source, HEADER_BYTES)
    if len(header) != HEADER_BYTES:
        raise IntegrityError("vault-truncated", object=object_id.hex())
    magic, named_object, named_key, prefix = _HEADER.unpack(header)
    if (magic, named_object, named_key) != (MAGIC, object_id, key.key_id):
        raise IntegrityError("vault-wrong-object", object=object_id.hex())
    cipher, context = _cipher(key, object_id), hashlib.sha256(header).digest()
    counter, current = 0, read_up_to(source, CHUNK_BYTES + TAG_BYTES)
    while True:
        following = read_up_to(source, CHUNK_BYTES + TAG_BYTES)
        nonce = _nonce(prefix, counter, last=not following)
        try:
            yield cipher.decrypt(nonce, current, context)
        except InvalidTag:
            raise IntegrityError("vault-changed", object=object_id.hex(), chunk=counter) from None
        if not following:
            return
        counter, current = counter + 1, following


def _cipher(key: RecordKey, object_id: bytes) -> AESGCM:
    return AESGCM(hmac.digest(key.key, _LABEL + object_id, "sha256"))


def _nonce(prefix: bytes, counter: int, *, last: bool) -> bytes:
    return prefix + counter.to_bytes(4, "big") + bytes([last])
