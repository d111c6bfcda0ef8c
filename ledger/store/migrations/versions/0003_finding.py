"""Finding items: by person, by kind and time; and requests that were answered."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_index",
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["statement.seq"]),
        sa.PrimaryKeyConstraint("lookup", "seq"),
    )
    op.create_index("person_index_seq", "person_index", ["seq"])
    op.create_table(
        "intake_request",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["statement.seq"]),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("statement_kind", "statement", ["kind", "seq"])
    op.create_index("statement_sealed_at", "statement", ["sealed_at"])


def downgrade() -> None:
    refuse_to_drop(op.get_bind(), "person_index", "intake_request")
    op.drop_index("statement_sealed_at", "statement")
    op.drop_index("statement_kind", "statement")
    op.drop_table("intake_request")
    op.drop_index("person_index_seq", "person_index")
    op.drop_table("person_index")
