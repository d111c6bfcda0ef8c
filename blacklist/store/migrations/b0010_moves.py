"""Entries that go on in another one under another key, and what this member vouches for."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "b0010"
down_revision = "b0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("entry", sa.Column("moved_to", sa.LargeBinary()))
    op.create_index("entry_moved_to", "entry", ["moved_to"])
    op.create_table(
        "own_corroboration",
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry"),
    )


def downgrade() -> None:
    refuse_to_drop(op.get_bind(), "own_corroboration")
    op.drop_table("own_corroboration")
    op.drop_index("entry_moved_to", "entry")
    op.drop_column("entry", "moved_to")
