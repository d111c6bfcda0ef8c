"""Asking about identifiers: logged here first, so that each can be opened to an auditor, then evaluated.

1. A record key is made. The blinds follow from it (``domain.auditing.blinds``); identifiers, authorisation
   references and their salts are sealed under it. When it is destroyed, nobody can open the request any more.
2. The request is logged, with the roots that servers will count.
3. Servers are asked, this member's own share first: a few elements one by one, more as a checked batch.

A request that was logged and not answered stays in the log: some servers may have counted it. Work that is
taken up again after a crash names its questions: the same name, subjects and epochs give the same request,
which costs nothing at servers that have counted it.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from blacklist.curve.secret import Secret, hold
from blacklist.domain.auditing.blinds import audit_key_of, blind_of
from blacklist.domain.auditing.content import MAX_REFERENCE, SALT_BYTES, InquiryContent
from blacklist.domain.chronicle.keys import HeldKey, KeyState
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType
from blacklist.domain.protocol.combining import BlindedBatch, blind_all
from blacklist.domain.protocol.elements import MAX_ELEMENTS, merkle_root
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.protocol.requests import REQUEST_ID_BYTES
from blacklist.services.asking import AskedServer, Asker, Asking
from blacklist.services.evaluating import NUMBERS
from blacklist.store import inquiries
from blacklist.store.inquiries import InquiryRow
from ledger.errors import IntegrityError, LimitError, MalformedError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.ports.record_keys import RecordKey, RecordKeys
from ledger.store.transactions import Begin
from ledger.vault.private import open_private, seal_private

SINGLE_LIMIT: Final = 32
"""Elements that are asked without a batch's second round: as many as one challenge on chain holds."""
_LABEL: Final = b"lianzheng/inquiry"
_NAMED: Final = b"lianzheng/named-inquiry"


@dataclass(frozen=True, slots=True, repr=False)
class InquirySubject:
    """Whom is asked about.

    Attributes:
        identifier: personal data.
        authorisation: this institution's own number of the authorisation (征信业管理条例, article 18).
    """

    identifier: Identifier
    authorisation: str


@dataclass(frozen=True, slots=True)
class Inquirer:
    """Asks on behalf of this member.

    Attributes:
        begin: opens a write transaction.
        state: the state of keys, as far as the chain was followed.
        record_keys: makes the keys that requests are sealed under.
        servers: the holders of a key that can be asked now, this member among them if it holds a share.
        asker: asks them.
        clock: this machine's.
        subject_index: makes the blind index under which a person finds the requests about them.
    """

    begin: Begin
    state: Callable[[], KeyState]
    record_keys: RecordKeys
    servers: Callable[[KeyState, HeldKey], Sequence[AskedServer]]
    asker: Asker
    clock: Clock
    subject_index: Callable[[bytes], bytes]

    def ask(
        self,
        subjects: Sequence[InquirySubject],
        purpose: Purpose,
        actor: str,
        key: HeldKey | None = None,
        *,
        name: bytes | None = None,
    ) -> list[Secret]:
        """Return y of each subject in their order; wipe them after use.

        Args:
            subjects: 1 to ``MAX_ELEMENTS``, of one identifier type, each with its authorisation.
            purpose: why; each has a budget of its own at every server.
            actor: who asks, for the log.
            key: that is readable; the one in force by default.
            name: of this question, unguessable, where it may be asked again after a crash.

        Raises:
            MalformedError: ``inquiry-empty``, ``inquiry-types-mixed`` or ``inquiry-unauthorised``.
            LimitError: ``inquiry-too-many``.
            RefusedError: ``blacklist-no-key``: no key of the type is in force.
            UnavailableError: fewer servers than the threshold answered rightly; the request stays logged.
        """
        identifiers = check_subjects(subjects)
        state = self.state()
        held = key or state.keys.get(NUMBERS[identifiers])
        if held is None:
            raise RefusedError("blacklist-no-key")
        asking = None if name is None else self._again(name, subjects, held, purpose)
        if asking is None:
            asking = self._logged(name, subjects, held, purpose, actor)
        servers = in_turn(self.servers(state, held), self.asker.member, asking.request_id)
        way = self.asker.single if len(subjects) <= SINGLE_LIMIT else self.asker.batch
        try:
            return asking.batch.secrets(way(asking, servers))
        finally:
            for each in asking.batch.blinds:
                each.wipe()

    def _again(
        self, name: bytes, subjects: Sequence[InquirySubject], held: HeldKey, purpose: Purpose
    ) -> Asking | None:
        """Return a named request as it was first asked; ``None`` when it was not, or cannot be, the same."""
        request_id = request_name(name, held)
        row = self._find(request_id)
        key = None if row is None else self.record_keys.open(row.key_id)
        if row is None or key is None or row.sealed is None:
            return None
        content = open_content(row, key)
        if not content.is_about(*_parts(subjects)):
            return None
        batch = blinded(content, key, request_id)
        identifiers = subjects[0].identifier.type
        return Asking(request_id, identifiers, held, purpose, row.authorisation, batch)

    def _find(self, request_id: bytes) -> InquiryRow | None:
        with self.begin() as connection:
            return inquiries.find(connection, request_id)

    def _new_id(self, name: bytes | None, held: HeldKey) -> bytes:
        """Return the id of a question's name, unless it is taken; otherwise a random one."""
        if name is not None and self._find(named := request_name(name, held)) is None:
            return named
        return os.urandom(REQUEST_ID_BYTES)

    def _logged(
        self,
        name: bytes | None,
        subjects: Sequence[InquirySubject],
        held: HeldKey,
        purpose: Purpose,
        actor: str,
    ) -> Asking:
        """Blind the subjects and log the request; durable on return."""
        request_id, (key,) = self._new_id(name, held), self.record_keys.create(1)
        identifiers, references = _parts(subjects)
        salts = tuple(os.urandom(SALT_BYTES) for _ in subjects)
        content = InquiryContent(identifiers, references, salts)
        asking = Asking(
            request_id=request_id,
            identifiers=subjects[0].identifier.type,
            held=held,
            purpose=purpose,
            authorisation=merkle_root(content.leaves()),
            batch=blinded(content, key, request_id),
        )
        row = InquiryRow(
            request_id=request_id,
            identifiers=asking.identifiers.value,
            key_epoch=held.key_epoch,
            share_epoch=held.share_epoch,
            purpose=purpose.value,
            count=len(subjects),
            elements=merkle_root(asking.batch.elements),
            authorisation=asking.authorisation,
            key_id=key.key_id,
            sealed=seal_private(content.encode(), key, _LABEL),
            asked_by=actor,
            asked_at=format_instant(self.clock.now()),
        )
        with self.begin() as connection:
            inquiries.put(connection, row, list(map(self.subject_index, content.identifiers)))
        return asking


