"""The audit trail's tables. The migration ``n0001`` makes them; a test compares both.

``audit_entry`` holds the hashed bytes and, for searching, copies of some of their members; the check compares
both. ``audit_head`` is one row: the end of the chain, and the lock under which it grows.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table

metadata: Final = MetaData()

audit_entry = Table(
    "audit_entry",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", String(24), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(128)),
    Column("entry", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("audit_entry_actor", "actor", "seq"),
    Index("audit_entry_action", "action", "seq"),
    Index("audit_entry_subject", "subject", "seq"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

audit_seal = Table(
    "audit_seal",
    metadata,
    Column("first_seq", BigInteger, primary_key=True, autoincrement=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("last_hash", LargeBinary, nullable=False),
    Column("planned_at", String(24), nullable=False),
    Column("leaf_hash", LargeBinary),
)
