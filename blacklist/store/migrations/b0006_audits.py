"""Values of draws, and what an auditor found."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "b0006"
down_revision = "b0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_draw",
        sa.Column("draw", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("draw"),
    )
    op.create_table(
        "audit_finding",
        sa.Column("draw", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member", sa.LargeBinary(), nullable=False),
        sa.Column("server", sa.LargeBinary(), nullable=False),
        sa.Column("request_id", sa.LargeBinary(), nullable=False),
        sa.Column("place", sa.Integer()),
        sa.Column("finding", sa.String(length=24), nullable=False),
        sa.Column("found_at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("draw", "member", "server", "request_id"),
    )


def downgrade() -> None:
    # Dropping them would forget what was found, and spoil a draw under way.
    refuse_to_drop(op.get_bind(), "own_draw", "audit_finding")
    op.drop_table("own_draw")
    op.drop_table("audit_finding")
