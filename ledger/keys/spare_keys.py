"""Record keys made in advance, so that a single item does not wait for the key store's own commit.

A key is durable before it is handed out, as the port demands. Those left when the process ends protect
nothing and are never used.
"""

from collections import deque
from collections.abc import Sequence
from threading import Lock
from typing import Final

from ledger.ports.record_keys import RecordKey, RecordKeys

SPARE: Final = 256


class SpareRecordKeys:
    """Implements the record key port on another, with a stock of keys; safe for threads.

    Args:
        store: makes, opens and destroys.
    """

    def __init__(self, store: RecordKeys) -> None:
        self._store: Final = store
        self._spare: Final[deque[RecordKey]] = deque()
        self._lock: Final = Lock()

    def create(self, count: int) -> Sequence[RecordKey]:
        """See ``ports.record_keys``."""
        if count > SPARE:
            return self._store.create(count)
        with self._lock:
            if len(self._spare) < count:
                self._spare.extend(self._store.create(SPARE))
            return [self._spare.popleft() for _ in range(count)]

    def open(self, key_id: bytes) -> RecordKey | None:
        """See ``ports.record_keys``."""
        return self._store.open(key_id)

    def destroy(self, key_id: bytes) -> None:
        """See ``ports.record_keys``."""
        self._store.destroy(key_id)
