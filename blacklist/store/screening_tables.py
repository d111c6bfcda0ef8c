"""The tables about screening, for queries; created by the migration b0007."""

from typing import Final

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table

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
)
"""``sealed`` holds mapping, place of the results, and the salt of both digests: ``source`` is over the file,
``digest`` over the rows that were worked on. Without the salt either could be tried against guesses."""
