"""The tables about screening and monitoring, for queries; created by b0007, b0009, b0011 and b0012."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from blacklist.store.tables import metadata

screening: Final = Table(
    "screening",
    metadata,
    Column("job", LargeBinary, primary_key=True),
    Column("key_id", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("source", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("asked", BigInteger, nullable=False),
    Column("found", BigInteger, nullable=False),
    Column("results_bytes", BigInteger, nullable=False),
    Column("rejects_bytes", BigInteger, nullable=False),
    Column("started_at", String(24), nullable=False),
    Column("started_by", String(64), nullable=False),
    Column("worked_at", String(24), nullable=False),
    Column("finished_at", String(24)),
    Column("cancelled_at", String(24)),
)
"""``sealed`` holds mapping, place of the results, and the salt of both digests: ``source`` is over the file,
``digest`` over the rows that were worked on. Without the salt either could be tried against guesses."""

stored_table: Final = Table(
    "stored_table",
    metadata,
    Column("job", LargeBinary, primary_key=True),
    Column("object_id", LargeBinary, nullable=False),
    Column("key_id", LargeBinary, nullable=False),
    Column("inline", LargeBinary),
    Column("kind", String(8), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("stored_at", String(24), nullable=False),
    Column("stored_by", String(64), nullable=False),
    Column("form", LargeBinary),
    Column("pause", Text),
    Column("try_at", String(24)),
    Index("stored_table_object", "object_id"),
)
"""Tables that the node holds until they are screened; a row without a screening of its id is not started."""

monitored: Final = Table(
    "monitored",
    metadata,
    Column("item", LargeBinary, primary_key=True),
    Column("identifiers", Integer, nullable=False),
    Column("key_epoch", Integer, nullable=False),
    Column("fresh", Boolean, nullable=False),
    Column("purpose", String(24), nullable=False),
    Column("key_id", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("since", String(24), nullable=False),
    Column("started_by", String(64), nullable=False),
    Column("relationship", LargeBinary),
    Index("monitored_type", "identifiers", "key_epoch"),
    Index("monitored_relationship", "relationship"),
    Index("monitored_since", "since", "item"),
)
"""``sealed`` holds identifier, tag and the bank's numbers; a ``fresh`` tag waits for the whole index;
``relationship`` is the blind index of the bank's number, which older items get when one is looked for."""

monitor_looked: Final = Table(
    "monitor_looked",
    metadata,
    Column("entry", LargeBinary, primary_key=True),
    Column("facts", LargeBinary, nullable=False),
)
"""Rows of the index that all monitored tags were compared with; a correction makes a row new again."""
