"""Entries, the index of tags, what this member lists, and hits."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "b0004"
down_revision = "b0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_chain()
    _create_index()
    _create_own()


def _create_chain() -> None:
    op.create_table(
        "entry",
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("reporter", sa.LargeBinary(), nullable=False),
        sa.Column("identifiers", sa.Integer(), nullable=False),
        sa.Column("key_epoch", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("listed_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("disputed_at", sa.BigInteger()),
        sa.Column("corrected", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry"),
    )
    op.create_index("entry_reporter", "entry", ["reporter"])
    op.create_table(
        "entry_corroboration",
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("corroborator", sa.LargeBinary(), nullable=False),
        sa.Column("date", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry", "corroborator"),
    )
    op.create_table(
        "entry_dispute",
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("disputed_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received_by", sa.LargeBinary(), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("decide_by", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.Integer()),
        sa.Column("reasons", sa.LargeBinary()),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("in_time", sa.Boolean()),
        sa.PrimaryKeyConstraint("entry", "disputed_at"),
    )
    op.create_table(
        "entry_change",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("change", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )


def _create_index() -> None:
    op.create_table(
        "entry_row",
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry"),
    )
    op.create_index("entry_row_tag", "entry_row", ["tag"])
    op.create_table(
        "entry_tombstone",
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry"),
    )
    op.create_table(
        "entry_receipt",
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("member", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry", "member"),
    )
    op.create_table(
        "entry_acknowledgement",
        sa.Column("member", sa.LargeBinary(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("member"),
    )


def _create_own() -> None:
    op.create_table(
        "own_entry",
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("identifiers", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("due_at", sa.String(length=24)),
        sa.Column("call", sa.String()),
        sa.Column("replaces", sa.LargeBinary()),
        sa.Column("created_at", sa.String(length=24), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("entry"),
    )
    op.create_index("own_entry_state", "own_entry", ["state", "due_at"])
    op.create_table(
        "hit",
        sa.Column("hit", sa.LargeBinary(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("found_at", sa.String(length=24), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.String(length=24)),
        sa.Column("reviewed_at", sa.String(length=24)),
        sa.Column("reviewed_by", sa.String(length=64)),
        sa.Column("outcome", sa.String(length=24)),
        sa.Column("leaf_hash", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("hit"),
    )
    op.create_index("hit_entry", "hit", ["entry"])


def downgrade() -> None:
    # Own entries are nowhere else in clear; the rest would be read from the chain and from peers again.
    refuse_to_drop(op.get_bind(), "own_entry", "hit")
    for name in (
        "hit",
        "own_entry",
        "entry_acknowledgement",
        "entry_receipt",
        "entry_tombstone",
        "entry_row",
        "entry_change",
        "entry_dispute",
        "entry_corroboration",
        "entry",
    ):
        op.drop_table(name)
