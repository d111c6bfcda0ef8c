"""Places in a closed log generation whose statements got, or wait for, a place in the next one."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "carried_leaf",
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["generation"], ["log.generation"]),
        sa.ForeignKeyConstraint(["seq"], ["statement.seq"]),
        sa.PrimaryKeyConstraint("generation", "leaf_index"),
    )
    op.create_index("carried_leaf_seq", "carried_leaf", ["seq"])


def downgrade() -> None:
    refuse_to_drop(op.get_bind(), "carried_leaf")
    op.drop_table("carried_leaf")
