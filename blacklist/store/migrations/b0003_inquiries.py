"""What this member asked of others: its own log of requests."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "b0003"
down_revision = "b0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inquiry",
        sa.Column("request_id", sa.LargeBinary(), nullable=False),
        sa.Column("identifiers", sa.String(length=16), nullable=False),
        sa.Column("key_epoch", sa.Integer(), nullable=False),
        sa.Column("share_epoch", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("elements", sa.LargeBinary(), nullable=False),
        sa.Column("authorisation", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("asked_by", sa.String(length=160), nullable=False),
        sa.Column("asked_at", sa.String(length=24), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("request_id"),
    )
    op.create_index("inquiry_unsealed", "inquiry", ["leaf_hash", "asked_at"])
    op.create_index("inquiry_asked", "inquiry", ["asked_at"])


def downgrade() -> None:
    # Dropping it would leave this member unable to open what it asked.
    refuse_to_drop(op.get_bind(), "inquiry")
    op.drop_table("inquiry")
