"""From a cookie or a bearer token to the principal, fast enough for every request.

* What was found is remembered for at most five seconds (``freshness.py``): a revocation is felt in this
  process at once, in others after five seconds.
* A token may do what its scopes and its owner's *present* roles both allow.
"""

from contextlib import suppress
from typing import Any, Final

from sqlalchemy import Row, select

from ledger.errors import UnavailableError
from ledger.evidence.instants import format_instant, parse_instant
from ledger.ports.clock import Clock
from ledger.store.transactions import Begin
from node.errors import NotAuthenticatedError
from node.identity.freshness import Freshness, Memory
from node.identity.operators import roles_from_text
from node.identity.people import Session
from node.identity.permissions import Principal, Via, permissions_of
from node.identity.random_tokens import digest
from node.identity.sessions import Sessions
from node.identity.sessions import from_row as session_from_row
from node.identity.tables import api_token, operator, web_session
from node.identity.tokens import USED_EVERY, parse_token, scopes_from_text


def principal_of(row: Row[Any], *, via: Via) -> Principal:
    """Return the principal of an operator's row."""
    roles = roles_from_text(row.roles)
    return Principal(row.operator_id, row.name, roles, permissions_of(roles), via)


class Authenticator:
    """Finds principals.

    Args:
        read: opens a transaction for reading.
        begin: opens a write transaction.
        clock: this machine's time.
        freshness: whose changes end what is remembered.
        sessions: says when a session is over.
    """

    def __init__(
        self, read: Begin, begin: Begin, clock: Clock, freshness: Freshness, sessions: Sessions
    ) -> None:
        self._read: Final = read
        self._begin: Final = begin
        self._clock: Final = clock
        self._freshness: Final = freshness
        self._sessions: Final = sessions
        self._by_session: Final = Memory[tuple[Principal, Session]](freshness)
        self._by_token: Final = Memory[Principal](freshness)

    def by_session(self, token: str) -> tuple[Principal, Session]:
        """Return who sent the session token, and the session.

        Raises:
            NotAuthenticatedError: ``session-unknown``, ``session-expired``, ``operator-disabled``.
        """
        key, now = digest(token), self._clock.now()
        held = self._by_session.get(key, now)
        if held is not None:
            return held
        epoch = self._freshness.epoch
        query = (
            select(web_session, operator.c.name, operator.c.roles, operator.c.disabled_at)
            .join(operator, operator.c.operator_id == web_session.c.operator_id)
            .where(web_session.c.token_hash == key)
        )
        with self._read() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotAuthenticatedError("session-unknown")
        if self._sessions.is_over(row, now):
            raise NotAuthenticatedError("session-expired")
        if row.disabled_at is not None:
            raise NotAuthenticatedError("operator-disabled")
        self._sessions.touch(row, now)
        found = principal_of(row, via="session"), session_from_row(row)
        self._by_session.put(key, found, now=now, epoch=epoch)
        return found

    def by_token(self, text: str) -> Principal:
        """Return for whom the API token acts.

        Raises:
            NotAuthenticatedError: ``token-unknown``, ``token-revoked``, ``token-expired``,
                ``operator-disabled``.
        """
        key, now = digest(text), self._clock.now()
        held = self._by_token.get(key, now)
        if held is not None:
            return held
        epoch = self._freshness.epoch
        token_id, secret_hash = parse_token(text)
        query = (
            select(api_token, operator.c.name, operator.c.roles, operator.c.disabled_at)
            .join(operator, operator.c.operator_id == api_token.c.operator_id)
            # Compared in the database, by digest: nothing is learned from how long it takes.
            .where(api_token.c.token_id == token_id, api_token.c.secret_hash == secret_hash)
        )
        with self._read() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotAuthenticatedError("token-unknown")
        at = format_instant(now)
        _check_token(row, at)
        self._touch(row)
        found = _token_principal(row)
        self._by_token.put(key, found, now=now, epoch=epoch)
        return found

    def _touch(self, row: Row[Any]) -> None:
        now, last = self._clock.now(), row.last_used_at
        if last is not None and now - parse_instant(last) < USED_EVERY:
            return
        # A full disk must not sign anybody out.
        with suppress(UnavailableError), self._begin() as connection:
            connection.execute(
                api_token.update()
                .where(api_token.c.token_id == row.token_id)
                .values(last_used_at=format_instant(now))
            )


def _check_token(row: Row[Any], at: str) -> None:
    if row.revoked_at is not None:
        raise NotAuthenticatedError("token-revoked")
    if row.expires_at <= at:
        raise NotAuthenticatedError("token-expired")
    if row.disabled_at is not None:
        raise NotAuthenticatedError("operator-disabled")


def _token_principal(row: Row[Any]) -> Principal:
    roles = roles_from_text(row.roles)
    allowed = permissions_of(roles) & scopes_from_text(row.scopes)
    return Principal(row.operator_id, row.name, roles, allowed, "token", row.token_id)
