"""Unfinished uploads in the database."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from node.uploads.tables import upload, upload_part


@dataclass(frozen=True, slots=True)
class UploadRow:
    """An upload that has begun.

    Attributes:
        upload_id: 32 hex digits.
        operator_id: who began it; nobody else goes on with it.
        key_id: of the key of ``described``.
        described: the item's description, encrypted.
        created_at: instant.
        leaf_hash: of what it became; ``None`` before it was finished.
    """

    upload_id: str
    operator_id: str
    key_id: bytes
    described: bytes
    created_at: str
    leaf_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class PartRow:
    """Bytes that arrived, as an object of the vault.

    Attributes:
        first: offset of its first byte in the content.
        size: bytes.
        object_id: 16 bytes.
        key_id: its own key.
        inline: the ciphertext of a small part; ``None`` when the vault holds it.
    """

    first: int
    size: int
    object_id: bytes
    key_id: bytes
    inline: bytes | None


def begin(connection: Connection, row: UploadRow) -> None:
    """Insert an upload."""
    connection.execute(
        upload.insert().values(
            upload_id=row.upload_id,
            operator_id=row.operator_id,
            key_id=row.key_id,
            described=row.described,
            created_at=row.created_at,
        )
    )


def get(connection: Connection, upload_id: str, *, lock: bool = False) -> UploadRow | None:
    """Return an upload; with ``lock`` nobody else adds to it until the commit."""
    query = select(upload).where(upload.c.upload_id == upload_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        return None
    return UploadRow(
        row.upload_id,
        row.operator_id,
        row.key_id,
        row.described,
        row.created_at,
        row.leaf_hash,
    )


def parts(connection: Connection, upload_id: str) -> Sequence[PartRow]:
    """Return what arrived, in order."""
    query = (
        select(upload_part)
        .where(upload_part.c.upload_id == upload_id)
        .order_by(upload_part.c.first)
    )
    return [
        PartRow(row.first, row.size, row.object_id, row.key_id, row.inline)
        for row in connection.execute(query)
    ]


def add_part(connection: Connection, upload_id: str, part: PartRow) -> None:
    """Insert a part."""
    connection.execute(
        upload_part.insert().values(
            upload_id=upload_id,
            first=part.first,
            size=part.size,
            object_id=part.object_id,
            key_id=part.key_id,
            inline=part.inline,
        )
    )


def finish(connection: Connection, upload_id: str, leaf_hash: bytes) -> None:
    """Record what an upload became, and forget its parts."""
    connection.execute(upload_part.delete().where(upload_part.c.upload_id == upload_id))
    connection.execute(
        upload.update().where(upload.c.upload_id == upload_id).values(leaf_hash=leaf_hash)
    )


def remove(connection: Connection, upload_id: str) -> None:
    """Delete an upload with its parts."""
    connection.execute(upload_part.delete().where(upload_part.c.upload_id == upload_id))
    connection.execute(upload.delete().where(upload.c.upload_id == upload_id))


def begun_before(connection: Connection, at: str, limit: int) -> Sequence[str]:
    """Return uploads that were begun before an instant."""
    query = select(upload.c.upload_id).where(upload.c.created_at < at).limit(limit)
    return list(connection.scalars(query))


def names_object(connection: Connection, object_id: bytes) -> bool:
    """Say whether a part lies in this object of the vault."""
    query = select(upload_part.c.upload_id).where(upload_part.c.object_id == object_id).limit(1)
    return connection.scalar(query) is not None
