"""Operators: the accounts of people at the member.

* Accounts are made by accepting an invitation (``invitations.py``) or at the identity provider
  (``oidc.py``), never with a password that somebody else chose.
* The last active administrator can be neither disabled nor stripped of the role: nobody could undo it.
* Nobody changes their own roles, so that a right is always given by another.
"""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from ledger.errors import MalformedError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.store.transactions import Begin
from node.audit.entries import AuditEntry
from node.audit.trail import Trail
from node.errors import NotAuthenticatedError
from node.identity.freshness import Freshness
from node.identity.passwords import check_password, hash_password, normal, verify_password
from node.identity.people import Operator
from node.identity.permissions import Permission, Principal, Role
from node.identity.tables import operator, web_session

MAX_LOGIN: Final = 64
MAX_NAME: Final = 100


class Operators:
    """Lists and changes operators.

    Args:
        begin: opens a write transaction.
        read: opens a transaction for reading.
        clock: this machine's time.
        trail: takes an entry for every change.
        freshness: told of every change, so that no stale permission is used in this process.
    """

    def __init__(
        self, begin: Begin, read: Begin, clock: Clock, trail: Trail, freshness: Freshness
    ) -> None:
        self._begin: Final = begin
        self._read: Final = read
        self._clock: Final = clock
        self._trail: Final = trail
        self._freshness: Final = freshness

    def list(self) -> list[Operator]:
        """Return all operators by login, disabled ones too."""
        with self._read() as connection:
            found = connection.execute(select(operator).order_by(operator.c.login)).all()
        return [from_row(row) for row in found]

    def get(self, operator_id: str) -> Operator:
        """Return an operator.

        Raises:
            RefusedError: there is none of this id.
        """
        with self._read() as connection:
            return _known(find(connection, operator_id, lock=False))

    def by_login(self, login: str) -> Operator:
        """Return an operator.

        Raises:
            RefusedError: there is none of this login.
        """
        with self._read() as connection:
            query = select(operator).where(operator.c.login == normal_login(login))
            return _known(connection.execute(query).first())

    def disable(self, operator_id: str, *, by: Principal) -> None:
        """Close an account and end its sessions; its tokens stop with it.

        Raises:
            RefusedError: unknown, or the last administrator.
        """
        by.require(Permission.OPERATORS_MANAGE)
        with self._begin() as connection:
            _keep_an_administrator(connection, operator_id)
            _known(find(connection, operator_id))
            self._set(connection, operator_id, disabled_at=format_instant(self._clock.now()))
            connection.execute(web_session.delete().where(web_session.c.operator_id == operator_id))
            self._trail.record_in(connection, AuditEntry(by.actor, "operator.disable", operator_id))
        self._freshness.forget()

    def enable(self, operator_id: str, *, by: Principal) -> None:
        """Open a closed account again; its tokens work again until they expire.

        Raises:
            RefusedError: unknown.
        """
        by.require(Permission.OPERATORS_MANAGE)
        with self._begin() as connection:
            _known(find(connection, operator_id))
            self._set(connection, operator_id, disabled_at=None)
            self._trail.record_in(connection, AuditEntry(by.actor, "operator.enable", operator_id))
        self._freshness.forget()

    def set_roles(self, operator_id: str, roles: Iterable[Role], *, by: Principal) -> None:
        """Give an operator other roles; sessions and tokens follow at once.

        Raises:
            RefusedError: unknown, one's own, or the last administrator would cease to be one.
            MalformedError: no role.
        """
        by.require(Permission.OPERATORS_MANAGE)
        if operator_id == by.operator_id:
            raise RefusedError("operator-own-roles")
        given = roles_to_text(roles)
        with self._begin() as connection:
            if Role.ADMINISTRATOR not in roles_from_text(given):
                _keep_an_administrator(connection, operator_id)
            before = _known(find(connection, operator_id))
            self._set(connection, operator_id, roles=given)
            details = {"before": roles_to_text(before.roles), "after": given}
            entry = AuditEntry(by.actor, "operator.roles", operator_id, details)
            self._trail.record_in(connection, entry)
        self._freshness.forget()

    def change_password(self, operator_id: str, *, current: str, new: str) -> None:
        """Change one's own password and end all sessions.

        Raises:
            NotAuthenticatedError: the current one is wrong.
            RefusedError: the new one is not acceptable.
        """
        with self._read() as connection:
            row = find(connection, operator_id, lock=False)
        if row is None or not verify_password(row.password_hash, current):
            entry = AuditEntry(operator_id, "operator.password", operator_id, outcome="refused")
            self._trail.record(entry)
            raise NotAuthenticatedError("login-failed")
        check_password(new, row.login, row.name)
        hashed = hash_password(new)
        with self._begin() as connection:
            self._set(connection, operator_id, password_hash=hashed)
            connection.execute(web_session.delete().where(web_session.c.operator_id == operator_id))
            self._trail.record_in(
                connection, AuditEntry(operator_id, "operator.password", operator_id)
            )
        self._freshness.forget()

    def _set(self, connection: Connection, operator_id: str, **values: str | None) -> None:
        changed = operator.update().where(operator.c.operator_id == operator_id)
        connection.execute(changed.values(**values))


