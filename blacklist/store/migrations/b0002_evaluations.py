"""Evaluations for other members, what they used of their budgets, and consent to new keys."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "b0002"
down_revision = "b0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evaluation",
        sa.Column("caller", sa.LargeBinary(), nullable=False),
        sa.Column("request_id", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("elements", sa.LargeBinary(), nullable=False),
        sa.Column("counted_at", sa.String(length=24), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("caller", "request_id"),
    )
    op.create_index("evaluation_digest", "evaluation", ["digest"], unique=True)
    op.create_index("evaluation_unsealed", "evaluation", ["leaf_hash", "counted_at"])
    op.create_table(
        "key_consent",
        sa.Column("identifiers", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("given_at", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("identifiers", "key_epoch"),
    )
    op.create_table(
        "evaluation_budget",
        sa.Column("caller", sa.LargeBinary(), nullable=False),
        sa.Column("identifiers", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("caller", "identifiers", "purpose", "period"),
    )


def downgrade() -> None:
    # Dropping them would forget what was evaluated for whom, and give every budget back.
    refuse_to_drop(op.get_bind(), "evaluation", "evaluation_budget")
    op.drop_table("evaluation_budget")
    op.drop_table("evaluation")
    op.drop_table("key_consent")
