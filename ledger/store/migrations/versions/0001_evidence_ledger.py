"""The tables of the evidence ledger."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_EVIDENCE = (
    "chain_transaction", "tile", "outbox", "leaf", "erasure", "checkpoint", "anchor", "statement",
    "small_object", "cosignature", "case_file", "block_header",
)  # fmt: skip


def upgrade() -> None:
    _create_log()
    _create_statements()
    _create_places()
    _create_chain()
    _create_anchors()


def _create_log() -> None:
    """Generations, tiles, checkpoints, cosignatures."""
    op.create_table(
        "cosignature",
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("witness", sa.String(length=128), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("generation", "size", "witness"),
    )
    op.create_table(
        "log",
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("member", sa.LargeBinary(), nullable=False),
        sa.Column("origin", sa.String(length=128), nullable=False),
        sa.Column("started_at", sa.String(length=24), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("generation"),
    )
    op.create_table(
        "checkpoint",
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["generation"], ["log.generation"]),
        sa.PrimaryKeyConstraint("generation", "size"),
    )
    op.create_table(
        "tile",
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["generation"], ["log.generation"]),
        sa.PrimaryKeyConstraint("generation", "level", "number"),
    )


def _create_statements() -> None:
    """Cases, statements, small contents."""
    op.create_table(
        "case_file",
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.Column("last_leaf", sa.LargeBinary(), nullable=True),
        sa.Column("legal_hold", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("case_file_lookup", "case_file", ["lookup"], unique=True)
    op.create_table(
        "small_object",
        sa.Column("object_id", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("object_id"),
    )
    op.create_table(
        "statement",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("sealed_at", sa.String(length=24), nullable=False),
        sa.Column("case_id", sa.LargeBinary(), nullable=True),
        sa.Column("case_number", sa.BigInteger(), nullable=True),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("content_size", sa.BigInteger(), nullable=True),
        sa.Column("object_id", sa.LargeBinary(), nullable=True),
        sa.Column("key_id", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_fields", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("statement_case", "statement", ["case_id", "case_number"], unique=True)
    op.create_index("statement_content", "statement", ["content_sha256"], unique=False)
    op.create_index("statement_object", "statement", ["object_id"], unique=False)
    op.create_index("statement_leaf_hash", "statement", ["leaf_hash"], unique=True)


def _create_places() -> None:
    """Outbox, places, erasures."""
    op.create_table(
        "erasure",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.String(length=24), nullable=False),
        sa.Column("complete_after", sa.String(length=24), nullable=False),
        sa.Column("statement_leaf", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["statement.seq"]),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "leaf",
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["generation"], ["log.generation"]),
        sa.ForeignKeyConstraint(["seq"], ["statement.seq"]),
        sa.PrimaryKeyConstraint("generation", "leaf_index"),
    )
    op.create_index("leaf_seq", "leaf", ["seq"], unique=True)
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["statement.seq"]),
        sa.PrimaryKeyConstraint("seq"),
    )


def _create_chain() -> None:
    """Block headers, leases."""
    op.create_table(
        "block_header",
        sa.Column("block_hash", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("rlp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("block_hash"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(length=128), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _create_anchors() -> None:
    """Anchors, and the transactions that were signed for them."""
    op.create_table(
        "anchor",
        sa.Column(
            "anchor_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("previous_size", sa.BigInteger(), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.String(length=24), nullable=False),
        sa.Column("final_at", sa.String(length=24), nullable=True),
        sa.Column("header", sa.LargeBinary(), nullable=True),
        sa.Column("receipt", sa.LargeBinary(), nullable=True),
        sa.Column("membership", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["generation"], ["log.generation"]),
        sa.PrimaryKeyConstraint("anchor_id"),
    )
    op.create_index("anchor_size", "anchor", ["generation", "size"], unique=True)
    op.create_table(
        "chain_transaction",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("anchor_id", sa.BigInteger(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["anchor_id"], ["anchor.anchor_id"]),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("chain_transaction_nonce", "chain_transaction", ["nonce"], unique=False)


def downgrade() -> None:
    refuse_to_drop(op.get_bind(), *_EVIDENCE)
    op.drop_index("chain_transaction_nonce", table_name="chain_transaction")
    op.drop_table("chain_transaction")
    op.drop_table("tile")
    op.drop_table("outbox")
    op.drop_index("leaf_seq", table_name="leaf")
    op.drop_table("leaf")
    op.drop_table("erasure")
    op.drop_table("checkpoint")
    op.drop_index("anchor_size", table_name="anchor")
    op.drop_table("anchor")
    op.drop_index("statement_leaf_hash", table_name="statement")
    op.drop_index("statement_object", table_name="statement")
    op.drop_index("statement_content", table_name="statement")
    op.drop_index("statement_case", table_name="statement")
    op.drop_table("statement")
    op.drop_table("small_object")
    op.drop_table("log")
    op.drop_table("lease")
    op.drop_table("cosignature")
    op.drop_index("case_file_lookup", table_name="case_file")
    op.drop_table("case_file")
    op.drop_table("block_header")
