"""Customers who are monitored, and which rows of the index their tags were compared with."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "b0009"
down_revision = "b0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "monitored",
        sa.Column("item", sa.LargeBinary(), nullable=False),
        sa.Column("identifiers", sa.Integer(), nullable=False),
        sa.Column("key_epoch", sa.Integer(), nullable=False),
        sa.Column("fresh", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.String(length=24), nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("item"),
    )
    op.create_index("monitored_type", "monitored", ["identifiers", "key_epoch"])
    op.create_table(
        "monitor_looked",
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry"),
    )


def downgrade() -> None:
    refuse_to_drop(op.get_bind(), "monitored")
    op.drop_table("monitor_looked")
    op.drop_table("monitored")
