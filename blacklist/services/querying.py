"""Asking about one person, and what is kept of a hit until a person has reviewed it.

* A query names its purpose and the person's authorisation; without either nothing is asked.
* A phone, a device or an address alone hits nobody: what is found by it is shown as a hint, and kept only
  when a lasting identifier of the same query hit an entry too.
* What refuses a query is looked at before the first identifier is evaluated. When one cannot be evaluated the
  others are all the same: what they hit is kept, for it was asked, and the error names what was not.
* A hit is never a decision. It waits until a person has reviewed it, and the review is sealed.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from blacklist.domain.chronicle.keys import DUAL_READ, HeldKey, KeyState
from blacklist.domain.entries.law import (
    BY_AGREEMENT,
    RunningMode,
    check_asking,
    check_authorisation,
    check_purpose,
)
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType
from blacklist.domain.oprf.framing import named
from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.evaluating import NUMBERS
from blacklist.services.inquiring import Inquirer, InquirySubject
from blacklist.services.matching import FoundEntry, Matcher
from blacklist.services.sealed_records import SealedRecord, SealedRecords
from blacklist.store import entries, hits
from blacklist.store.hits import Hit
from ledger.errors import LedgerError, RefusedError, UnavailableError
from ledger.evidence.instants import format_instant
from ledger.primitives.canonical import JsonValue
from ledger.primitives.digest import sha256

HIT_BYTES: Final = 16


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """Whom a query is about.

    Attributes:
        identifiers: of this one person.
        authorisation: the bank's own number of the person's written authorisation.
        reference: the bank's own number of the customer.
    """

    identifiers: tuple[Identifier, ...]
    authorisation: str
    reference: str

    def __repr__(self) -> str:
        return "Person(hidden)"


@dataclass(frozen=True, slots=True)
class KeptHit:
    """A hit with its id; ``None`` for a hint, which is not kept."""

    hit: bytes | None
    found: FoundEntry


@dataclass(frozen=True, slots=True)
class Querying:
    """Asks.

    Attributes:
        state: the state of keys, as far as the chain was followed.
        inquirer: has identifiers evaluated.
        matcher: finds entries.
        records: encrypts what names persons.
        mode: under what the blacklist is run.
        dual_read: how long the key before the one in force stays readable.
        agreed: purposes that this member agreed with persons.
    """

    state: Callable[[], KeyState]
    inquirer: Inquirer
    matcher: Matcher
    records: SealedRecords
    mode: RunningMode
    dual_read: timedelta = DUAL_READ
    agreed: frozenset[Purpose] = BY_AGREEMENT

    def query(
        self, person: Person, purpose: Purpose, by: str, *, name: bytes | None = None
    ) -> Sequence[KeptHit]:
        """Return the entries about a person, each kept as a hit; none is the usual answer.

        Args:
            person: whom.
            purpose: why.
            by: who asks.
            name: of this query, unguessable, where it may be made again: servers count it once, and its hits
                are kept once.

        Raises:
            RefusedError: no authorisation, no identifier, a purpose that was not agreed, without a licence
                something else than test data, or no key of a type; nothing was asked.
            UnavailableError: too few holders answer, perhaps since a budget is used up; ``query-incomplete``
                when some identifiers were evaluated and some not: hits of the former are kept.
        """
        self._check(person, purpose)
        found: list[FoundEntry] = []
        failed: list[tuple[IdentifierType, LedgerError]] = []
        for place, identifier in enumerate(person.identifiers):
            part = None if name is None else sha256(named("query", name, bytes([place])))
            try:
                matched = self.match([identifier], [person.authorisation], purpose, by, name=part)
            except LedgerError as error:
                failed.append((identifier.type, error))
            else:
                found.extend(matched.get(0, ()))
        if len(failed) == len(person.identifiers):
            raise failed[0][1]
        kept = self.keep(person, found, purpose, name=name)
        if failed:
            missing = ", ".join(dict.fromkeys(kind.value for kind, _ in failed))
            hit = sum(each.hit is not None for each in kept)
            raise UnavailableError("query-incomplete", missing=missing, kept=hit) from failed[0][1]
        return kept

    def _check(self, person: Person, purpose: Purpose) -> None:
        """Return when a query may be asked; raises as ``query``."""
        check_authorisation(person.authorisation)
        if not person.identifiers:
            raise RefusedError("query-without-identifier")
        check_asking(person.identifiers, self.mode)
        check_purpose(purpose, self.agreed)
        for kind in {each.type for each in person.identifiers}:
            self._keys(kind)

    def match(
        self,
        identifiers: Sequence[Identifier],
        authorisations: Sequence[str],
        purpose: Purpose,
        by: str,
        *,
        name: bytes | None = None,
    ) -> Mapping[int, Sequence[FoundEntry]]:
        """Return the entries about identifiers of one type, by their place; most have none.

        Args:
            identifiers: 1 to ``MAX_ELEMENTS``.
            authorisations: of each.
            purpose: why.
            by: who asks.
            name: see ``Inquirer.ask``.

        Raises:
            RefusedError: without a licence something else than test data; a purpose that was not agreed; no
                key of the type; over a budget.
            UnavailableError: too few holders answer.
        """
        check_asking(identifiers, self.mode)
        check_purpose(purpose, self.agreed)
        kind = identifiers[0].type
        subjects = list(map(InquirySubject, identifiers, authorisations))
        found: dict[int, list[FoundEntry]] = {}
        for held in self._keys(kind):
            secrets = self.inquirer.ask(subjects, purpose, by, held, name=name)
            try:
                matched = self.matcher.match(kind, secrets, held.key_epoch)
            finally:
                for secret in secrets:
                    secret.wipe()
            for place, some in matched.items():
                found[place] = with_older(found.get(place, []), some)
        return found

    def _keys(self, kind: IdentifierType) -> Sequence[HeldKey]:
        """Return the keys to ask under: the one in force, and for a while one that entries are still of."""
        number, now = NUMBERS[kind], self.matcher.clock.now()
        readable = self.state().readable(number, now, self.dual_read)
        if not readable:
            raise RefusedError("blacklist-no-key")
        with self.matcher.read() as connection:
            return [
                held
                for place, held in enumerate(readable)
                if place == 0 or entries.has_row(connection, number, held.key_epoch, now)
            ]

    def read_under_two_since(self, kind: IdentifierType) -> datetime | None:
        """Return since when entries of a type are read under two keys; ``None`` when they are not."""
        before = self.state().previous.get(NUMBERS[kind])
        return before.replaced_at if before is not None and len(self._keys(kind)) > 1 else None

    def keep(
        self,
        person: Person,
        found: Sequence[FoundEntry],
        purpose: Purpose,
        *,
        name: bytes | None = None,
    ) -> Sequence[KeptHit]:
        """Keep what was found about a person; hints only beside a hit that stands by itself."""
        kept = self.prepare(person, found, purpose, name)
        with self.matcher.begin() as connection:
            again = store_hits(connection, [hit for hit, _ in kept if hit is not None])
        for hit in again:
            self.records.destroy(hit.key_id)
        return [shown for _, shown in kept]

    def prepare(
        self,
        person: Person,
        found: Sequence[FoundEntry],
        purpose: Purpose,
        name: bytes | None = None,
    ) -> Sequence[tuple[Hit | None, KeptHit]]:
        """Return hits that whoever calls this stores, in a transaction of its own; no hit for a hint."""
        if all(each.alone for each in found):
            return [(None, KeptHit(None, each)) for each in found]
        made = [self._hit(person, each, purpose, name) for each in found]
        return [(hit, KeptHit(hit.hit, each)) for hit, each in zip(made, found, strict=True)]

    def _hit(self, person: Person, found: FoundEntry, purpose: Purpose, name: bytes | None) -> Hit:
        clear: JsonValue = {
            "reference": person.reference,
            "authorisation": person.authorisation,
            "standing": found.standing.value,
            "facts": found.facts.to_json(),
        }
        record: SealedRecord = self.records.seal(clear)
        return Hit(
            hit=_hit_id(name, found.listed.entry),
            entry=found.listed.entry,
            purpose=purpose.value,
            found_at=format_instant(self.matcher.clock.now()),
            key_id=record.key_id,
            sealed=record.sealed,
        )


def store_hits(connection: Connection, found: Sequence[Hit]) -> Sequence[Hit]:
    """Store hits, each on the entry that its own goes on in by now; return those that were here already."""
    again = []
    for hit in found:
        if hits.find(connection, hit.hit) is not None:
            again.append(hit)
            continue
        listed = entries.latest(connection, hit.entry)
        hits.put(connection, hit if listed is None else replace(hit, entry=listed.entry))
    return again


def _hit_id(name: bytes | None, entry: bytes) -> bytes:
    """Return the id of a hit; the same one for the same query, where that has a name."""
    if name is None:
        return os.urandom(HIT_BYTES)
    return sha256(named("hit", name, entry))[:HIT_BYTES]


def with_older(newer: Sequence[FoundEntry], older: Sequence[FoundEntry]) -> list[FoundEntry]:
    """Add entries that were found under the key before and not under the one in force."""
    known = {each.listed.entry for each in newer}
    return [*newer, *(each for each in older if each.listed.entry not in known)]
