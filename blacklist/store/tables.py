"""The tables, for queries. The migrations in ``migrations/`` create them; a test compares both.

* ``blacklist_log`` holds the contract's events as they came in final blocks; everything about keys is
  folded out of it.
* Secrets are sealed under keys that no backup holds (``ports.share_keys``); sealed boxes of shares are open
  to their receivers only.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table

metadata: Final = MetaData()

blacklist_cursor = Table(
    "blacklist_cursor",
    metadata,
    Column("contract", LargeBinary, primary_key=True),
    Column("block", BigInteger, nullable=False),
)

blacklist_log = Table(
    "blacklist_log",
    metadata,
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("topics", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

ceremony_seed = Table(
    "ceremony_seed",
    metadata,
    Column("ceremony", BigInteger, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

ceremony_envelope = Table(
    "ceremony_envelope",
    metadata,
    Column("ceremony", BigInteger, primary_key=True, autoincrement=False),
    Column("dealer", Integer, primary_key=True, autoincrement=False),
    Column("receiver", Integer, primary_key=True, autoincrement=False),
    Column("envelope", LargeBinary, nullable=False),
)

key_consent = Table(
    "key_consent",
    metadata,
    Column("identifiers", Integer, primary_key=True, autoincrement=False),
    Column("key_epoch", Integer, primary_key=True, autoincrement=False),
    Column("given_at", String(24), nullable=False),
)
"""Key epochs that this member's people agreed to begin."""

evaluation = Table(
    "evaluation",
    metadata,
    Column("caller", LargeBinary, primary_key=True),
    Column("request_id", LargeBinary, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("elements", LargeBinary, nullable=False),
    Column("counted_at", String(24), nullable=False),
    Column("leaf_hash", LargeBinary),
    Index("evaluation_digest", "digest", unique=True),
    Index("evaluation_unsealed", "leaf_hash", "counted_at"),
)
"""What this member evaluated for others; ``digest`` is of the newest document under the request id."""

evaluation_budget = Table(
    "evaluation_budget",
    metadata,
    Column("caller", LargeBinary, primary_key=True),
    Column("identifiers", String(16), primary_key=True),
    Column("purpose", String(16), primary_key=True),
    Column("period", String(7), primary_key=True),
    Column("used", BigInteger, nullable=False),
)

inquiry = Table(
    "inquiry",
    metadata,
    Column("request_id", LargeBinary, primary_key=True),
    Column("identifiers", String(16), nullable=False),
    Column("key_epoch", Integer, nullable=False),
    Column("share_epoch", Integer, nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("count", Integer, nullable=False),
    Column("elements", LargeBinary, nullable=False),
    Column("authorisation", LargeBinary, nullable=False),
    Column("key_id", LargeBinary, nullable=False),
    Column("sealed", LargeBinary),
    Column("asked_by", String(160), nullable=False),
    Column("asked_at", String(24), nullable=False),
    Column("leaf_hash", LargeBinary),
    Index("inquiry_unsealed", "leaf_hash", "asked_at"),
    Index("inquiry_asked", "asked_at"),
)
"""What this member asked of others; ``sealed`` goes when its record key is destroyed."""

server_silence = Table(
    "server_silence",
    metadata,
    Column("server", LargeBinary, primary_key=True),
    Column("since", String(24)),
    Column("times", Integer, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("frame", LargeBinary, nullable=False),
    Column("challenged_at", String(24)),
)
"""Servers that did not answer this member: the request that a challenge names, and when it was made."""

own_draw = Table(
    "own_draw",
    metadata,
    Column("draw", BigInteger, primary_key=True, autoincrement=False),
    Column("value", LargeBinary, nullable=False),
)
"""Values that this member commits to; each is public once it was shown."""

audit_finding = Table(
    "audit_finding",
    metadata,
    Column("draw", BigInteger, primary_key=True, autoincrement=False),
    Column("member", LargeBinary, primary_key=True),
    Column("server", LargeBinary, primary_key=True),
    Column("request_id", LargeBinary, primary_key=True),
    Column("place", Integer),
    Column("finding", String(24), nullable=False),
    Column("found_at", String(24), nullable=False),
)
"""What this member found as an auditor; ``member`` is whom a finding is about, empty ids name nothing."""

key_share = Table(
    "key_share",
    metadata,
    Column("identifiers", Integer, primary_key=True, autoincrement=False),
    Column("key_epoch", Integer, primary_key=True, autoincrement=False),
    Column("share_epoch", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("stored_at", String(24), nullable=False),
)
