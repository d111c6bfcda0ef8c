"""The record key port: one key per record, kept apart from the records.

* ``create`` returns only when the wrapped keys are durable; they are stored before the record, so that
  a crash leaves an unused key and never an unreadable record.
* ``destroy`` is erasure: afterwards ``open`` answers ``None`` for ever, here. Backups of the key store
  have a short retention of their own, which erasure reports.
* The key store never sees what its keys protect.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)  # no slots, as in drafts, which hold one
class RecordKey:
    """A key with its random name.

    Attributes:
        key_id: 16 random bytes, stored beside the record.
        key: 32 random bytes, never stored in clear.
    """

    key_id: bytes
    key: bytes


class RecordKeys(Protocol):
    """A store of wrapped record keys."""

    def create(self, count: int) -> Sequence[RecordKey]:
        """Make and durably store ``count`` keys."""
        ...

    def open(self, key_id: bytes) -> RecordKey | None:
        """Return the key; ``None`` when it was destroyed.

        Raises:
            IntegrityError: the stored key does not unwrap under the master key.
        """
        ...

    def destroy(self, key_id: bytes) -> None:
        """Destroy the key; destroying twice is not an error."""
        ...
