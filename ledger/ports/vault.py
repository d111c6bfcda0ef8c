"""The vault port: encrypted content, one object per record.

* ``seal`` returns only when the object is durable (fsynced, or acknowledged by the service). An object whose
  row was never committed is an orphan; ``sweep`` removes those. ``seal`` with the same id again replaces an
  unfinished attempt.
* ``open`` yields verified plaintext chunks only; a missing last chunk is an error, not an end.
* Objects of up to ``INLINE_BYTES`` are handed back encrypted, to be committed with their record.
* Memory does not grow with the object. Plaintext never touches the disk.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from ledger.evidence.fields import Field
from ledger.ports.record_keys import RecordKey

INLINE_BYTES: Final = 64 * 1024
"""Below this a file of its own costs more (an fsync, an inode) than a row."""


class ByteSource(Protocol):
    """A stream of plaintext: a file, a request body."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; empty at the end."""
        ...


@dataclass(frozen=True, slots=True)
class SealedContent:
    """What one pass over the bytes found.

    Attributes:
        sha256: 32 bytes.
        sm3: 32 bytes.
        size: plaintext bytes.
        inline: the ciphertext of a small object, to be stored with the record; ``None`` when the vault
            holds it.
    """

    sha256: bytes
    sm3: bytes
    size: int
    inline: bytes | None


class Vault(Protocol):
    """Encrypts what could identify a person: content, and clear values with their salts."""

    def seal(self, source: ByteSource, *, object_id: bytes, key: RecordKey) -> SealedContent:
        """Encrypt ``source`` under ``key`` into ``object_id`` (16 bytes), durable on return.

        Raises:
            UnavailableError: the disk or service does not answer; nothing is left behind.
            ConfigurationError: the service refuses: credentials, permissions, no such bucket.
            LimitError: longer than the vault can hold.
        """
        ...

    def open(self, object_id: bytes, *, key: RecordKey, inline: bytes | None) -> Iterator[bytes]:
        """Yield the plaintext in chunks, each verified before it is handed out.

        Args:
            object_id: 16 bytes.
            key: the key it was sealed under.
            inline: the ciphertext when the record holds it.

        Raises:
            IntegrityError: absent, truncated, changed, or under another key.
            UnavailableError: the disk or service does not answer.
        """
        ...

    def seal_fields(self, fields: tuple[Field, ...], key: RecordKey) -> bytes:
        """Return the encrypted form of clear values and salts, to be stored with their record."""
        ...

    def open_fields(self, sealed: bytes, key: RecordKey) -> tuple[Field, ...]:
        """Return the clear values and salts.

        Raises:
            IntegrityError: changed, or under another key.
        """
        ...

    def delete(self, object_id: bytes) -> None:
        """Delete the object; absent is not an error."""
        ...

    def read_sealed(self, object_id: bytes) -> Iterator[bytes]:
        """Yield an object as it is kept, encrypted, in chunks: what a backup copies without any key.

        Raises:
            IntegrityError: absent.
            UnavailableError: the disk or service does not answer.
        """
        ...

    def write_sealed(self, object_id: bytes, chunks: Iterable[bytes]) -> None:
        """Keep what ``read_sealed`` gave as ``object_id``, durable on return; nothing is left after an error.

        Raises:
            UnavailableError: the disk or service does not answer.
        """
        ...

    def object_ids(self, age: timedelta = timedelta(0)) -> Iterator[bytes]:
        """Yield the ids of all objects that were finished at least ``age`` ago, in no order."""
        ...

    def sweep_parts(self, age: timedelta) -> int:
        """Remove unfinished objects that nobody has written to for ``age``; return how many."""
        ...
