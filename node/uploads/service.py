"""Resumable uploads: what arrived stays, encrypted, and the sender goes on after it.

1. ``start`` takes the description.
2. ``append`` takes bytes at the offset that is reached; every 8 MiB become an object of the vault of their
   own, durable before they are counted.
3. ``finish`` reads all parts again, verifies and rehashes them, and seals them as one item, as if they had
   come at once; the request key is the upload's own, so that finishing twice seals once.

``expiring`` removes what nobody finished within a week.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from ledger.errors import IntegrityError, LedgerError, RefusedError, UnavailableError
from ledger.evidence.fields import Field
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.ports.record_keys import RecordKey, RecordKeys
from ledger.ports.vault import ByteSource, Vault
from ledger.services.composing import Item, check_kind
from ledger.services.intake import Receipt
from ledger.store import statements
from ledger.store.statements import StatementRow
from ledger.store.transactions import Begin
from node.audit.entries import AuditEntry, Detail
from node.audit.trail import Trail
from node.items import build_item, file_name_of
from node.lookups import Lookups
from node.uploads import store
from node.uploads.expiring import discard, remove
from node.uploads.store import PartRow, UploadRow

PART_BYTES: Final = 8 * 1024 * 1024
"""What a broken connection loses at most; S3 takes parts of at least 5 MiB gladly."""
_DESCRIPTION: Final = "described"


@dataclass(frozen=True, slots=True)
class Uploads:
    """Takes contents piece by piece.

    Attributes:
        begin: opens a write transaction.
        read: opens a transaction for reading.
        clock: this machine's time.
        vault: holds the parts.
        record_keys: makes a key for each part and for the description.
        lookups: makes blind indices.
        trail: takes an entry when an upload begins or is cancelled; the sealing leaves its own.
        seal: seals the finished item for an actor.
        limit: most bytes of a content.
    """

    begin: Begin
    read: Begin
    clock: Clock
    vault: Vault
    record_keys: RecordKeys
    lookups: Lookups
    trail: Trail
    seal: Callable[[Item, str], Receipt]
    limit: int

    def start(self, described: dict[str, Any], actor: str) -> str:
        """Begin an upload and return its id.

        Raises:
            MalformedError: the description is not one of an item.
        """
        # Only looked at: what is wrong is said before the first byte is sent.
        named = dict(described)
        file_name_of(named)
        check_kind(
            build_item(named, source=None, lookups=self.lookups, caller=actor).kind, by_node=False
        )
        (key,) = self.record_keys.create(1)
        upload_id = os.urandom(16).hex()
        text = json.dumps(described, ensure_ascii=False)
        sealed = self.vault.seal_fields((Field(_DESCRIPTION, text, os.urandom(16)),), key)
        now = format_instant(self.clock.now())
        with self.begin() as connection:
            store.begin(connection, UploadRow(upload_id, actor, key.key_id, sealed, now))
            self.trail.record_in(connection, AuditEntry(actor, "upload.start", upload_id))
        return upload_id

    def offset(self, upload_id: str, actor: str) -> int:
        """Return how many bytes have arrived.

        Raises:
            RefusedError: no such upload of this sender.
        """
        with self.read() as connection:
            _own(store.get(connection, upload_id), actor)
            return _end(store.parts(connection, upload_id))

    def append(self, upload_id: str, actor: str, source: ByteSource, *, offset: int) -> int:
        """Add bytes at ``offset`` and return the offset that is reached then.

        What arrived before an error stays; the sender asks for the offset and goes on.

        Raises:
            RefusedError: no such upload, another offset was reached, or over the limit.
            UnavailableError: the sender has gone, or the vault refuses.
        """
        reached = self.offset(upload_id, actor)
        if offset != reached:
            raise RefusedError("upload-offset", offset=reached)
        while chunk := _read(source, PART_BYTES):
            if reached + len(chunk) > self.limit:
                raise RefusedError("upload-too-large", limit=self.limit)
            self._add(upload_id, chunk, first=reached)
            reached += len(chunk)
        return reached

    def finish(self, upload_id: str, actor: str) -> Receipt:
        """Seal what arrived as one item; asked again within a week, return the same receipt.

        Raises:
            RefusedError: no such upload, nothing arrived, or intake refuses the item.
            IntegrityError: a part is not what was stored.
        """
        with self.read() as connection:
            row = _own(store.get(connection, upload_id), actor)
            parts = store.parts(connection, upload_id)
            if row.leaf_hash is not None:
                return _receipt(statements.by_leaf_hash(connection, row.leaf_hash))
        described = self._described(row)
        name = file_name_of(described)
        described.setdefault("request_key", f"upload:{upload_id}")
        source = _Parts(name, self._chunks(parts))
        receipt = self.seal(
            build_item(described, source=source, lookups=self.lookups, caller=actor), actor
        )
        with self.begin() as connection:
            store.finish(connection, upload_id, receipt.leaf_hash)
        with suppress(LedgerError):
            # What cannot be removed now is swept later.
            discard(self.vault, self.record_keys, parts)
        return receipt

    def cancel(self, upload_id: str, actor: str) -> None:
        """Forget an upload.

        Raises:
            RefusedError: no such upload of this sender.
        """
        with self.begin() as connection:
            _own(store.get(connection, upload_id), actor)
            parts = store.parts(connection, upload_id)
            details: dict[str, Detail] = {"bytes": _end(parts)}
            entry = AuditEntry(actor, "upload.cancel", upload_id, details)
            self.trail.record_in(connection, entry)
        remove(self.begin, self.vault, self.record_keys, upload_id, parts)

    def _add(self, upload_id: str, chunk: bytes, *, first: int) -> None:
        (key,) = self.record_keys.create(1)
        object_id = os.urandom(16)
        sealed = self.vault.seal(BytesIO(chunk), object_id=object_id, key=key)
        part = PartRow(first, len(chunk), object_id, key.key_id, sealed.inline)
        with self.begin() as connection:
            kept = store.get(connection, upload_id, lock=True)
            reached = _end(store.parts(connection, upload_id))
            if kept is not None and kept.leaf_hash is None and reached == first:
                store.add_part(connection, upload_id, part)
                return
        self.vault.delete(object_id)
        raise RefusedError("upload-offset", offset=reached)

    def _described(self, row: UploadRow) -> dict[str, Any]:
        (field,) = self.vault.open_fields(row.described, self._key(row.key_id))
        described: dict[str, Any] = json.loads(str(field.value))
        return described

    def _chunks(self, parts: Sequence[PartRow]) -> Iterator[bytes]:
        for part in parts:
            key = self._key(part.key_id)
            yield from self.vault.open(part.object_id, key=key, inline=part.inline)

    def _key(self, key_id: bytes) -> RecordKey:
        key = self.record_keys.open(key_id)
        if key is None:
            raise IntegrityError("record-key-changed", key=key_id.hex())
        return key


class _Parts:
    """Parts one after another, as one content."""

    def __init__(self, name: str, chunks: Iterator[bytes]) -> None:
        self.name: Final = name
        self._chunks: Final = chunks
        self._left = b""

    def read(self, size: int, /) -> bytes:
        if not self._left:
            self._left = next(self._chunks, b"")
        data, self._left = self._left[:size], self._left[size:]
        return data


def _receipt(row: StatementRow | None) -> Receipt:
    if row is None:
        raise RefusedError("upload-unknown")
    return Receipt(row.leaf_hash, row.sealed_at, row.case_number, row.leaf, replayed=True)


def _read(source: ByteSource, size: int) -> bytes:
    """Return ``size`` bytes; fewer at the end, or when the sender has gone: what arrived is kept."""
    parts: list[bytes] = []
    missing = size
    try:
        while missing and (part := source.read(missing)):
            parts.append(part)
            missing -= len(part)
    except UnavailableError:
        if not parts:
            raise
    return b"".join(parts)


def _end(parts: Sequence[PartRow]) -> int:
    return parts[-1].first + parts[-1].size if parts else 0


def _own(row: UploadRow | None, actor: str) -> UploadRow:
    if row is None or row.operator_id != actor:
        raise RefusedError("upload-unknown")
    return row
