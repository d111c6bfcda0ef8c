"""The audit trail: entries, the head of their chain, sealed ranges."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "n0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(24), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(128)),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("audit_entry_actor", "audit_entry", ["actor", "seq"])
    op.create_index("audit_entry_action", "audit_entry", ["action", "seq"])
    op.create_index("audit_entry_subject", "audit_entry", ["subject", "seq"])
    head = op.create_table(
        "audit_head",
        sa.Column("only", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("only"),
    )
    # The chain begins with 32 zero bytes; the row is there from the start, so that it can be locked.
    op.bulk_insert(head, [{"only": 1, "seq": 0, "hash": bytes(32)}])
    op.create_table(
        "audit_seal",
        sa.Column("first_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_hash", sa.LargeBinary(), nullable=False),
        sa.Column("planned_at", sa.String(24), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("first_seq"),
    )


def downgrade() -> None:
    refuse_to_drop(op.get_bind(), "audit_entry", "audit_seal")
    for table in ("audit_seal", "audit_head", "audit_entry"):
        op.drop_table(table)