def find(connection: Connection, operator_id: str, *, lock: bool = True) -> Row[Any] | None:
    """Return an operator's row, locked until the commit unless told; ``None`` when there is none."""
    query = select(operator).where(operator.c.operator_id == operator_id)
    return connection.execute(query.with_for_update() if lock else query).first()


def insert(
    connection: Connection,
    *,
    operator_id: str,
    login: str,
    name: str,
    roles: Iterable[Role],
    created_at: str,
    password_hash: str | None = None,
    subject: str | None = None,
) -> None:
    """Insert an operator.

    Raises:
        MalformedError: login or name is not of its form, or there is no role.
        RefusedError: the login is taken.
    """
    login = normal_login(login)
    taken = select(operator.c.operator_id).where(operator.c.login == login)
    if connection.scalar(taken) is not None:
        raise RefusedError("operator-login-taken", login=login)
    connection.execute(
        operator.insert().values(
            operator_id=operator_id,
            login=login,
            name=checked_name(name),
            roles=roles_to_text(roles),
            created_at=created_at,
            password_hash=password_hash,
            subject=subject,
            totp_step=0,
        )
    )


def normal_login(login: str) -> str:
    """Return the form of a login that is compared and stored.

    Raises:
        MalformedError: empty, too long, or with blanks or control characters.
    """
    text = normal(login).strip().casefold()
    if not 0 < len(text) <= MAX_LOGIN or not text.isprintable() or " " in text:
        raise MalformedError("operator-login")
    return text


def checked_name(name: str) -> str:
    """Return a name as it is stored.

    Raises:
        MalformedError: empty, too long, or with control characters.
    """
    text = normal(name).strip()
    if not 0 < len(text) <= MAX_NAME or not text.isprintable():
        raise MalformedError("operator-name")
    return text


def roles_to_text(roles: Iterable[Role]) -> str:
    """Return roles as they are stored.

    Raises:
        MalformedError: none.
    """
    text = ",".join(sorted(set(roles)))
    if not text:
        raise MalformedError("operator-roles")
    return text


def roles_from_text(text: str) -> frozenset[Role]:
    """Return stored roles."""
    return frozenset(Role(part) for part in text.split(","))


def from_row(row: Row[Any]) -> Operator:
    """Return the operator of a row."""
    return Operator(
        operator_id=row.operator_id,
        login=row.login,
        name=row.name,
        roles=roles_from_text(row.roles),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        has_password=row.password_hash is not None,
        has_second_factor=row.totp_confirmed_at is not None,
        subject=row.subject,
    )


def _known(row: Row[Any] | None) -> Operator:
    if row is None:
        raise RefusedError("operator-unknown")
    return from_row(row)


def _keep_an_administrator(connection: Connection, operator_id: str) -> None:
    """Refuse when nobody but ``operator_id`` is an active administrator.

    All active accounts are locked in one order: of two administrators who disable each other, one is late.
    """
    query = select(operator).where(operator.c.disabled_at.is_(None))
    active = connection.execute(query.order_by(operator.c.operator_id).with_for_update())
    administrators = {
        row.operator_id for row in active if Role.ADMINISTRATOR in roles_from_text(row.roles)
    }
    if administrators == {operator_id}:
        raise RefusedError("operator-last-administrator")
