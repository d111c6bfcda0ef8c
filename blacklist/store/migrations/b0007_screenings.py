"""Screenings: how far each job is."""

import sqlalchemy as sa
from alembic import op

revision = "b0007"
down_revision = "b0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "screening",
        sa.Column("job", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("results_bytes", sa.BigInteger(), nullable=False),
        sa.Column("rejects_bytes", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.String(length=24), nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.Column("worked_at", sa.String(length=24), nullable=False),
        sa.Column("finished_at", sa.String(length=24)),
        sa.PrimaryKeyConstraint("job"),
    )


def downgrade() -> None:
    # Hits stay; a job that was under way is begun anew.
    op.drop_table("screening")
