"""What this member saw of the others' logs: checkpoints, mirrored tiles, alarms; and requests they signed."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "witnessed",
        sa.Column("origin", sa.String(160), nullable=False),
        sa.Column("member", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.String(24), nullable=False),
        sa.Column("mirrored", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("origin"),
    )
    op.create_table(
        "mirror_tile",
        sa.Column("origin", sa.String(160), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "level", "number"),
    )
    op.create_table(
        "peer_alarm",
        sa.Column(
            "alarm_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("member", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.String(48), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("found_at", sa.String(24), nullable=False),
        sa.Column("ended_at", sa.String(24)),
        sa.Column("proof", sa.LargeBinary()),
        sa.Column("leaf_hash", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("alarm_id"),
    )
    op.create_index("peer_alarm_subject", "peer_alarm", ["member", "code", "subject"], unique=True)
    op.create_table(
        "peer_nonce",
        sa.Column("member", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("member", "nonce"),
    )
    op.create_index("peer_nonce_seen_at", "peer_nonce", ["seen_at"])


def downgrade() -> None:
    # A witness that forgets what it saw would cosign a second history.
    refuse_to_drop(op.get_bind(), "witnessed", "mirror_tile", "peer_alarm")
    op.drop_table("peer_nonce")
    op.drop_table("peer_alarm")
    op.drop_table("mirror_tile")
    op.drop_table("witnessed")
