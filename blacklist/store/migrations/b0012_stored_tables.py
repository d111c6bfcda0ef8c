"""Tables that are handed over to be screened by the node, encrypted; jobs that are cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "b0012"
down_revision = "b0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("screening", sa.Column("cancelled_at", sa.String(length=24)))
    op.create_table(
        "stored_table",
        sa.Column("job", sa.LargeBinary(), nullable=False),
        sa.Column("object_id", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("inline", sa.LargeBinary()),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.String(length=24), nullable=False),
        sa.Column("stored_by", sa.String(length=64), nullable=False),
        sa.Column("form", sa.LargeBinary()),
        sa.Column("pause", sa.Text()),
        sa.Column("try_at", sa.String(length=24)),
        sa.PrimaryKeyConstraint("job"),
    )
    op.create_index("stored_table_object", "stored_table", ["object_id"])


def downgrade() -> None:
    # Contents and their keys stay behind as orphans; the sweep of the vault removes the objects.
    op.drop_index("stored_table_object", "stored_table")
    op.drop_table("stored_table")
    op.drop_column("screening", "cancelled_at")
