"""Tables of the consortium: applications that arrived, and the names behind the registry's hashes."""

from typing import Final

from sqlalchemy import Column, LargeBinary, MetaData, String, Table, UniqueConstraint

metadata: Final = MetaData()

application = Table(
    "application",
    metadata,
    Column("application_id", String(32), primary_key=True),
    Column("member", LargeBinary, nullable=False),
    Column("evidence_key", LargeBinary, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("received_at", String(24), nullable=False),
    Column("source", String(256), nullable=False),
    UniqueConstraint("member", "evidence_key", name="application_member"),
)

known_name = Table(
    "known_name",
    metadata,
    Column("name_hash", LargeBinary, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("learned_at", String(24), nullable=False),
)
