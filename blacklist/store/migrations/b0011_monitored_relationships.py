"""Watched identifiers by their customer's blind index, and by when watching began.

Items from before have no index; theirs is made when a relationship is ended, from what is sealed.
"""

import sqlalchemy as sa
from alembic import op

revision = "b0011"
down_revision = "b0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("monitored", sa.Column("relationship", sa.LargeBinary(), nullable=True))
    op.create_index("monitored_relationship", "monitored", ["relationship"])
    op.create_index("monitored_since", "monitored", ["since", "item"])


def downgrade() -> None:
    # An index that is lost is made again from what is sealed.
    op.drop_index("monitored_since", "monitored")
    op.drop_index("monitored_relationship", "monitored")
    op.drop_column("monitored", "relationship")
