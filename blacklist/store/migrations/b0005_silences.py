"""Servers that did not answer, and what they are challenged about."""

import sqlalchemy as sa
from alembic import op

revision = "b0005"
down_revision = "b0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "server_silence",
        sa.Column("server", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.String(length=24)),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("frame", sa.LargeBinary(), nullable=False),
        sa.Column("challenged_at", sa.String(length=24)),
        sa.PrimaryKeyConstraint("server"),
    )


def downgrade() -> None:
    # What was not answered is asked again.
    op.drop_table("server_silence")
