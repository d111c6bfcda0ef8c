"""This member's own entries as they are stored: read, opened, stored anew."""

import os
from dataclasses import dataclass
from typing import Final

from blacklist.domain.entries.corroboration import entry_id
from blacklist.domain.entries.details import SaltedFacts
from blacklist.domain.entries.standing import ListedEntry
from blacklist.domain.identifiers.identifier import Identifier
from blacklist.services.own_content import OwnContent, OwnPlan
from blacklist.services.sealed_records import SealedRecord, SealedRecords
from blacklist.store import own_entries
from blacklist.store.own_entries import OwnEntry, OwnState
from ledger.errors import ConflictError, IntegrityError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.store.transactions import Begin

_NONCE: Final = 32
SHOWN: Final = 12
"""Digits of an entry's id in messages."""


@dataclass(frozen=True, slots=True)
class OwnBook:
    """The book.

    Attributes:
        begin: opens a write transaction.
        member: 32-byte id of this member.
        records: encrypts what names persons.
        clock: this machine's.
    """

    begin: Begin
    member: bytes
    records: SealedRecords
    clock: Clock

    def enter(
        self,
        content: OwnContent,
        number: int,
        by: str,
        *,
        state: OwnState,
        replaces: bytes | None = None,
    ) -> bytes:
        """Store a new entry and return its id.

        Args:
            content: whom it is about, and what it says.
            number: of the identifier type.
            by: operator.
            state: that it begins in.
            replaces: entry that it stands for.
        """
        record = self.records.seal(content.to_json())
        nonce, now = os.urandom(_NONCE), format_instant(self.clock.now())
        own = OwnEntry(
            entry=entry_id(self.member, nonce),
            nonce=nonce,
            identifiers=number,
            state=state,
            key_id=record.key_id,
            sealed=record.sealed,
            due_at=None if state is OwnState.ASKED else now,
            call=None,
            replaces=replaces,
            created_at=now,
            created_by=by,
        )
        with self.begin() as connection:
            own_entries.put(connection, own)
        return own.entry

    def find(self, entry: bytes) -> OwnEntry:
        """Return an own entry.

        Raises:
            RefusedError: ``entry-unknown``: not one of this member's.
        """
        with self.begin() as connection:
            own = own_entries.find(connection, entry)
        if own is None:
            raise RefusedError("entry-unknown", entry=entry.hex()[:SHOWN])
        return own

    def waiting(self, entry: bytes) -> OwnEntry:
        """Return an own entry that waits for a second person.

        Raises:
            RefusedError: not one of this member's, or decided already.
        """
        own = self.find(entry)
        if own.state is not OwnState.ASKED:
            raise RefusedError("entry-not-waiting", entry=entry.hex()[:SHOWN])
        return own

    def open(self, own: OwnEntry) -> OwnContent:
        """Return what an own entry is about.

        Raises:
            IntegrityError: ``record-erased``: its key was destroyed.
        """
        value = self.records.open(SealedRecord(own.key_id, own.sealed))
        if value is None:
            raise IntegrityError("record-erased")
        return OwnContent.from_json(value)

    def said(self, listed: ListedEntry) -> tuple[Identifier, SaltedFacts]:
        """Return whom an own entry is about, and what it says in the version that the chain commits to.

        Raises:
            RefusedError: ``entry-unknown``: not one of this member's.
            IntegrityError: ``entry-facts-unknown``, or ``record-erased``.
        """
        content = self.open(self.find(listed.entry))
        said = content.at(listed.facts)
        if said is None:
            raise IntegrityError("entry-facts-unknown", entry=listed.entry.hex()[:SHOWN])
        return content.identifier, said

    def forget(self, own: OwnEntry) -> None:
        """Erase what an own entry was about, once it has ended; that there was one stays."""
        self.records.destroy(own.key_id)
        self.change(own.entry, call=None)

    def change(self, entry: bytes, **values: object) -> None:
        """Change some of an entry's members, in one transaction."""
        with self.begin() as connection:
            own_entries.change(connection, entry, **values)

    def extend(self, own: OwnEntry, content: OwnContent, plan: OwnPlan) -> None:
        """Store a further version of the facts, with its row.

        Raises:
            ConflictError: ``entry-changed``: somebody else changed it since ``own`` was read.
        """
        sealed, call = self.records.reseal(own.key_id, content.to_json()), plan.to_text()
        with self.begin() as connection:
            if not own_entries.extend(connection, own, sealed, call):
                raise ConflictError("entry-changed", entry=own.entry.hex()[:SHOWN])
