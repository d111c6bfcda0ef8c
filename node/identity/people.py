"""Operators, sessions, tokens and releases as the rest of the node sees them: values, never rows (pure).

Instants are ISO 8601 UTC text (``ledger.evidence.instants``). None of these holds a secret: what a person
needs to keep is returned once, by the call that makes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from node.identity.permissions import Permission, Role

ReleaseState: TypeAlias = Literal["open", "approved", "refused", "claimed", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Operator:
    """A person at the member.

    Attributes:
        operator_id: 16 hex digits; what the audit trail names.
        login: lower case.
        name: as shown to people.
        roles: at present.
        created_at: instant.
        disabled_at: instant; ``None`` while the account works.
        has_password: may sign in with a password.
        has_second_factor: a confirmed TOTP device is asked for at login.
        subject: of the identity provider, ``issuer|sub``; ``None`` for local operators.
    """

    operator_id: str
    login: str
    name: str
    roles: frozenset[Role]
    created_at: str
    disabled_at: str | None
    has_password: bool
    has_second_factor: bool
    subject: str | None


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser.

    Attributes:
        session_id: 16 hex digits; for lists and revoking, opens nothing.
        operator_id: whose.
        created_at: instant of the login.
        seen_at: instant of the last request, to the minute.
        verified_at: instant at which the person last showed a password or code.
        source: address at login.
        agent: browser at login, cut to 200 characters.
    """

    session_id: str
    operator_id: str
    created_at: str
    seen_at: str
    verified_at: str
    source: str
    agent: str


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token of a program, acting for an operator.

    Attributes:
        token_id: 16 hex digits, the middle part of the token.
        operator_id: its owner.
        label: what it is for.
        scopes: the most that it may do; what its owner may not do at present, it may not either.
        created_at: instant.
        expires_at: instant.
        last_used_at: instant, to the minute; ``None`` when it never was used.
        revoked_at: instant; ``None`` while it works.
    """

    token_id: str
    operator_id: str
    label: str
    scopes: frozenset[Permission]
    created_at: str
    expires_at: str
    last_used_at: str | None
    revoked_at: str | None


@dataclass(frozen=True, slots=True)
class Release:
    """Something that cannot be taken back, asked for by one person and decided by another.

    Attributes:
        release_id: 16 hex digits.
        kind: ``erasure``, ``key-change``, ``rule-change``; names the executor.
        subject: what it is about, for example an evidence id; no personal data.
        reason: in words; no personal data.
        details: what the executor needs besides.
        requested_by: operator.
        requested_at: instant.
        expires_at: instant; neither decided nor carried out afterwards.
        state: open, approved, refused, claimed (being carried out, once), done, failed.
        decided_by: operator; ``None`` while open.
        decided_at: instant; ``None`` while open.
        decision_reason: in words; ``None`` while open.
        finished_at: instant; ``None`` before done or failed.
    """

    release_id: str
    kind: str
    subject: str
    reason: str
    details: Mapping[str, str | int | bool]
    requested_by: str
    requested_at: str
    expires_at: str
    state: ReleaseState
    decided_by: str | None
    decided_at: str | None
    decision_reason: str | None
    finished_at: str | None
