"""Unfinished uploads."""

import sqlalchemy as sa
from alembic import op

revision = "n0003"
down_revision = "n0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("upload_id", sa.String(length=32), nullable=False),
        sa.Column("operator_id", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("described", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.String(length=24), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("upload_id"),
    )
    op.create_index("upload_created_at", "upload", ["created_at"])
    op.create_table(
        "upload_part",
        sa.Column("upload_id", sa.String(length=32), nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("object_id", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("inline", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.upload_id"]),
        sa.PrimaryKeyConstraint("upload_id", "first"),
    )
    op.create_index("upload_part_object", "upload_part", ["object_id"])


def downgrade() -> None:
    # Unfinished uploads are no evidence: their senders have no receipt and send them again.
    op.drop_table("upload_part")
    op.drop_table("upload")
