"""The tables of the person's desk, for queries; created by the migration b0008.

Persons are found by blind indices of their identifiers; what they said lies sealed in the evidence log.
"""

from typing import Final

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table

from blacklist.store.tables import metadata

inquiry_subject: Final = Table(
    "inquiry_subject",
    metadata,
    Column("request_id", LargeBinary, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("subject", LargeBinary, nullable=False),
    Index("inquiry_subject_subject", "subject"),
)
"""Whom each request of this member's was about, so that the person can be told."""

person_report: Final = Table(
    "person_report",
    metadata,
    Column("subject", LargeBinary, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("made_at", String(24), nullable=False),
    Column("made_by", String(64), nullable=False),
)
"""``number`` counts a person's reports of a calendar year in China."""

person_statement: Final = Table(
    "person_statement",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("entry", LargeBinary, nullable=False),
    Column("desk", LargeBinary, nullable=False),
    Column("disputes", Boolean, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("received_at", String(24), nullable=False),
    Column("received_by", String(64), nullable=False),
    Column("recorded_at", String(24)),
    Column("refused", String(64)),
    Column("handed_at", String(24)),
    Column("next_at", String(24)),
    Index("person_statement_entry", "entry", "desk"),
)

person_request: Final = Table(
    "person_request",
    metadata,
    Column("request", LargeBinary, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("subject", LargeBinary, nullable=False),
    Column("entry", LargeBinary),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("received_at", String(24), nullable=False),
    Column("received_by", String(64), nullable=False),
    Column("due_at", String(24), nullable=False),
    Column("outcome", String(16)),
    Column("answer", LargeBinary),
    Column("settled_at", String(24)),
    Column("settled_by", String(64)),
)
