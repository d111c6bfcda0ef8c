"""Releases by four eyes: what cannot be taken back is asked for by one person and decided by another.

* The requester can never decide, whatever roles they have; nor can a token, nor a bare command: a decision
  needs a person who signed in.
* A request is neither decided nor carried out after seven days: what it was about has changed by then.
* An approved request is claimed exactly once. A crash between claim and finish leaves it ``claimed``: whether
  it was carried out has to be looked at, and nothing here tries it again. The floors above may go on with a
  kind that may be repeated (``node.blacklist.carrying_out``).
* The floors above register what a kind does; a kind that nobody registered cannot be asked for.

Two accounts of one person defeat this, as they do everywhere; invitations and roles are in the audit trail.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from ledger.errors import LedgerError, MalformedError, RefusedError
from ledger.evidence import shape
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.primitives.canonical import decode, encode
from ledger.store.transactions import Begin
from node.audit.entries import MAX_SUBJECT, AuditEntry, Detail
from node.audit.trail import Trail
from node.errors import NotPermittedError
from node.identity import operators
from node.identity.operators import roles_from_text
from node.identity.people import Release, ReleaseState
from node.identity.permissions import Permission, Principal, permissions_of
from node.identity.random_tokens import random_id
from node.identity.tables import release

VALID: Final = timedelta(days=7)
MAX_REASON: Final = 500
MAX_DETAILS_BYTES: Final = 4096
MAX_LISTED: Final = 500
_BLANK: Final = encode({})


@dataclass(frozen=True, slots=True)
class ReleaseKind:
    """What a kind of release needs and does.

    Attributes:
        permission: to ask for it, and to carry it out.
        execute: does it; runs outside any transaction, once. ``None``: a command at the node's shell does.
        about: checks the subject when it is asked for, and returns what the decider has to see besides.
    """

    permission: Permission
    execute: Callable[[Release], None] | None
    about: Callable[[str], Mapping[str, Detail]] = lambda _subject: {}


@dataclass(frozen=True, slots=True)
class Releases:
    """Takes requests and decisions, and carries out what was approved.

    Attributes:
        begin: opens a write transaction.
        read: opens a transaction for reading.
        clock: this machine's time.
        trail: takes an entry for every step.
        kinds: registered by the floors above.
    """

    begin: Begin
    read: Begin
    clock: Clock
    trail: Trail
    kinds: dict[str, ReleaseKind] = field(default_factory=dict)

    def register(self, kind: str, how: ReleaseKind) -> None:
        """Say what ``kind`` does."""
        self.kinds[kind] = how

    def request(
        self,
        by: Principal,
        *,
        kind: str,
        subject: str,
        reason: str,
        details: Mapping[str, Detail] | None = None,
    ) -> Release:
        """Ask for a release.

        Raises:
            NotPermittedError: the principal may not ask for this kind.
            MalformedError: unknown kind, no subject, or not one of its kind, no reason, or too long.
            RefusedError: what it is about is not there.
        """
        how = self._kind(kind)
        by.require(how.permission)
        if not 0 < len(subject) <= MAX_SUBJECT:
            raise MalformedError("release-form", member="subject")
        data = encode({**how.about(subject), **(details or {})})
        if len(data) > MAX_DETAILS_BYTES:
            raise MalformedError("release-form", member="details")
        now, release_id = self.clock.now(), random_id()
        with self.begin() as connection:
            connection.execute(
                release.insert().values(
                    release_id=release_id,
                    kind=kind,
                    subject=subject,
                    reason=words_of_reason(reason),
                    details=data,
                    requested_by=by.operator_id,
                    requested_at=format_instant(now),
                    expires_at=format_instant(now + VALID),
                    state="open",
                )
            )
            return self._recorded(connection, release_id, by.actor, "release.request")

    def decide(self, release_id: str, by: Principal, *, approve: bool, reason: str) -> Release:
        """Approve or refuse a request.

        Raises:
            NotPermittedError: may not decide; the requester; not a person who signed in.
            RefusedError: unknown, decided already, or expired.
        """
        by.require(Permission.RELEASE_DECIDE)
        if by.via == "token":
            raise NotPermittedError("release-needs-person")
        if self.get(release_id).requested_by == by.operator_id:
            why = {"why": "own"}
            self.trail.record(AuditEntry(by.actor, "release.decide", release_id, why, "refused"))
            raise NotPermittedError("release-own")
        state: ReleaseState = "approved" if approve else "refused"
        with self.begin() as connection:
            self._locked(connection, release_id, "open")
            self._check_person(connection, by)
            at = format_instant(self.clock.now())
            values = {"decided_by": by.operator_id, "decided_at": at}
            _change(
                connection, release_id, state, **values, decision_reason=words_of_reason(reason)
            )
            action = "release.approve" if approve else "release.refuse"
            return self._recorded(connection, release_id, by.actor, action)

    def execute(self, release_id: str, by: Principal) -> Release:
        """Carry out an approved release, exactly once.

        Raises:
            NotPermittedError: the principal may not.
            RefusedError: unknown, not approved, carried out already, expired, or for the node's shell.
            LedgerError: it failed; the release is ``failed``.
        """
        execute = self._kind(self.get(release_id).kind).execute
        if execute is None:
            raise RefusedError("release-at-shell")
        claimed = self.claim(release_id, by)
        try:
            execute(claimed)
        except LedgerError as error:
            self.finish(release_id, by, why=error.code)
            raise
        return self.finish(release_id, by)

    def claim(self, release_id: str, by: Principal) -> Release:
        """Take an approved release for carrying it out; only one caller ever gets it.

        A person at the node's own shell needs no permission for it: two others asked for it and approved it.

        Raises:
            NotPermittedError: the principal may not carry out this kind.
            RefusedError: unknown, not approved, claimed already, or expired.
        """
        with self.begin() as connection:
            found = self._locked(connection, release_id, "approved")
            if by.via != "command":
                by.require(self._kind(found.kind).permission)
            _change(connection, release_id, "claimed")
            return self._recorded(connection, release_id, by.actor, "release.claim")

    def finish(self, release_id: str, by: Principal, *, why: str | None = None) -> Release:
        """Say how a claimed release ended: done, or failed with the code ``why``.

        Raises:
            RefusedError: unknown, or not claimed.
        """
        at = format_instant(self.clock.now())
        with self.begin() as connection:
            self._locked(connection, release_id, "claimed")
            _change(connection, release_id, "done" if why is None else "failed", finished_at=at)
            action = "release.done" if why is None else "release.fail"
            return self._recorded(connection, release_id, by.actor, action, why=why)

    def blank(self, kinds: Collection[str], subjects: Collection[str], by: Principal) -> int:
        """Erase the details of releases about what was erased itself; return how many.

        Each is recorded, without the details; that they were asked for and decided, by whom and why, stays.
        """
        return self._blank(kinds, release.c.subject.in_(subjects), by)

    def blank_over(self, kinds: Collection[str], by: Principal) -> int:
        """Erase, likewise, the details of releases that were refused, have failed or expired."""
        late = release.c.expires_at <= format_instant(self.clock.now())
        undone = release.c.state.in_(("open", "approved")) & late
        return self._blank(kinds, release.c.state.in_(("refused", "failed")) | undone, by)

    def get(self, release_id: str) -> Release:
        """Return a release.

        Raises:
            RefusedError: there is none.
        """
        with self.read() as connection:
            return _find(connection, release_id, lock=False)

    def list(
        self, state: ReleaseState | None = None, limit: int = 100, *, kind: str | None = None
    ) -> Sequence[Release]:
        """Return releases, newest first, of all states and kinds or of one; expired open ones too."""
        query = select(release).order_by(release.c.requested_at.desc(), release.c.release_id)
        if state is not None:
            query = query.where(release.c.state == state)
        if kind is not None:
            query = query.where(release.c.kind == kind)
        with self.read() as connection:
            found = connection.execute(query.limit(min(limit, MAX_LISTED))).all()
        return [_from_row(row) for row in found]

    def newest_done(self, kind: str, subject: str) -> Release | None:
        """Return the release of this kind and subject that was carried out last; ``None`` when none was."""
        query = _about(kind, subject).where(release.c.state == "done")
        newest = (release.c.finished_at.desc(), release.c.release_id)
        with self.read() as connection:
            row = connection.execute(query.order_by(*newest)).first()
        return None if row is None else _from_row(row)

    def newest(self, kind: str, subject: str) -> Release | None:
        """Return the release of this kind and subject that was asked for last; ``None`` when none was."""
        newest = (release.c.requested_at.desc(), release.c.release_id)
        with self.read() as connection:
            row = connection.execute(_about(kind, subject).order_by(*newest)).first()
        return None if row is None else _from_row(row)

    def _blank(self, kinds: Collection[str], which: ColumnElement[bool], by: Principal) -> int:
        filled = release.c.details != _BLANK
        query = select(release.c.release_id).where(release.c.kind.in_(kinds), which, filled)
        with self.read() as connection:
            found = connection.scalars(query).all()
        if found:
            with self.begin() as connection:
                for each in found:
                    own = release.update().where(release.c.release_id == each)
                    connection.execute(own.values(details=_BLANK))
                    self._recorded(connection, each, by.actor, "release.blank")
        return len(found)

    def _kind(self, kind: str) -> ReleaseKind:
        found = self.kinds.get(kind)
        if found is None:
            raise MalformedError("release-kind", kind=kind[:32])
        return found

    def _locked(self, connection: Connection, release_id: str, state: ReleaseState) -> Release:
        found = _find(connection, release_id)
        if found.state != state:
            raise RefusedError("release-state", state=found.state)
        if state != "claimed" and found.expires_at <= format_instant(self.clock.now()):
            raise RefusedError("release-expired", at=found.expires_at)
        return found

    def _check_person(self, connection: Connection, by: Principal) -> None:
        """Look at the decider's account again, under its lock: a session may be seconds stale."""
        row = operators.find(connection, by.operator_id)
        if row is None or row.disabled_at is not None:
            raise NotPermittedError("release-needs-person")
        if Permission.RELEASE_DECIDE not in permissions_of(roles_from_text(row.roles)):
            raise NotPermittedError("not-permitted", permission=Permission.RELEASE_DECIDE.value)

    def _recorded(
        self,
        connection: Connection,
        release_id: str,
        actor: str,
        action: str,
        *,
        why: str | None = None,
    ) -> Release:
        found = _find(connection, release_id)
        details: dict[str, Detail] = {"kind": found.kind, "about": found.subject}
        if why is not None:
            details["why"] = why
        self.trail.record_in(connection, AuditEntry(actor, action, release_id, details))
        return found


