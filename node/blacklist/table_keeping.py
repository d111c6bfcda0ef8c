"""Tables that people and programs hand over: in the vault as they arrive, encrypted, and nowhere in clear.

Each has a record key of its own, which seals how it is read as well. When its screening is over, the key is
destroyed and the object deleted; a crash in between leaves a row whose screening is over, which the next
round finds (``screening_rounds``). Excel and Parquet are read at random places: those are decrypted into
memory, and their limit is smaller.
"""

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from blacklist.domain.screening.table_form import TableForm, TableKind
from blacklist.services.screening import JOB_BYTES
from blacklist.services.sealed_records import SealedRecord, SealedRecords
from blacklist.store import stored_tables
from blacklist.store.stored_tables import StoredTable
from ledger.errors import IntegrityError, LimitError
from ledger.evidence.instants import format_instant
from ledger.ports.vault import ByteSource
from node.wiring import Node

MAX_IN_MEMORY: Final = 64 * 1024 * 1024
"""Bytes of an Excel or Parquet file; 200,000 rows of three numbers have 5.6 and 4.9 MiB (measured)."""
_BUFFER: Final = 256 * 1024


def limit_of(node: Node, kind: TableKind) -> int:
    """Return the most bytes of a file."""
    most = node.settings.max_upload_bytes
    return most if kind is TableKind.CSV else min(most, MAX_IN_MEMORY)


def keep(node: Node, source: ByteSource, kind: TableKind, by: str) -> StoredTable:
    """Encrypt a table as it arrives, durable on return, and return what is to be recorded of it.

    Raises:
        RefusedError: it is empty.
        LimitError: ``screening-table-large``.
        UnavailableError: the sender has gone, or the vault does not answer.
    """
    (key,) = node.record_keys.create(1)
    object_id = os.urandom(16)
    try:
        bounded = _Bounded(source, limit_of(node, kind))
        sealed = node.vault.seal(bounded, object_id=object_id, key=key)
    except BaseException:
        node.record_keys.destroy(key.key_id)
        raise
    return StoredTable(
        job=os.urandom(JOB_BYTES),
        object_id=object_id,
        key_id=key.key_id,
        inline=sealed.inline,
        kind=kind.value,
        size=sealed.size,
        stored_at=format_instant(node.clock.now()),
        stored_by=by,
    )


def forget(node: Node, table: StoredTable) -> None:
    """Destroy a table's key, and delete it; its screening, if it has one, must be over."""
    node.record_keys.destroy(table.key_id)
    if table.inline is None:
        node.vault.delete(table.object_id)
    with node.database.write() as connection:
        stored_tables.remove(connection, table.job)


def seal_form(node: Node, table: StoredTable, form: TableForm) -> bytes:
    """Return how a table is read, sealed under its key.

    Raises:
        IntegrityError: ``record-erased``.
    """
    return SealedRecords(node.record_keys).reseal(table.key_id, form.to_json())


def form_of(node: Node, table: StoredTable) -> TableForm:
    """Return how a table whose screening is started is read.

    Raises:
        IntegrityError: its key was destroyed.
    """
    sealed = SealedRecord(table.key_id, table.form or b"")
    clear = SealedRecords(node.record_keys).open(sealed)
    if clear is None:
        raise IntegrityError("record-erased")
    return TableForm.from_json(clear)


def opened(node: Node, table: StoredTable) -> BinaryIO:
    """Return a table's bytes in clear, as they are asked for; of Excel and Parquet all in memory.

    Raises:
        IntegrityError: its key was destroyed.
    """
    key = node.record_keys.open(table.key_id)
    if key is None:
        raise IntegrityError("record-erased")
    chunks = node.vault.open(table.object_id, key=key, inline=table.inline)
    if TableKind(table.kind) is TableKind.CSV:
        return io.BufferedReader(_Clear(chunks), _BUFFER)
    return io.BytesIO(b"".join(chunks))


@dataclass(slots=True)
class _Bounded:
    """A source of at most so many bytes."""

    source: ByteSource
    limit: int
    taken: int = 0

    def read(self, size: int, /) -> bytes:
        """See ``ByteSource``."""
        data = self.source.read(size)
        self.taken += len(data)
        if self.taken > self.limit:
            raise LimitError("screening-table-large", limit=self.limit)
        return data


class _Clear(io.RawIOBase):
    """Decrypted chunks as a stream."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks: Final = chunks
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """See ``io.RawIOBase``."""
        return True

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]  # any buffer
        """See ``io.RawIOBase``."""
        if not self._left:
            self._left = memoryview(next(self._chunks, b""))
        count = min(len(buffer), len(self._left))
        buffer[:count], self._left = self._left[:count], self._left[count:]
        return count
