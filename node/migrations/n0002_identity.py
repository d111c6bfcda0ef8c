"""People and programs: operators, sessions, tokens, invitations, releases, failed logins."""

import sqlalchemy as sa
from alembic import op

from ledger.store.migrations.keeping import refuse_to_drop

revision = "n0002"
down_revision = "n0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _people()
    _access()
    _flows()


def _people() -> None:
    op.create_table(
        "operator",
        sa.Column("operator_id", sa.String(16), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("roles", sa.String(200), nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("disabled_at", sa.String(24)),
        sa.Column("password_hash", sa.String(200)),
        sa.Column("subject", sa.String(400)),
        sa.Column("totp_secret", sa.LargeBinary()),
        sa.Column("totp_confirmed_at", sa.String(24)),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("operator_id"),
    )
    op.create_index("operator_login", "operator", ["login"], unique=True)
    op.create_index("operator_subject", "operator", ["subject"], unique=True)
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("operator_id", sa.String(16), nullable=False),
        sa.Column("used_at", sa.String(24)),
        sa.PrimaryKeyConstraint("code_hash"),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.operator_id"]),
    )
    op.create_index("recovery_code_operator", "recovery_code", ["operator_id"])
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("roles", sa.String(200), nullable=False),
        sa.Column("operator_id", sa.String(16)),
        sa.Column("created_by", sa.String(64), nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("expires_at", sa.String(24), nullable=False),
        sa.Column("used_at", sa.String(24)),
        sa.PrimaryKeyConstraint("token_hash"),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.operator_id"]),
    )


def _access() -> None:
    op.create_table(
        "web_session",
        sa.Column("session_id", sa.String(16), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("operator_id", sa.String(16), nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("seen_at", sa.String(24), nullable=False),
        sa.Column("verified_at", sa.String(24), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("session_id"),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.operator_id"]),
    )
    op.create_index("web_session_operator", "web_session", ["operator_id"])
    op.create_index("web_session_token", "web_session", ["token_hash"], unique=True)
    op.create_table(
        "api_token",
        sa.Column("token_id", sa.String(16), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("operator_id", sa.String(16), nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("scopes", sa.String(400), nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.Column("expires_at", sa.String(24), nullable=False),
        sa.Column("last_used_at", sa.String(24)),
        sa.Column("revoked_at", sa.String(24)),
        sa.PrimaryKeyConstraint("token_id"),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.operator_id"]),
    )
    op.create_index("api_token_operator", "api_token", ["operator_id"])
    op.create_table(
        "login_failure",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.String(24), nullable=False),
        sa.Column("blocked_until", sa.String(24)),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("login_failure_last", "login_failure", ["last_at"])
    op.create_table(
        "known_source",
        sa.Column("operator_id", sa.String(16), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("operator_id", "source"),
        sa.ForeignKeyConstraint(["operator_id"], ["operator.operator_id"]),
    )


def _flows() -> None:
    op.create_table(
        "four_eyes_release",
        sa.Column("release_id", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(128), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("requested_by", sa.String(64), nullable=False),
        sa.Column("requested_at", sa.String(24), nullable=False),
        sa.Column("expires_at", sa.String(24), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", sa.String(24)),
        sa.Column("decision_reason", sa.Text()),
        sa.Column("finished_at", sa.String(24)),
        sa.PrimaryKeyConstraint("release_id"),
    )
    op.create_index("four_eyes_release_state", "four_eyes_release", ["state", "requested_at"])
    op.create_table(
        "oidc_flow",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("binding_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("state_hash"),
    )


def downgrade() -> None:
    refuse_to_drop(op.get_bind(), "operator", "four_eyes_release")
    for table in (
        "web_session",
        "recovery_code",
        "known_source",
        "invitation",
        "api_token",
        "oidc_flow",
        "login_failure",
        "four_eyes_release",
        "operator",
    ):
        op.drop_table(table)
