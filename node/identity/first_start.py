"""Links that are good once: for the first administrator, for further operators, for lost passwords.

* There is no default password and no account that the program makes by itself. While there is no operator,
  ``lianzheng serve`` prints a link; whoever opens it first becomes administrator.
* Whoever is invited chooses login, name and password; who invites chooses the roles.
* A link holds 256 random bits, is good for 24 hours and once; only its SHA-256 is stored.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import Connection, Row, func, select

from ledger.errors import RefusedError
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.store.transactions import Begin
from node.audit.entries import AuditEntry
from node.audit.trail import Trail
from node.identity import operators
from node.identity.freshness import Freshness
from node.identity.operators import roles_from_text, roles_to_text
from node.identity.passwords import check_password, hash_password
from node.identity.people import Operator
from node.identity.permissions import Permission, Principal, Role
from node.identity.random_tokens import digest, random_id, random_token
from node.identity.tables import invitation, operator, web_session

InvitationKind: TypeAlias = Literal["first", "invite", "reset"]

VALID: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a link offers.

    Attributes:
        kind: ``first`` administrator, ``invite``, or ``reset`` of a password.
        roles: that the new operator gets.
        operator_id: whose password is reset; ``None`` otherwise.
        expires_at: instant.
    """

    kind: InvitationKind
    roles: frozenset[Role]
    operator_id: str | None
    expires_at: str


class Invitations:
    """Makes and accepts invitations.

    Args:
        begin: opens a write transaction.
        clock: this machine's time.
        trail: takes an entry for every step.
        freshness: told when a reset ends sessions.
    """

    def __init__(self, begin: Begin, clock: Clock, trail: Trail, freshness: Freshness) -> None:
        self._begin: Final = begin
        self._clock: Final = clock
        self._trail: Final = trail
        self._freshness: Final = freshness

    def invitation(self, base_url: str) -> str | None:
        """Return a link for the first administrator; ``None`` when there are operators.

        Each call makes a new link and ends the one before.
        """
        with self._begin() as connection:
            if _count_operators(connection):
                return None
            connection.execute(invitation.delete().where(invitation.c.kind == "first"))
            token = self._make(connection, "first", (Role.ADMINISTRATOR,), by="node")
            self._trail.record_in(connection, AuditEntry("node", "invitation.first"))
        return link(base_url, token)

    def invite(self, roles: Iterable[Role], *, by: Principal) -> str:
        """Return a token for a new operator with ``roles``.

        Raises:
            NotPermittedError: not an administrator.
            MalformedError: no role.
        """
        by.require(Permission.OPERATORS_MANAGE)
        given = frozenset(roles)
        with self._begin() as connection:
            token = self._make(connection, "invite", given, by=by.actor)
            details = {"roles": roles_to_text(given)}
            self._trail.record_in(
                connection, AuditEntry(by.actor, "invitation.make", None, details)
            )
        return token

    def reset(self, operator_id: str, *, by: Principal) -> str:
        """Return a token with which an operator who lost the password chooses a new one.

        Raises:
            NotPermittedError: not an administrator.
            RefusedError: unknown or disabled operator.
        """
        by.require(Permission.OPERATORS_MANAGE)
        with self._begin() as connection:
            row = operators.find(connection, operator_id)
            if row is None or row.disabled_at is not None:
                raise RefusedError("operator-unknown")
            roles = roles_from_text(row.roles)
            token = self._make(connection, "reset", roles, by=by.actor, operator_id=operator_id)
            self._trail.record_in(connection, AuditEntry(by.actor, "invitation.reset", operator_id))
        return token

    def look(self, token: str) -> Invitation:
        """Return what a link offers, without using it up.

        Raises:
            RefusedError: unknown, used, or expired.
        """
        with self._begin() as connection:
            return self._valid(connection, token)

    def accept(self, token: str, *, name: str, login: str, password: str) -> Operator:
        """Use an invitation up and make the operator.

        Raises:
            RefusedError: unknown, used or expired; the login is taken; the password is not acceptable.
            MalformedError: login or name is not of its form.
        """
        check_password(password, login, name)
        self.look(token)
        hashed = hash_password(password)
        operator_id = random_id()
        with self._begin() as connection:
            offered = self._use(connection, token)
            if offered.kind == "reset" or (
                offered.kind == "first" and _count_operators(connection)
            ):
                raise RefusedError("invitation-unknown")
            operators.insert(
                connection,
                operator_id=operator_id,
                login=login,
                name=name,
                roles=offered.roles,
                created_at=format_instant(self._clock.now()),
                password_hash=hashed,
            )
            return self._made(connection, operator_id, "operator.join")

    def accept_reset(self, token: str, *, password: str) -> Operator:
        """Use a reset up: the operator gets the new password, and all sessions end.

        The second factor stays: a link that was read by another is not enough to sign in.

        Raises:
            RefusedError: unknown, used or expired; the password is not acceptable.
        """
        offered = self.look(token)
        with self._begin() as connection:
            row = operators.find(connection, offered.operator_id or "")
        if offered.kind != "reset" or row is None:
            raise RefusedError("invitation-unknown")
        check_password(password, row.login, row.name)
        hashed = hash_password(password)
        mine = operator.c.operator_id == row.operator_id
        with self._begin() as connection:
            self._use(connection, token)
            connection.execute(operator.update().where(mine).values(password_hash=hashed))
            ended = web_session.c.operator_id == row.operator_id
            connection.execute(web_session.delete().where(ended))
            found = self._made(connection, row.operator_id, "operator.reset")
        self._freshness.forget()
        return found

    def _make(
        self,
        connection: Connection,
        kind: InvitationKind,
        roles: Iterable[Role],
        *,
        by: str,
        operator_id: str | None = None,
    ) -> str:
        token, now = random_token(), self._clock.now()
        at = format_instant(now)
        connection.execute(invitation.delete().where(invitation.c.expires_at < at))
        connection.execute(
            invitation.insert().values(
                token_hash=digest(token),
                kind=kind,
                roles=roles_to_text(roles),
                operator_id=operator_id,
                created_by=by,
                created_at=at,
                expires_at=format_instant(now + VALID),
            )
        )
        return token

    def _valid(self, connection: Connection, token: str) -> Invitation:
        query = select(invitation).where(invitation.c.token_hash == digest(token)).with_for_update()
        row: Row[Any] | None = connection.execute(query).first()
        now = format_instant(self._clock.now())
        if row is None or row.used_at is not None or row.expires_at <= now:
            raise RefusedError("invitation-unknown")
        return Invitation(row.kind, roles_from_text(row.roles), row.operator_id, row.expires_at)

    def _use(self, connection: Connection, token: str) -> Invitation:
        offered = self._valid(connection, token)
        used = (
            invitation.update()
            .where(invitation.c.token_hash == digest(token))
            .values(used_at=format_instant(self._clock.now()))
        )
        connection.execute(used)
        return offered

    def _made(self, connection: Connection, operator_id: str, action: str) -> Operator:
        row = operators.find(connection, operator_id)
        if row is None:
            raise RefusedError("operator-unknown")
        details = {"roles": row.roles}
        self._trail.record_in(connection, AuditEntry(operator_id, action, operator_id, details))
        return operators.from_row(row)


def link(base_url: str, token: str) -> str:
    """Return the address that a person opens."""
    return f"{base_url.rstrip('/')}/invitation/{token}"


def _count_operators(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(operator)) or 0
