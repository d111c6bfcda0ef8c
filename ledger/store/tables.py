"""The tables, for queries. The migrations in ``migrations/`` create them; a test compares both.

* Bytes are bytes, instants are ISO 8601 UTC text, so that both databases order and compare them alike.
* ``statement`` rows never change after intake, but for what an erasure clears. Places are rows of ``leaf``;
  what waits for a place is a row of ``outbox``.
* Clear values live encrypted in ``statement.sealed_fields`` under the record key ``key_id``.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata: Final = MetaData()

_Serial = BigInteger().with_variant(Integer, "sqlite")
"""SQLite gives automatic numbers only to INTEGER PRIMARY KEY."""

log = Table(
    "log",
    metadata,
    Column("generation", Integer, primary_key=True),
    Column("member", LargeBinary, nullable=False),
    Column("origin", String(128), nullable=False),
    Column("started_at", String(24), nullable=False),
    Column("size", BigInteger, nullable=False),
)

statement = Table(
    "statement",
    metadata,
    Column("seq", _Serial, primary_key=True, autoincrement=True),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("sealed_at", String(24), nullable=False),
    Column("case_id", LargeBinary),
    Column("case_number", BigInteger),
    Column("content_sha256", LargeBinary),
    Column("content_size", BigInteger),
    Column("object_id", LargeBinary),
    Column("key_id", LargeBinary),
    Column("sealed_fields", LargeBinary),
    Index("statement_leaf_hash", "leaf_hash", unique=True),
    Index("statement_case", "case_id", "case_number", unique=True),
    Index("statement_content", "content_sha256"),
    Index("statement_object", "object_id"),
    Index("statement_kind", "kind", "seq"),
    Index("statement_sealed_at", "sealed_at"),
)

person_index = Table(
    "person_index",
    metadata,
    Column("lookup", LargeBinary, primary_key=True),
    Column("seq", BigInteger, ForeignKey("statement.seq"), primary_key=True, autoincrement=False),
    Index("person_index_seq", "seq"),
)

intake_request = Table(
    "intake_request",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("seq", BigInteger, ForeignKey("statement.seq"), nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", BigInteger, ForeignKey("statement.seq"), primary_key=True, autoincrement=False),
)

case_file = Table(
    "case_file",
    metadata,
    Column("case_id", LargeBinary, primary_key=True),
    Column("lookup", LargeBinary, nullable=False),
    Column("last_number", BigInteger, nullable=False),
    Column("last_leaf", LargeBinary),
    Column("legal_hold", Boolean, nullable=False),
    Index("case_file_lookup", "lookup", unique=True),
)

leaf = Table(
    "leaf",
    metadata,
    Column("generation", Integer, ForeignKey("log.generation"), primary_key=True),
    Column("leaf_index", BigInteger, primary_key=True),
    Column("seq", BigInteger, ForeignKey("statement.seq"), nullable=False),
    Index("leaf_seq", "seq", unique=True),
)

lost_leaf = Table(
    "lost_leaf",
    metadata,
    Column("generation", Integer, ForeignKey("log.generation"), primary_key=True),
    Column("leaf_index", BigInteger, primary_key=True),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("recovered_at", String(24), nullable=False),
)

carried_leaf = Table(
    "carried_leaf",
    metadata,
    Column("generation", Integer, ForeignKey("log.generation"), primary_key=True),
    Column("leaf_index", BigInteger, primary_key=True),
    Column("seq", BigInteger, ForeignKey("statement.seq"), nullable=False),
    Index("carried_leaf_seq", "seq"),
)

tile = Table(
    "tile",
    metadata,
    Column("generation", Integer, ForeignKey("log.generation"), primary_key=True),
    Column("level", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("hashes", LargeBinary, nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("generation", Integer, ForeignKey("log.generation"), primary_key=True),
    Column("size", BigInteger, primary_key=True),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    Column("signed_at", String(24), nullable=False),
)

cosignature = Table(
    "cosignature",
    metadata,
    Column("generation", Integer, primary_key=True),
    Column("size", BigInteger, primary_key=True),
    Column("witness", String(128), primary_key=True),
    Column("line", Text, nullable=False),
)

anchor = Table(
    "anchor",
    metadata,
    Column("anchor_id", _Serial, primary_key=True, autoincrement=True),
    Column("generation", Integer, ForeignKey("log.generation"), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("previous_size", BigInteger, nullable=False),
    Column("phase", String(16), nullable=False),
    Column("state", Text, nullable=False),
    Column("planned_at", String(24), nullable=False),
    Column("final_at", String(24)),
    Column("header", LargeBinary),
    Column("receipt", LargeBinary),
    Column("membership", LargeBinary),
    Index("anchor_size", "generation", "size", unique=True),
)

timestamp_chain = Table(
    "timestamp_chain",
    metadata,
    Column("chain_id", LargeBinary, primary_key=True),
    Column("certificates", LargeBinary, nullable=False),
    Column("valid_until", String(24), nullable=False),
    Index("timestamp_chain_valid_until", "valid_until"),
)

timestamp_token = Table(
    "timestamp_token",
    metadata,
    Column("token_id", _Serial, primary_key=True, autoincrement=True),
    Column("authority", String(64), nullable=False),
    Column("generation", Integer, ForeignKey("log.generation")),
    Column("size", BigInteger, nullable=False),
    Column("token", LargeBinary, nullable=False),
    Column("chain_id", LargeBinary, ForeignKey("timestamp_chain.chain_id"), nullable=False),
    Column("gen_time", String(24), nullable=False),
    Column("stored_at", String(24), nullable=False),
    Column("renewed_by", BigInteger, ForeignKey("timestamp_token.token_id")),
    Column("renewed_as", BigInteger),
    Index("timestamp_token_checkpoint", "generation", "size", "authority", unique=True),
    Index("timestamp_token_renewal", "renewed_by", "renewed_as", unique=True),
    Index("timestamp_token_chain", "chain_id", "renewed_by"),
)

timestamp_revocation = Table(
    "timestamp_revocation",
    metadata,
    Column("list_id", LargeBinary, primary_key=True),
    Column("chain_id", LargeBinary, ForeignKey("timestamp_chain.chain_id"), primary_key=True),
    Column("url", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("fetched_at", String(24), nullable=False),
    Column("next_update", String(24)),
    Column("revokes", Boolean, nullable=False),
)

timestamp_covered_list = Table(
    "timestamp_covered_list",
    metadata,
    Column("token_id", BigInteger, ForeignKey("timestamp_token.token_id"), primary_key=True),
    Column("list_id", LargeBinary, primary_key=True),
    Column("chain_id", LargeBinary, primary_key=True),
)

timestamp_authority = Table(
    "timestamp_authority",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failing_since", String(24)),
    Column("retry_at", String(24)),
    Column("code", String(64), nullable=False),
    Column("detail", Text, nullable=False),
    Column("answered_at", String(24)),
)

transaction = Table(
    "chain_transaction",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("nonce", BigInteger, nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("anchor_id", BigInteger, ForeignKey("anchor.anchor_id")),
    Column("raw", LargeBinary, nullable=False),
    Column("stored_at", String(24), nullable=False),
    Column("former_account", LargeBinary),
    Index("chain_transaction_nonce", "nonce"),
)

former_key = Table(
    "former_key",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("ended_at", String(24), nullable=False),
)

header = Table(
    "block_header",
    metadata,
    Column("block_hash", LargeBinary, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("rlp", LargeBinary, nullable=False),
)

small_object = Table(
    "small_object",
    metadata,
    Column("object_id", LargeBinary, primary_key=True),
    Column("ciphertext", LargeBinary, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("holder", String(128), nullable=False),
    Column("nonce", BigInteger),
    Column("checked_at", String(24), nullable=False),
)

erasure = Table(
    "erasure",
    metadata,
    Column("seq", BigInteger, ForeignKey("statement.seq"), primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False),
    Column("requested_at", String(24), nullable=False),
    Column("complete_after", String(24), nullable=False),
    Column("statement_leaf", LargeBinary, nullable=False),
)

pending_erasure = Table(
    "pending_erasure",
    metadata,
    Column("seq", BigInteger, ForeignKey("statement.seq"), primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False),
    Column("sealed_at", String(24), nullable=False),
    Column("statement_leaf", LargeBinary, nullable=False),
    Column("begun_at", String(24)),
)

witnessed = Table(
    "witnessed",
    metadata,
    Column("origin", String(160), primary_key=True),
    Column("member", LargeBinary, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    Column("seen_at", String(24), nullable=False),
    Column("mirrored", BigInteger, nullable=False),
)

mirror_tile = Table(
    "mirror_tile",
    metadata,
    Column("origin", String(160), primary_key=True),
    Column("level", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("hashes", LargeBinary, nullable=False),
)

peer_alarm = Table(
    "peer_alarm",
    metadata,
    Column("alarm_id", _Serial, primary_key=True, autoincrement=True),
    Column("member", LargeBinary, nullable=False),
    Column("code", String(48), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("found_at", String(24), nullable=False),
    Column("ended_at", String(24)),
    Column("proof", LargeBinary),
    Column("leaf_hash", LargeBinary),
    Index("peer_alarm_subject", "member", "code", "subject", unique=True),
)

peer_nonce = Table(
    "peer_nonce",
    metadata,
    Column("member", LargeBinary, primary_key=True),
    Column("nonce", String(64), primary_key=True),
    Column("seen_at", String(24), nullable=False),
    Index("peer_nonce_seen_at", "seen_at"),
)