def _about(kind: str, subject: str) -> Select[tuple[object, ...]]:
    return select(release).where(release.c.kind == kind, release.c.subject == subject)


def _find(connection: Connection, release_id: str, *, lock: bool = True) -> Release:
    query = select(release).where(release.c.release_id == release_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise RefusedError("release-unknown")
    return _from_row(row)


def _change(
    connection: Connection, release_id: str, state: ReleaseState, **values: str | None
) -> None:
    changed = release.update().where(release.c.release_id == release_id)
    connection.execute(changed.values(state=state, **values))


def words_of_reason(text: str) -> str:
    """Return a reason in words, without blanks around it.

    Raises:
        MalformedError: none, or longer than ``MAX_REASON``.
    """
    if not 0 < len(text.strip()) <= MAX_REASON:
        raise MalformedError("release-form", member="reason")
    return text.strip()


def _from_row(row: Row[Any]) -> Release:
    details = shape.mapping(decode(row.details, max_bytes=MAX_DETAILS_BYTES), "details")
    return Release(
        release_id=row.release_id,
        kind=row.kind,
        subject=row.subject,
        reason=row.reason,
        details={name: value for name, value in details.items() if isinstance(value, str | int)},
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        expires_at=row.expires_at,
        state=row.state,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
        finished_at=row.finished_at,
    )
