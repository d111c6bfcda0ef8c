"""The tables of people and programs. The migration ``n0002`` makes them; a test compares both.

No secret stands here that opens anything: passwords as Argon2id, tokens as SHA-256, TOTP secrets
encrypted. Addresses of failed logins stand as HMACs.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata: Final = MetaData()

operator = Table(
    "operator",
    metadata,
    Column("operator_id", String(16), primary_key=True),
    Column("login", String(64), nullable=False),
    Column("name", String(100), nullable=False),
    Column("roles", String(200), nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("disabled_at", String(24)),
    Column("password_hash", String(200)),
    Column("subject", String(400)),
    Column("totp_secret", LargeBinary),
    Column("totp_confirmed_at", String(24)),
    Column("totp_step", BigInteger, nullable=False),
    Index("operator_login", "login", unique=True),
    Index("operator_subject", "subject", unique=True),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("code_hash", LargeBinary, primary_key=True),
    Column("operator_id", String(16), ForeignKey("operator.operator_id"), nullable=False),
    Column("used_at", String(24)),
    Index("recovery_code_operator", "operator_id"),
)

invitation = Table(
    "invitation",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("roles", String(200), nullable=False),
    Column("operator_id", String(16), ForeignKey("operator.operator_id")),
    Column("created_by", String(64), nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("expires_at", String(24), nullable=False),
    Column("used_at", String(24)),
)

web_session = Table(
    "web_session",
    metadata,
    Column("session_id", String(16), primary_key=True),
    Column("token_hash", LargeBinary, nullable=False),
    Column("operator_id", String(16), ForeignKey("operator.operator_id"), nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("seen_at", String(24), nullable=False),
    Column("verified_at", String(24), nullable=False),
    Column("source", String(64), nullable=False),
    Column("agent", String(200), nullable=False),
    Index("web_session_token", "token_hash", unique=True),
    Index("web_session_operator", "operator_id"),
)

api_token = Table(
    "api_token",
    metadata,
    Column("token_id", String(16), primary_key=True),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("operator_id", String(16), ForeignKey("operator.operator_id"), nullable=False),
    Column("label", String(100), nullable=False),
    Column("scopes", String(400), nullable=False),
    Column("created_at", String(24), nullable=False),
    Column("expires_at", String(24), nullable=False),
    Column("last_used_at", String(24)),
    Column("revoked_at", String(24)),
    Index("api_token_operator", "operator_id"),
)

login_failure = Table(
    "login_failure",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", String(24), nullable=False),
    Column("blocked_until", String(24)),
    Index("login_failure_last", "last_at"),
)

known_source = Table(
    "known_source",
    metadata,
    Column("operator_id", String(16), ForeignKey("operator.operator_id"), primary_key=True),
    Column("source", LargeBinary, primary_key=True),
    Column("seen_at", String(24), nullable=False),
)

release = Table(
    "four_eyes_release",
    metadata,
    Column("release_id", String(16), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("reason", Text, nullable=False),
    Column("details", LargeBinary, nullable=False),
    Column("requested_by", String(64), nullable=False),
    Column("requested_at", String(24), nullable=False),
    Column("expires_at", String(24), nullable=False),
    Column("state", String(8), nullable=False),
    Column("decided_by", String(64)),
    Column("decided_at", String(24)),
    Column("decision_reason", Text),
    Column("finished_at", String(24)),
    Index("four_eyes_release_state", "state", "requested_at"),
)

oidc_flow = Table(
    "oidc_flow",
    metadata,
    Column("state_hash", LargeBinary, primary_key=True),
    Column("binding_hash", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", String(24), nullable=False),
)
