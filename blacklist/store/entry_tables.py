"""The tables about entries, for queries; created by the migrations b0004 and b0010.

* ``entry``, ``entry_corroboration``, ``entry_dispute`` and ``entry_change`` are what the chain says, kept up
  with its final blocks. Seconds since 1970 are block times.
* ``entry_row`` is the index: tags, which are deleted when their entry ends.
* ``own_entry`` holds what this member lists, ``own_corroboration`` what it vouches for; both encrypted under
  record keys.
"""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table

from blacklist.store.tables import metadata

entry: Final = Table(
    "entry",
    metadata,
    Column("entry", LargeBinary, primary_key=True),
    Column("reporter", LargeBinary, nullable=False),
    Column("identifiers", Integer, nullable=False),
    Column("key_epoch", Integer, nullable=False),
    Column("commitment", LargeBinary, nullable=False),
    Column("facts", LargeBinary, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("listed_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("disputed_at", BigInteger),
    Column("corrected", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("moved_to", LargeBinary),
    Column("block", BigInteger, nullable=False),
    Index("entry_reporter", "reporter"),
    Index("entry_moved_to", "moved_to"),
)

entry_corroboration: Final = Table(
    "entry_corroboration",
    metadata,
    Column("entry", LargeBinary, primary_key=True),
    Column("corroborator", LargeBinary, primary_key=True),
    Column("date", BigInteger, nullable=False),
)

entry_dispute: Final = Table(
    "entry_dispute",
    metadata,
    Column("entry", LargeBinary, primary_key=True),
    Column("disputed_at", BigInteger, primary_key=True, autoincrement=False),
    Column("received_by", LargeBinary, nullable=False),
    Column("statement", LargeBinary, nullable=False),
    Column("decide_by", BigInteger, nullable=False),
    Column("decision", Integer),
    Column("reasons", LargeBinary),
    Column("decided_at", BigInteger),
    Column("in_time", Boolean),
)

entry_change: Final = Table(
    "entry_change",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("block", BigInteger, nullable=False),
    Column("entry", LargeBinary, nullable=False),
    Column("change", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""Status changes, counted from 1: what members acknowledge."""

entry_row: Final = Table(
    "entry_row",
    metadata,
    Column("entry", LargeBinary, primary_key=True),
    Column("tag", LargeBinary, nullable=False),
    Column("facts", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Index("entry_row_tag", "tag"),
)
"""Rows as their reporters signed them."""

entry_tombstone: Final = Table(
    "entry_tombstone",
    metadata,
    Column("entry", LargeBinary, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

entry_receipt: Final = Table(
    "entry_receipt",
    metadata,
    Column("entry", LargeBinary, primary_key=True),
    Column("member", LargeBinary, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

entry_acknowledgement: Final = Table(
    "entry_acknowledgement",
    metadata,
    Column("member", LargeBinary, primary_key=True),
    Column("block", BigInteger, nullable=False),
    Column("changes", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)
"""Each member's newest."""

own_entry: Final = Table(
    "own_entry",
    metadata,
    Column("entry", LargeBinary, primary_key=True),
    Column("nonce", LargeBinary, nullable=False),
    Column("identifiers", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("key_id", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("due_at", String(24)),
    Column("call", String),
    Column("replaces", LargeBinary),
    Column("created_at", String(24), nullable=False),
    Column("created_by", String(64), nullable=False),
    Index("own_entry_state", "state", "due_at"),
)
"""``sealed`` holds identifier, facts and their salts; ``call`` what goes on chain, once it is prepared."""

own_corroboration: Final = Table(
    "own_corroboration",
    metadata,
    Column("entry", LargeBinary, primary_key=True),
    Column("key_id", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
"""Entries of other members that this one vouches for; ``sealed`` holds whom it knows, and by what."""

hit: Final = Table(
    "hit",
    metadata,
    Column("hit", LargeBinary, primary_key=True),
    Column("entry", LargeBinary, nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("found_at", String(24), nullable=False),
    Column("key_id", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("changed_at", String(24)),
    Column("reviewed_at", String(24)),
    Column("reviewed_by", String(64)),
    Column("outcome", String(24)),
    Column("leaf_hash", LargeBinary),
    Index("hit_entry", "entry"),
)
"""``sealed`` holds the caller's own number of the customer, the authorisation, and what the entry said;
``changed_at`` is set when the entry's standing changed afterwards."""
