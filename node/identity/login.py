"""Signing in: password, second factor, session; and showing who one is again (step-up).

Whoever has a second factor signs in in two steps (``pending.py``), or shows both at once.

1. Count the attempt (``lockout.py``); one that comes too early ends here.
2. Verify the password, outside any transaction: Argon2id takes tens of milliseconds on purpose.
3. Use up the code, remember the source, hash anew where parameters have grown, open the session, and
   record it: one transaction.

Unknown logins, disabled accounts and wrong passwords get one answer, after the same work.
"""

from dataclasses import dataclass
from typing import Any, NoReturn

from sqlalchemy import Connection, Row, select

from ledger.errors import MalformedError
from ledger.ports.clock import Clock
from ledger.store.transactions import Begin
from node.audit.entries import AuditEntry
from node.audit.trail import Trail
from node.errors import NotAuthenticatedError
from node.identity import operators, passwords
from node.identity.authenticator import principal_of
from node.identity.freshness import Freshness
from node.identity.lockout import CountedAttempt, Lockout
from node.identity.pending import PendingSignIns, SecondFactorNeededError
from node.identity.people import Session
from node.identity.permissions import Principal
from node.identity.random_tokens import digest
from node.identity.second_factor import SecondFactor
from node.identity.sessions import Sessions, csrf_token
from node.identity.sessions import from_row as session_from_row
from node.identity.tables import operator, web_session


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a successful login gives.

    Attributes:
        token: for the cookie (HttpOnly, Secure, SameSite=Lax); not stored anywhere.
        csrf: for forms and headers of this session.
        session: as listed.
        principal: who signed in.
    """

    token: str
    csrf: str
    session: Session
    principal: Principal


@dataclass(frozen=True, slots=True)
class Proof:
    """What a person shows.

    Attributes:
        password: as typed.
        code: TOTP or recovery code; ``None`` when none was given.
    """

    password: str
    code: str | None


@dataclass(frozen=True, slots=True)
class _Verified:
    """Whose password was verified, and the stored hash that it fitted."""

    operator_id: str
    password_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Signs people in and out."""

    begin: Begin
    clock: Clock
    trail: Trail
    freshness: Freshness
    lockout: Lockout
    second_factor: SecondFactor
    sessions: Sessions
    pending: PendingSignIns

    def sign_in(
        self,
        login: str,
        password: str,
        *,
        code: str | None,
        source: str,
        agent: str,
        previous: str | None = None,
    ) -> SignedIn:
        """Sign a person in.

        Args:
            login: as typed.
            password: as typed.
            code: TOTP or recovery code; ``None`` before it was asked for.
            source: address of the client.
            agent: name of the client.
            previous: session token that the client sent along; that session ends.

        Raises:
            TooManyRequestsError: too early after failures; ``seconds`` says how long to wait.
            SecondFactorNeededError: ask for a code, and call again with it or go on with ``finish``.
            NotAuthenticatedError: ``login-failed``; ``second-factor-wrong``.
        """
        row, attempt = self._count(login, source)
        proof = Proof(password, code)
        verified = self._verify(row, proof, attempt, source=source, action="session.login")
        return self._open(verified, source=source, agent=agent, previous=previous)

    def finish(
        self, pending: str, *, code: str, source: str, agent: str, previous: str | None = None
    ) -> SignedIn:
        """Sign a person in whose password was right a short while ago.

        Args:
            pending: from ``SecondFactorNeededError``.
            code: TOTP or recovery code.
            source: address of the client.
            agent: name of the client.
            previous: session token that the client sent along; that session ends.

        Raises:
            TooManyRequestsError: too early after failures.
            NotAuthenticatedError: ``sign-in-over``, begin anew; ``login-failed``; ``second-factor-wrong``.
        """
        found = self.pending.open(pending)
        row, attempt = self._count(found.login, source)
        if row is None or not found.fits(row):
            self._refuse(row, "session.login", "login-failed")
        try:
            verified = self._accept(row, Proof("", code), attempt, source)
        except NotAuthenticatedError as error:
            self._refuse(row, "session.login", error.code)
        return self._open(verified, source=source, agent=agent, previous=previous)

    def step_up(
        self, token: str, *, password: str, code: str | None = None, source: str
    ) -> SignedIn:
        """Verify the person of a session again; the session gets a new token.

        Raises:
            TooManyRequestsError: too early after failures.
            NotAuthenticatedError: no such session, or as for ``sign_in``.
        """
        with self.begin() as connection:
            found = self._session_of(connection, token)
            login = connection.scalar(
                select(operator.c.login).where(operator.c.operator_id == found.operator_id)
            )
        row, attempt = self._count(str(login), source)
        proof = Proof(password, code)
        verified = self._verify(row, proof, attempt, source=source, action="session.step-up")
        with self.begin() as connection:
            _unchanged(connection, verified)
            found = self._session_of(connection, token)
            new = self.sessions.rotate_in(connection, found.session_id)
            session = session_from_row(self._session_of(connection, new))
            entry = AuditEntry(found.operator_id, "session.step-up", found.session_id)
            self.trail.record_in(connection, entry)
        self.freshness.forget()
        return self._signed_in(new, session)

    def sign_out(self, token: str) -> None:
        """End a session; one that is over already is no error."""
        with self.begin() as connection:
            owner = self.sessions.close_in(connection, token)
            if owner is not None:
                self.trail.record_in(connection, AuditEntry(owner, "session.logout"))
        self.freshness.forget()

    def open_session(
        self,
        operator_id: str,
        *,
        source: str,
        agent: str,
        verified_at: str,
        previous: str | None,
    ) -> SignedIn:
        """Open a session for somebody whom the identity provider verified at ``verified_at``."""
        with self.begin() as connection:
            _present(connection, operator_id)
            if previous is not None:
                self.sessions.close_in(connection, previous)
            token, session = self.sessions.open_in(
                connection, operator_id, source=source, agent=agent, verified_at=verified_at
            )
            entry = AuditEntry(operator_id, "session.login", session.session_id, {"how": "oidc"})
            self.trail.record_in(connection, entry)
        self.freshness.forget()
        return self._signed_in(token, session)

    def verify_person(
        self, login: str, password: str, *, code: str | None, source: str
    ) -> Principal:
        """Verify a person without opening a session, for a command that needs one.

        Raises:
            TooManyRequestsError: too early after failures.
            NotAuthenticatedError: as for ``sign_in``.
        """
        row, attempt = self._count(login, source)
        proof = Proof(password, code)
        verified = self._verify(row, proof, attempt, source=source, action="command.login")
        with self.begin() as connection:
            return principal_of(_unchanged(connection, verified), via="command")

    def _open(
        self, verified: _Verified, *, source: str, agent: str, previous: str | None
    ) -> SignedIn:
        operator_id = verified.operator_id
        with self.begin() as connection:
            _unchanged(connection, verified)
            if previous is not None:
                self.sessions.close_in(connection, previous)
            token, session = self.sessions.open_in(
                connection, operator_id, source=source, agent=agent
            )
            entry = AuditEntry(operator_id, "session.login", session.session_id)
            self.trail.record_in(connection, entry)
        self.freshness.forget()
        return self._signed_in(token, session)

    def _count(self, login: str, source: str) -> tuple[Row[Any] | None, CountedAttempt]:
        try:
            name = operators.normal_login(login)
        except MalformedError:
            raise NotAuthenticatedError("login-failed") from None
        with self.begin() as connection:
            row = connection.execute(select(operator).where(operator.c.login == name)).first()
            attempt = self.lockout.count(
                connection,
                login=name,
                source=source,
                operator_id=None if row is None else row.operator_id,
                now=self.clock.now(),
            )
        return row, attempt

    def _verify(
        self,
        row: Row[Any] | None,
        proof: Proof,
        attempt: CountedAttempt,
        *,
        source: str,
        action: str,
    ) -> _Verified:
        """Return who it is; the attempt stays counted unless everything fits."""
        matches = passwords.verify_password(row.password_hash if row else None, proof.password)
        if row is None or not matches or row.disabled_at is not None:
            self._refuse(row, action, "login-failed")
        if row.totp_confirmed_at is not None and not proof.code:
            # The password was right: that is not a failure, but clears nothing either, or who knows the
            # password could guess at codes without end.
            with self.begin() as connection:
                self.lockout.take_back(connection, attempt, clear=False)
            raise SecondFactorNeededError(self.pending.seal(row))
        try:
            return self._accept(row, proof, attempt, source)
        except NotAuthenticatedError as error:
            self._refuse(row, action, error.code)

    def _accept(
        self, row: Row[Any], proof: Proof, attempt: CountedAttempt, source: str
    ) -> _Verified:
        # In the second step there is no password any more: it is hashed anew another time.
        outdated = proof.password and passwords.is_outdated(row.password_hash)
        renewed = passwords.hash_password(proof.password) if outdated else None
        with self.begin() as connection:
            present = _unchanged(connection, _Verified(row.operator_id, row.password_hash))
            if present.totp_confirmed_at is not None:
                self.second_factor.check_in(connection, present, proof.code or "")
            self.lockout.take_back(connection, attempt, clear=True)
            now = self.clock.now()
            self.lockout.remember(connection, operator_id=row.operator_id, source=source, now=now)
            if renewed is not None:
                mine = operator.c.operator_id == row.operator_id
                connection.execute(operator.update().where(mine).values(password_hash=renewed))
        return _Verified(row.operator_id, renewed or row.password_hash)

    def _refuse(self, row: Row[Any] | None, action: str, code: str) -> NoReturn:
        actor = "unknown" if row is None else str(row.operator_id)
        self.trail.record(AuditEntry(actor, action, details={"why": code}, outcome="refused"))
        raise NotAuthenticatedError(code)

    def _session_of(self, connection: Connection, token: str) -> Row[Any]:
        query = select(web_session).where(web_session.c.token_hash == digest(token))
        row = connection.execute(query).first()
        if row is None or self.sessions.is_over(row, self.clock.now()):
            raise NotAuthenticatedError("session-unknown")
        return row

    def _signed_in(self, token: str, session: Session) -> SignedIn:
        with self.begin() as connection:
            row = _present(connection, session.operator_id)
        return SignedIn(token, csrf_token(token), session, principal_of(row, via="session"))


def _present(connection: Connection, operator_id: str) -> Row[Any]:
    """Return the locked row of an operator who may sign in.

    Raises:
        NotAuthenticatedError: disabled in the meantime.
    """
    row = operators.find(connection, operator_id)
    if row is None or row.disabled_at is not None:
        raise NotAuthenticatedError("login-failed")
    return row


def _unchanged(connection: Connection, verified: _Verified) -> Row[Any]:
    """Return the locked row of an operator whose password is still the one that was verified.

    Changing a password and disabling an account end all sessions: one that is opened at that moment with the
    old password must not outlive it.

    Raises:
        NotAuthenticatedError: changed or disabled in the meantime.
    """
    row = _present(connection, verified.operator_id)
    if row.password_hash != verified.password_hash:
        raise NotAuthenticatedError("login-failed")
    return row
