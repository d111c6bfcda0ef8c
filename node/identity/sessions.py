"""Sessions of browsers: a random token in a cookie, its SHA-256 in the database.

* A session ends after an idle time and after an absolute one, whatever is done with it.
* Signing in and stepping up give a new token: one that was planted or seen before opens nothing after.
* The CSRF token is an HMAC under the session token: bound to the session, without being stored.
* Dangerous actions want a password or code that was shown a short while ago (``require_recent``).
"""

import hmac
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from ledger.errors import RefusedError, UnavailableError
from ledger.evidence.instants import format_instant, parse_instant
from ledger.ports.clock import Clock
from ledger.store.transactions import Begin
from node.audit.entries import AuditEntry
from node.audit.trail import Trail
from node.errors import NotAuthenticatedError, NotPermittedError
from node.identity.freshness import Freshness
from node.identity.people import Session
from node.identity.permissions import Permission, Principal
from node.identity.random_tokens import digest, random_id, random_token
from node.identity.tables import web_session

SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly ``seen_at`` is kept: a write a minute and session, not one a request."""
RECENT: Final = timedelta(minutes=10)
MAX_AGENT: Final = 200
MAX_SOURCE: Final = 64


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lasts.

    Attributes:
        idle: without a request.
        absolute: altogether.
    """

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


def csrf_token(token: str) -> str:
    """Return the CSRF token of the session whose cookie holds ``token``, 64 hex digits."""
    return hmac.digest(token.encode(), b"lianzheng-csrf-1", "sha256").hex()


def check_csrf(token: str, given: str) -> None:
    """Check the CSRF token that came with a form or header.

    Raises:
        NotPermittedError: it is not this session's.
    """
    if not hmac.compare_digest(csrf_token(token).encode(), given.encode()):
        raise NotPermittedError("csrf-wrong")


class Sessions:
    """Opens, lists and ends sessions.

    Args:
        begin: opens a write transaction.
        read: opens a transaction for reading.
        clock: this machine's time.
        trail: takes an entry when a session is ended by somebody.
        freshness: told when one ends.
        limits: how long they last.
    """

    def __init__(
        self,
        begin: Begin,
        read: Begin,
        clock: Clock,
        trail: Trail,
        freshness: Freshness,
        limits: SessionLimits,
    ) -> None:
        self._begin: Final = begin
        self._read: Final = read
        self._clock: Final = clock
        self._trail: Final = trail
        self._freshness: Final = freshness
        self._limits: Final = limits

    def of(self, operator_id: str | None) -> Sequence[Session]:
        """Return the living sessions of an operator, or with ``None`` of everybody, newest first."""
        now, query = self._clock.now(), select(web_session)
        if operator_id is not None:
            query = query.where(web_session.c.operator_id == operator_id)
        with self._read() as connection:
            found = connection.execute(query.order_by(web_session.c.created_at.desc())).all()
        return [from_row(row) for row in found if not self.is_over(row, now)]

    def revoke(self, session_id: str, *, by: Principal) -> None:
        """End one session, one's own or, for administrators, anybody's.

        Raises:
            RefusedError: there is none.
            NotPermittedError: somebody else's.
        """
        with self._begin() as connection:
            query = select(web_session.c.operator_id).where(web_session.c.session_id == session_id)
            owner = connection.scalar(query)
            if owner is None:
                raise RefusedError("session-none")
            if owner != by.operator_id:
                by.require(Permission.OPERATORS_MANAGE)
            gone = web_session.delete().where(web_session.c.session_id == session_id)
            connection.execute(gone)
            self._trail.record_in(connection, AuditEntry(by.actor, "session.revoke", session_id))
        self._freshness.forget()

    def revoke_all(self, operator_id: str, *, by: Principal) -> int:
        """End all sessions of an operator and return how many there were.

        Raises:
            NotPermittedError: somebody else's.
        """
        if operator_id != by.operator_id:
            by.require(Permission.OPERATORS_MANAGE)
        with self._begin() as connection:
            gone = web_session.delete().where(web_session.c.operator_id == operator_id)
            count = connection.execute(gone).rowcount
            entry = AuditEntry(by.actor, "session.revoke-all", operator_id, {"count": count})
            self._trail.record_in(connection, entry)
        self._freshness.forget()
        return count

    def require_recent(self, session: Session) -> None:
        """Return when the person showed a password or code within ``RECENT``.

        Raises:
            NotAuthenticatedError: they have to show it again (``Login.step_up``).
        """
        age = self._clock.now() - parse_instant(session.verified_at)
        if not timedelta(0) <= age <= RECENT:
            raise NotAuthenticatedError("step-up-needed")

    def open_in(
        self,
        connection: Connection,
        operator_id: str,
        *,
        source: str,
        agent: str,
        verified_at: str | None = None,
    ) -> tuple[str, Session]:
        """Open a session and return its token with it; sweeps old ones.

        Args:
            connection: inside a write transaction.
            operator_id: whose.
            source: address of the client.
            agent: name of the client.
            verified_at: instant at which the person showed a password or code, when that was not now.
        """
        now = self._clock.now()
        oldest = format_instant(now - self._limits.absolute)
        connection.execute(web_session.delete().where(web_session.c.created_at < oldest))
        token, at = random_token(), format_instant(now)
        session = Session(
            random_id(),
            operator_id,
            at,
            at,
            verified_at or at,
            source[:MAX_SOURCE],
            agent[:MAX_AGENT],
        )
        connection.execute(
            web_session.insert().values(
                session_id=session.session_id,
                token_hash=digest(token),
                operator_id=operator_id,
                created_at=at,
                seen_at=at,
                verified_at=session.verified_at,
                source=session.source,
                agent=session.agent,
            )
        )
        return token, session

    def close_in(self, connection: Connection, token: str) -> str | None:
        """End the session of ``token``; return whose it was, ``None`` when there was none."""
        mine = web_session.c.token_hash == digest(token)
        owner = connection.scalar(select(web_session.c.operator_id).where(mine))
        connection.execute(web_session.delete().where(mine))
        return owner

    def rotate_in(self, connection: Connection, session_id: str) -> str:
        """Give a session a new token because its person was verified again; return it."""
        token, at = random_token(), format_instant(self._clock.now())
        connection.execute(
            web_session.update()
            .where(web_session.c.session_id == session_id)
            .values(token_hash=digest(token), verified_at=at, seen_at=at)
        )
        return token

    def is_over(self, row: Row[Any], now: datetime) -> bool:
        """Tell whether a session is idle or old; one from the future counts as over too."""
        idle = now - parse_instant(row.seen_at)
        age = now - parse_instant(row.created_at)
        # A clock that stepped back a little is no reason to sign everybody out.
        slack = -SEEN_EVERY
        return not (slack <= idle <= self._limits.idle and slack <= age <= self._limits.absolute)

    def touch(self, row: Row[Any], now: datetime) -> None:
        """Keep ``seen_at`` to the minute."""
        if now - parse_instant(row.seen_at) < SEEN_EVERY:
            return
        # A full disk must not sign anybody out.
        with suppress(UnavailableError), self._begin() as connection:
            connection.execute(
                web_session.update()
                .where(web_session.c.session_id == row.session_id)
                .values(seen_at=format_instant(now))
            )


def from_row(row: Row[Any]) -> Session:
    """Return the session of a row."""
    return Session(
        session_id=row.session_id,
        operator_id=row.operator_id,
        created_at=row.created_at,
        seen_at=row.seen_at,
        verified_at=row.verified_at,
        source=row.source,
        agent=row.agent,
    )
