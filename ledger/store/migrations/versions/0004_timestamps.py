"""Tokens of time-stamping authorities, with certificates, revocation lists and renewals."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_Serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "timestamp_chain",
        sa.Column("chain_id", sa.LargeBinary(), nullable=False),
        sa.Column("certificates", sa.LargeBinary(), nullable=False),
        sa.Column("valid_until", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("chain_id"),
    )
    op.create_index("timestamp_chain_valid_until", "timestamp_chain", ["valid_until"])
    _create_tokens()
    op.create_table(
        "timestamp_revocation",
        sa.Column("list_id", sa.LargeBinary(), nullable=False),
        sa.Column("chain_id", sa.LargeBinary(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("fetched_at", sa.String(24), nullable=False),
        sa.Column("next_update", sa.String(24)),
        sa.Column("revokes", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["chain_id"], ["timestamp_chain.chain_id"]),
        sa.PrimaryKeyConstraint("list_id", "chain_id"),
    )
    op.create_table(
        "timestamp_covered_list",
        sa.Column("token_id", sa.BigInteger(), nullable=False),
        sa.Column("list_id", sa.LargeBinary(), nullable=False),
        sa.Column("chain_id", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["token_id"], ["timestamp_token.token_id"]),
        sa.PrimaryKeyConstraint("token_id", "list_id", "chain_id"),
    )
    op.create_table(
        "timestamp_authority",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.String(24)),
        sa.Column("retry_at", sa.String(24)),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.String(24)),
        sa.PrimaryKeyConstraint("name"),
    )


def _create_tokens() -> None:
    op.create_table(
        "timestamp_token",
        sa.Column("token_id", _Serial, autoincrement=True, nullable=False),
        sa.Column("authority", sa.String(64), nullable=False),
        sa.Column("generation", sa.Integer()),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("chain_id", sa.LargeBinary(), nullable=False),
        sa.Column("gen_time", sa.String(24), nullable=False),
        sa.Column("stored_at", sa.String(24), nullable=False),
        sa.Column("renewed_by", sa.BigInteger()),
        sa.Column("renewed_as", sa.BigInteger()),
        sa.ForeignKeyConstraint(["generation"], ["log.generation"]),
        sa.ForeignKeyConstraint(["chain_id"], ["timestamp_chain.chain_id"]),
        sa.ForeignKeyConstraint(["renewed_by"], ["timestamp_token.token_id"]),
        sa.PrimaryKeyConstraint("token_id"),
    )
    columns = ["generation", "size", "authority"]
    op.create_index("timestamp_token_checkpoint", "timestamp_token", columns, unique=True)
    columns = ["renewed_by", "renewed_as"]
    op.create_index("timestamp_token_renewal", "timestamp_token", columns, unique=True)
    op.create_index("timestamp_token_chain", "timestamp_token", ["chain_id", "renewed_by"])


def downgrade() -> None:
    refuse_to_drop(op.get_bind(), "timestamp_token", "timestamp_revocation")
    op.drop_table("timestamp_authority")
    op.drop_table("timestamp_covered_list")
    op.drop_table("timestamp_revocation")
    op.drop_index("timestamp_token_chain", "timestamp_token")
    op.drop_index("timestamp_token_renewal", "timestamp_token")
    op.drop_index("timestamp_token_checkpoint", "timestamp_token")
    op.drop_table("timestamp_token")
    op.drop_index("timestamp_chain_valid_until", "timestamp_chain")
    op.drop_table("timestamp_chain")
