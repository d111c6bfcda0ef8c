"""The tables of unfinished uploads; nothing in them is clear: descriptions are encrypted like contents."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, MetaData, String, Table

metadata: Final = MetaData()

upload = Table(
    "upload",
    metadata,
    Column("upload_id", String(32), primary_key=True),
    Column("operator_id", String(64), nullable=False),
    Column("key_id", LargeBinary, nullable=False),
    Column("described", LargeBinary, nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("leaf_hash", LargeBinary),
    Index("upload_created_at", "created_at"),
)

upload_part = Table(
    "upload_part",
    metadata,
    Column("upload_id", String(32), ForeignKey("upload.upload_id"), primary_key=True),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("object_id", LargeBinary, nullable=False),
    Column("key_id", LargeBinary, nullable=False),
    Column("inline", LargeBinary),
    Index("upload_part_object", "object_id"),
)