def _parts(subjects: Sequence[InquirySubject]) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    identifiers = tuple(each.identifier.canonical for each in subjects)
    return identifiers, tuple(each.authorisation for each in subjects)


def request_name(name: bytes, held: HeldKey) -> bytes:
    """Return the id of a named question under a key's present epochs."""
    epochs = f"|{held.key_epoch}|{held.share_epoch}|".encode()
    return hashlib.sha256(_NAMED + epochs + name).digest()[:REQUEST_ID_BYTES]


def check_subjects(subjects: Sequence[InquirySubject]) -> IdentifierType:
    """Return the identifier type that all subjects have.

    Raises:
        MalformedError, LimitError: see ``Inquirer.ask``.
    """
    if not subjects:
        raise MalformedError("inquiry-empty")
    if len(subjects) > MAX_ELEMENTS:
        raise LimitError("inquiry-too-many", count=len(subjects), limit=MAX_ELEMENTS)
    identifiers = subjects[0].identifier.type
    for row, each in enumerate(subjects, start=1):
        if each.identifier.type is not identifiers:
            raise MalformedError("inquiry-types-mixed")
        if not each.authorisation.strip() or len(each.authorisation) > MAX_REFERENCE:
            raise MalformedError("inquiry-unauthorised", row=row, limit=MAX_REFERENCE)
    return identifiers


def in_turn(servers: Sequence[AskedServer], own: bytes, request_id: bytes) -> list[AskedServer]:
    """Return the servers in the order to ask: one's own, then the others from a place that the id gives.

    So no holder has all the work, and none has all of one caller's requests.
    """
    others = [each for each in servers if each.member != own]
    start = int.from_bytes(request_id, "big") % len(others) if others else 0
    return [each for each in servers if each.member == own] + others[start:] + others[:start]


def blinded(content: InquiryContent, key: RecordKey, request_id: bytes) -> BlindedBatch:
    """Return a request's elements with their blinds; the same from the same record key."""
    with hold(key.key) as secret, audit_key_of(secret) as audit_key:
        places = range(len(content.identifiers))
        blinds = [blind_of(audit_key, request_id, place) for place in places]
    return blind_all(content.identifiers, blinds)


def open_content(row: InquiryRow, key: RecordKey) -> InquiryContent:
    """Return whom a request was about.

    Args:
        row: whose ``sealed`` is still there.
        key: its record key.

    Raises:
        IntegrityError: ``inquiry-changed``.
    """
    clear = open_private(row.sealed or b"", key, _LABEL)
    if clear is None:
        raise IntegrityError("inquiry-changed", request=row.request_id.hex())
    return InquiryContent.decode(clear)
