"""Places of the log whose statements were lost with a disk: their hashes came back from mirrors."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lost_leaf",
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("recovered_at", sa.String(24), nullable=False),
        sa.ForeignKeyConstraint(["generation"], ["log.generation"]),
        sa.PrimaryKeyConstraint("generation", "leaf_index"),
    )


def downgrade() -> None:
    refuse_to_drop(op.get_bind(), "lost_leaf")
    op.drop_table("lost_leaf")
