"""The person's desk: who was asked about, reports, statements and disputes, requests."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "b0008"
down_revision = "b0007"
branch_labels = None
depends_on = None

TABLES = ("person_request", "person_statement", "person_report", "inquiry_subject")


def upgrade() -> None:
    op.create_table(
        "inquiry_subject",
        sa.Column("request_id", sa.LargeBinary(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", "place"),
    )
    op.create_index("inquiry_subject_subject", "inquiry_subject", ["subject"])
    op.create_table(
        "person_report",
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.String(length=24), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("subject", "year", "number"),
    )
    op.create_table(
        "person_statement",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("desk", sa.LargeBinary(), nullable=False),
        sa.Column("disputes", sa.Boolean(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.String(length=24), nullable=False),
        sa.Column("received_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.String(length=24)),
        sa.Column("refused", sa.String(length=64)),
        sa.Column("handed_at", sa.String(length=24)),
        sa.Column("next_at", sa.String(length=24)),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("person_statement_entry", "person_statement", ["entry", "desk"])
    op.create_table(
        "person_request",
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("entry", sa.LargeBinary()),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.String(length=24), nullable=False),
        sa.Column("received_by", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.String(length=24), nullable=False),
        sa.Column("outcome", sa.String(length=16)),
        sa.Column("answer", sa.LargeBinary()),
        sa.Column("settled_at", sa.String(length=24)),
        sa.Column("settled_by", sa.String(length=64)),
        sa.PrimaryKeyConstraint("request"),
    )


def downgrade() -> None:
    # What persons said, and who was asked about, stands nowhere else in this form.
    refuse_to_drop(op.get_bind(), *TABLES)
    for name in TABLES:
        op.drop_table(name)
