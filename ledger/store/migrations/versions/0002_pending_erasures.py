"""Erasures that are sealed and not yet carried out."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pending_erasure",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.String(length=24), nullable=False),
        sa.Column("statement_leaf", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(["seq"], ["statement.seq"]),
        sa.PrimaryKeyConstraint("seq"),
    )


def downgrade() -> None:
    refuse_to_drop(op.get_bind(), "pending_erasure")
    op.drop_table("pending_erasure")
