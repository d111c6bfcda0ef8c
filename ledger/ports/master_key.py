"""The master key port: where the key that wraps every record key and key file comes from.

* ``load`` gives the present key, and while it is being changed the next one too: both open what is stored.
* ``prepare_next`` returns only when the next key is durable, and gives the same key when it is asked again,
  so that a change that was cut short goes on with the key on the recovery sheet.
* ``promote`` makes the next key the present one, at once and durably; the old one is gone. It is called when
  nothing is left under the old key.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Final, Protocol

MASTER_KEY_BYTES: Final = 32
ID_BYTES: Final = 8
_LABEL: Final = b"lianzheng/master-key/id"


def master_key_id(key: bytes) -> bytes:
    """Return the public name of a master key, 8 bytes; nothing about the key follows from it."""
    return hmac.digest(key, _LABEL, hashlib.sha256)[:ID_BYTES]


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """The master key, and the one that follows it while it is being changed.

    Attributes:
        present: 32 bytes.
        following: 32 bytes; ``None`` when no change is under way.
    """

    present: bytes = field(repr=False)
    following: bytes | None = field(default=None, repr=False)

    @property
    def newest(self) -> bytes:
        """The key that everything will be under."""
        return self.following or self.present

    @property
    def all(self) -> tuple[bytes, ...]:
        """Every key that something may be under, the newest first."""
        return (self.present,) if self.following is None else (self.following, self.present)

    def named(self, key_id: bytes) -> bytes | None:
        """Return the key with this id; ``None`` when it is neither."""
        return next((key for key in self.all if master_key_id(key) == key_id), None)


class MasterKeySource(Protocol):
    """A file, the environment, or a key management service."""

    def load(self) -> MasterKeys:
        """Return the key, or both.

        Raises:
            ConfigurationError: missing, not 64 hexadecimal digits, or the service refuses.
            UnavailableError: the service does not answer.
        """
        ...

    def prepare_next(self) -> MasterKeys:
        """Make the next key unless there is one already; raises as ``load``."""
        ...

    def promote(self) -> bool:
        """Make the next key the present one; ``False`` when a person has to do it.

        Raises:
            UnavailableError: the disk refuses; asking again is safe.
        """
        ...
