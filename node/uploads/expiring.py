"""Removing uploads: finished, cancelled, or left alone for a week."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.ports.record_keys import RecordKeys
from ledger.ports.vault import Vault
from ledger.store.transactions import Begin
from node.uploads import store
from node.uploads.store import PartRow

KEPT: Final = timedelta(days=7)
_BATCH: Final = 100


def expire(begin: Begin, clock: Clock, vault: Vault, record_keys: RecordKeys) -> int:
    """Remove uploads that nobody finished within a week; return how many."""
    before, removed = format_instant(clock.now() - KEPT), 0
    while True:
        with begin() as connection:
            found = {
                each: store.parts(connection, each)
                for each in store.begun_before(connection, before, _BATCH)
            }
        for upload_id, parts in found.items():
            remove(begin, vault, record_keys, upload_id, parts)
        removed += len(found)
        if len(found) < _BATCH:
            return removed


def remove(
    begin: Begin, vault: Vault, record_keys: RecordKeys, upload_id: str, parts: Sequence[PartRow]
) -> None:
    """Remove an upload with its parts and their keys; a crash in between leaves orphans, which are swept."""
    with begin() as connection:
        row = store.get(connection, upload_id, lock=True)
        store.remove(connection, upload_id)
    if row is not None:
        record_keys.destroy(row.key_id)
    discard(vault, record_keys, parts)


def discard(vault: Vault, record_keys: RecordKeys, parts: Sequence[PartRow]) -> None:
    """Delete the bytes of parts that no upload has any more, and their keys."""
    for part in parts:
        if part.inline is None:
            vault.delete(part.object_id)
        record_keys.destroy(part.key_id)
