"""Vouching for other members' entries about persons whom this member knows.

A corroboration is a signature by the entry's own key, which only who has the identifier evaluated can make.
When an entry goes on in another one under a new key, whoever vouched signs again (``follow``), provided that
the other one is about the same person and was not corrected since; otherwise somebody has to look, and vouch
anew.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from blacklist.domain.entries.corroboration import corroboration_digest
from blacklist.domain.entries.facts import SALT_BYTES
from blacklist.domain.entries.standing import ENDED, RELIED_ON, ListedEntry
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType
from blacklist.domain.oprf.framing import named
from blacklist.domain.oprf.tags import entry_key
from blacklist.domain.protocol.purposes import Purpose
from blacklist.ports.entry_contract import RecoverableSignature
from blacklist.services.evaluating import NUMBERS
from blacklist.services.inquiring import InquirySubject
from blacklist.services.own_book import OwnBook
from blacklist.services.preparing import NODE
from blacklist.services.revising import Revising
from blacklist.services.sealed_records import SealedRecord, SealedRecords
from blacklist.store import entries, own_corroborations
from blacklist.store.own_corroborations import OwnCorroboration
from ledger.errors import LedgerError, RefusedError
from ledger.evidence import shape
from ledger.primitives.canonical import JsonValue
from ledger.primitives.digest import sha256


@dataclass(frozen=True, slots=True, repr=False)
class KnownPerson:
    """Whom this member vouches about; personal data.

    Attributes:
        identifier: the person's.
        evidence: leaf hash of what this member's own knowledge rests on.
        says: commitment to what the entry said when it was vouched for.
        salt: of the questions that follow.
    """

    identifier: Identifier
    evidence: bytes
    says: bytes
    salt: bytes

    def __repr__(self) -> str:
        return "KnownPerson(hidden)"

    def to_json(self) -> JsonValue:
        """Return it as it is encrypted."""
        return {
            "type": self.identifier.type.value,
            "identifier": self.identifier.canonical.hex(),
            "evidence": self.evidence.hex(),
            "says": self.says.hex(),
            "salt": self.salt.hex(),
        }

    @classmethod
    def from_json(cls, value: JsonValue) -> Self:
        """Read it."""
        found = shape.members(value, "known", {"type", "identifier", "evidence", "says", "salt"})
        return cls(
            Identifier(
                IdentifierType(shape.text(found["type"], "type")),
                shape.hex_bytes(found["identifier"], "identifier"),
            ),
            shape.hex_bytes(found["evidence"], "evidence", 32),
            shape.hex_bytes(found["says"], "says", 32),
            shape.hex_bytes(found["salt"], "salt", SALT_BYTES),
        )


@dataclass(frozen=True, slots=True)
class Vouching:
    """Vouches.

    Attributes:
        revising: finds entries, and reaches the chain.
        records: encrypts what names persons.
    """

    revising: Revising
    records: SealedRecords

    def corroborate(self, entry: bytes, identifier: Identifier, evidence: bytes) -> None:
        """Vouch for another member's entry about a person whom this member knows.

        Args:
            entry: 32-byte id.
            identifier: of the person; evaluated anew, for a copied tag corroborates nothing.
            evidence: leaf hash of what this member's own knowledge rests on.

        Raises:
            RefusedError: an own entry, not relied on, or not about this person.
            UnavailableError: too few holders, or the chain, do not answer.
        """
        listed = self.revising.relied_on(entry)
        if listed.reporter == self._book.member:
            raise RefusedError("corroboration-own-entry")
        if NUMBERS[identifier.type] != listed.identifiers:
            raise RefusedError("corroboration-other-person")
        subject = InquirySubject(identifier, evidence.hex())
        date, signature = self._sign(listed, subject, Purpose.CORROBORATION, None)
        known = KnownPerson(identifier, evidence, listed.facts, os.urandom(SALT_BYTES))
        own = self._keep(listed.entry, known)
        try:
            self.revising.contract.corroborate(listed.entry, date, signature)
        except RefusedError:
            self._forget(own)
            raise

    def follow(self) -> int:
        """Sign again for what goes on under a new key, forget what has ended; return how many were signed.

        Raises:
            UnavailableError: too few holders, or the chain, do not answer; the next call goes on there.
            RefusedError: the contract refuses, or the budget is used up.
        """
        now, stopped, signed = self._book.clock.now(), list[LedgerError](), 0
        with self._book.begin() as connection:
            ended = own_corroborations.of_ended(connection, int(now.timestamp()))
        for each in ended:
            try:
                signed += self._follow(each, now)
            except LedgerError as error:
                stopped.append(error)
        if stopped:
            raise stopped[0]
        return signed

    def _follow(self, own: OwnCorroboration, now: datetime) -> bool:
        listed = self.revising.current(own.entry)
        clear = self.records.open(SealedRecord(own.key_id, own.sealed))
        with self._book.begin() as connection:
            has_vouched = self._book.member in entries.corroborators(connection, own.entry)
            is_signed = self._book.member in entries.corroborators(connection, listed.entry)
        is_over = listed.entry == own.entry or listed.standing(now) in ENDED
        if clear is None or is_over or not has_vouched:
            self._forget(own)
            return False
        if is_signed:
            self._move(own, listed)
            return False
        known = KnownPerson.from_json(clear)
        if listed.facts != known.says:
            self._forget(own)
            return False
        # A disputed one waits for the decision.
        return listed.standing(now) in RELIED_ON and self._sign_again(own, known, listed)

    def _sign_again(self, own: OwnCorroboration, known: KnownPerson, listed: ListedEntry) -> bool:
        name = sha256(named("vouch", known.salt, listed.entry))
        subject = InquirySubject(known.identifier, known.evidence.hex())
        try:
            date, signature = self._sign(listed, subject, Purpose.ROTATION, name)
        except RefusedError as error:
            if error.code != "corroboration-other-person":
                raise
            self._forget(own)
            return False
        self.revising.contract.corroborate(listed.entry, date, signature)
        self._move(own, listed)
        return True

    def _sign(
        self, listed: ListedEntry, subject: InquirySubject, purpose: Purpose, name: bytes | None
    ) -> tuple[datetime, RecoverableSignature]:
        preparer, now = self.revising.listing.preparer, self._book.clock.now()
        (secret,) = preparer.inquirer.ask([subject], purpose, NODE, name=name)
        keys, place = preparer.entry_keys, self.revising.place
        digest = corroboration_digest(place, listed.entry, corroborator=self._book.member, date=now)
        with secret, entry_key(secret, listed.entry) as key:
            if keys.address(key) != listed.key:
                raise RefusedError("corroboration-other-person")
            return now, keys.sign(key, digest)

    def _keep(self, entry: bytes, known: KnownPerson) -> OwnCorroboration:
        """Store whom this member vouches about, instead of what it stored about the same entry before."""
        with self._book.begin() as connection:
            before = own_corroborations.find(connection, entry)
        if before is not None:
            self._forget(before)
        record = self.records.seal(known.to_json())
        with self._book.begin() as connection:
            own = OwnCorroboration(entry, record.key_id, record.sealed)
            own_corroborations.put(connection, own)
        return own

    def _move(self, own: OwnCorroboration, listed: ListedEntry) -> None:
        with self._book.begin() as connection:
            is_kept = own_corroborations.find(connection, listed.entry) is not None
            if not is_kept:
                own_corroborations.move(connection, own.entry, listed.entry)
        if is_kept:
            self._forget(own)

    def _forget(self, own: OwnCorroboration) -> None:
        self.records.destroy(own.key_id)
        with self._book.begin() as connection:
            own_corroborations.forget(connection, own.entry)

    @property
    def _book(self) -> OwnBook:
        return self.revising.listing.book
