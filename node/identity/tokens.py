"""API tokens: programs act for the operator who made them, within scopes and until a date.

``lz_<16 hex digits>_<43 characters>``: a prefix that secret scanners find, a name for lists, 256 random
bits. Only the SHA-256 of the last part is stored.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row, select

from ledger.errors import LimitError, MalformedError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.store.transactions import Begin
from node.audit.entries import AuditEntry
from node.audit.trail import Trail
from node.errors import NotAuthenticatedError, NotPermittedError
from node.identity.freshness import Freshness
from node.identity.people import ApiToken, Operator
from node.identity.permissions import Permission, Principal, permissions_of
from node.identity.random_tokens import digest, random_id, random_token
from node.identity.tables import api_token

MAX_DAYS: Final = 365
"""A token that nobody renews for a year is one that nobody remembers."""
MAX_LABEL: Final = 100
USED_EVERY: Final = timedelta(minutes=1)
"""How exactly the last use is kept."""
_TOKEN: Final = re.compile(r"lz_([0-9a-f]{16})_([A-Za-z0-9_-]{43})\Z")


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made.

    Attributes:
        token: as listed.
        text: the token itself; shown once.
    """

    token: ApiToken
    text: str


class Tokens:
    """Makes, lists and revokes API tokens.

    Args:
        begin: opens a write transaction.
        read: opens a transaction for reading.
        clock: this machine's time.
        trail: takes an entry for every change.
        freshness: told when one is revoked.
    """

    def __init__(
        self, begin: Begin, read: Begin, clock: Clock, trail: Trail, freshness: Freshness
    ) -> None:
        self._begin: Final = begin
        self._read: Final = read
        self._clock: Final = clock
        self._trail: Final = trail
        self._freshness: Final = freshness

    def create(
        self,
        by: Principal,
        *,
        label: str,
        scopes: Iterable[Permission],
        days: int,
        owner: Operator | None = None,
    ) -> NewToken:
        """Make a token for the principal, or at the node's own shell for ``owner``.

        Raises:
            NotPermittedError: a scope that the owner has not; the principal is a token itself; for somebody
                else, but not at the shell: an administrator would act under another's name.
            MalformedError: no scope, or no label.
            LimitError: not between 1 and ``MAX_DAYS`` days.
        """
        if by.via == "token":
            # Otherwise a stolen token outlives its expiry and its revocation.
            raise NotPermittedError("token-by-token")
        wanted = frozenset(scopes)
        owner_id = _check_owner(by, owner, wanted)
        if not wanted or not 0 < len(label) <= MAX_LABEL or not label.isprintable():
            raise MalformedError("token-form")
        if not 1 <= days <= MAX_DAYS:
            raise LimitError("token-days", limit=MAX_DAYS)
        now, secret = self._clock.now(), random_token()
        expires = format_instant(now + timedelta(days=days))
        at = format_instant(now)
        token = ApiToken(random_id(), owner_id, label, wanted, at, expires, None, None)
        self._insert(token, digest(secret), by)
        return NewToken(token, f"lz_{token.token_id}_{secret}")

    def list(self, operator_id: str | None = None) -> Sequence[ApiToken]:
        """Return tokens, newest first, of one operator or of all; revoked and expired ones too."""
        query = select(api_token).order_by(api_token.c.created_at.desc())
        if operator_id is not None:
            query = query.where(api_token.c.operator_id == operator_id)
        with self._read() as connection:
            return [_from_row(row) for row in connection.execute(query)]

    def revoke(self, token_id: str, *, by: Principal) -> None:
        """Revoke a token, one's own or, for administrators, anybody's; twice is no error.

        Raises:
            RefusedError: there is none.
            NotPermittedError: somebody else's.
        """
        with self._begin() as connection:
            query = select(api_token).where(api_token.c.token_id == token_id).with_for_update()
            row = connection.execute(query).first()
            if row is None:
                raise RefusedError("token-none")
            if row.operator_id != by.operator_id:
                by.require(Permission.OPERATORS_MANAGE)
            if row.revoked_at is None:
                changed = api_token.update().where(api_token.c.token_id == token_id)
                at = format_instant(self._clock.now())
                connection.execute(changed.values(revoked_at=at))
                self._trail.record_in(connection, AuditEntry(by.actor, "token.revoke", token_id))
        self._freshness.forget()

    def _insert(self, token: ApiToken, secret_hash: bytes, by: Principal) -> None:
        scopes = ",".join(sorted(token.scopes))
        with self._begin() as connection:
            connection.execute(
                api_token.insert().values(
                    token_id=token.token_id,
                    secret_hash=secret_hash,
                    operator_id=token.operator_id,
                    label=token.label,
                    scopes=scopes,
                    created_at=token.created_at,
                    expires_at=token.expires_at,
                )
            )
            details = {"scopes": scopes, "expires": token.expires_at, "owner": token.operator_id}
            self._trail.record_in(
                connection, AuditEntry(by.actor, "token.create", token.token_id, details)
            )


def _check_owner(by: Principal, owner: Operator | None, scopes: frozenset[Permission]) -> str:
    """Return whose token it becomes."""
    if owner is None:
        allowed, owner_id = by.permissions, by.operator_id
    elif by.via == "command":
        allowed, owner_id = permissions_of(owner.roles), owner.operator_id
    else:
        raise NotPermittedError("not-permitted", permission="token:for-others")
    for scope in sorted(scopes - allowed):
        raise NotPermittedError("not-permitted", permission=scope.value)
    return owner_id


def parse_token(text: str) -> tuple[str, bytes]:
    """Return id and stored digest of a token's text.

    Raises:
        NotAuthenticatedError: it is not of the form.
    """
    match = _TOKEN.match(text)
    if match is None:
        raise NotAuthenticatedError("token-unknown")
    return match[1], digest(match[2])


def scopes_from_text(text: str) -> frozenset[Permission]:
    """Return stored scopes; one that this version does not know allows nothing."""
    known = {permission.value: permission for permission in Permission}
    return frozenset(known[part] for part in text.split(",") if part in known)


def _from_row(row: Row[Any]) -> ApiToken:
    return ApiToken(
        token_id=row.token_id,
        operator_id=row.operator_id,
        label=row.label,
        scopes=scopes_from_text(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
