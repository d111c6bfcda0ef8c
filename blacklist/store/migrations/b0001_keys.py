"""Events of the contract, ceremonies, and shares of keys."""

import sqlalchemy as sa
from alembic import op

revision = "b0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blacklist_cursor",
        sa.Column("contract", sa.LargeBinary(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("contract"),
    )
    op.create_table(
        "blacklist_log",
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("topics", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("block", "place"),
    )
    op.create_table(
        "ceremony_seed",
        sa.Column("ceremony", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ceremony"),
    )
    op.create_table(
        "ceremony_envelope",
        sa.Column("ceremony", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dealer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("receiver", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ceremony", "dealer", "receiver"),
    )
    op.create_table(
        "key_share",
        sa.Column("identifiers", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("share_epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("identifiers", "key_epoch", "share_epoch"),
    )


def downgrade() -> None:
    # Events come back from the chain; a share is dealt again by the next refresh.
    op.drop_table("key_share")
    op.drop_table("ceremony_envelope")
    op.drop_table("ceremony_seed")
    op.drop_table("blacklist_log")
    op.drop_table("blacklist_cursor")
