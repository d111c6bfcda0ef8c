"""Keys that were replaced: transactions of an earlier anchor account, public keys that still verify."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chain_transaction", sa.Column("former_account", sa.LargeBinary(), nullable=True))
    op.create_table(
        "former_key",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("ended_at", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )


def downgrade() -> None:
    # Without the table checkpoints under an earlier log key would look forged.
    refuse_to_drop(op.get_bind(), "former_key")
    op.drop_table("former_key")
    op.drop_column("chain_transaction", "former_account")
