"""Applications for membership, and the names behind the registry's hashes."""

import sqlalchemy as sa
from alembic import op

revision = "n0004"
down_revision = "n0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "application",
        sa.Column("application_id", sa.String(length=32), nullable=False),
        sa.Column("member", sa.LargeBinary(), nullable=False),
        sa.Column("evidence_key", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.String(length=24), nullable=False),
        sa.Column("source", sa.String(length=256), nullable=False),
        sa.PrimaryKeyConstraint("application_id"),
        sa.UniqueConstraint("member", "evidence_key", name="application_member"),
    )
    op.create_table(
        "known_name",
        sa.Column("name_hash", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("learned_at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("name_hash"),
    )


def downgrade() -> None:
    # Applicants can send theirs again, and names come back with the founding file and the cards.
    op.drop_table("known_name")
    op.drop_table("application")
