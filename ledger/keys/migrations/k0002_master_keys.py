"""Which master key each record key is under, and which one new keys go under."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "k0002"
down_revision = "k0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("wrapped_key", sa.Column("master_id", sa.LargeBinary(), nullable=True))
    op.create_table(
        "master_key_in_use",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("master_id", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("place"),
    )


def downgrade() -> None:
    refuse_to_drop(op.get_bind(), "wrapped_key", "master_key_in_use")
    op.drop_table("master_key_in_use")
    op.drop_column("wrapped_key", "master_id")
