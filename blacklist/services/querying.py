"""Asking about one person, and what is kept of a hit until a person has reviewed it.

* A query names its purpose and the person's authorisation; without either nothing is asked.
* A phone, a device or an address alone hits nobody: what is found by it is shown as a hint, and kept only
  when a lasting identifier of the same query hit an entry too.
* A hit is never a decision. It waits until a person has reviewed it, and the review is sealed.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from blacklist.domain.chronicle.keys import KeyState
from blacklist.domain.entries.law import RunningMode, check_asking, check_authorisation
from blacklist.domain.identifiers.identifier import Identifier
from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.evaluating import NUMBERS
from blacklist.services.inquiring import Inquirer, InquirySubject
from blacklist.services.matching import FoundEntry, Matcher
from blacklist.services.sealed_records import SealedRecord, SealedRecords
from blacklist.store import hits
from blacklist.store.hits import Hit
from ledger.errors import RefusedError
from ledger.evidence.instants import format_instant
from ledger.primitives.canonical import JsonValue

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
    """

    state: Callable[[], KeyState]
    inquirer: Inquirer
    matcher: Matcher
    records: SealedRecords
    mode: RunningMode

    def query(self, person: Person, purpose: Purpose, by: str) -> Sequence[KeptHit]:
        """Return the entries about a person, each kept as a hit; none is the usual answer.

        Raises:
            RefusedError: no authorisation, no identifier, no key of a type, or over a budget.
            UnavailableError: too few holders answer.
        """
        check_authorisation(person.authorisation)
        if not person.identifiers:
            raise RefusedError("query-without-identifier")
        found: list[FoundEntry] = []
        for identifier in person.identifiers:
            matched = self.match([identifier], [person.authorisation], purpose, by)
            found.extend(matched.get(0, ()))
        return self.keep(person, found, purpose)

    def match(
        self,
        identifiers: Sequence[Identifier],
        authorisations: Sequence[str],
        purpose: Purpose,
        by: str,
    ) -> Mapping[int, Sequence[FoundEntry]]:
        """Return the entries about identifiers of one type, by their place; most have none.

        Raises:
            RefusedError: without a licence something else than test data; no key of the type; over a budget.
            UnavailableError: too few holders answer.
        """
        check_asking(identifiers, self.mode)
        kind = identifiers[0].type
        subjects = list(map(InquirySubject, identifiers, authorisations))
        held = self.state().keys.get(NUMBERS[kind])
        if held is None:
            raise RefusedError("blacklist-no-key")
        secrets = self.inquirer.ask(subjects, purpose, by)
        try:
            return self.matcher.match(kind, secrets, held.key_epoch)
        finally:
            for secret in secrets:
                secret.wipe()

    def keep(
        self, person: Person, found: Sequence[FoundEntry], purpose: Purpose
    ) -> Sequence[KeptHit]:
        """Keep what was found about a person; hints only beside a hit that stands by itself."""
        if all(each.alone for each in found):
            return [KeptHit(None, each) for each in found]
        return [KeptHit(self._keep(person, each, purpose), each) for each in found]

    def _keep(self, person: Person, found: FoundEntry, purpose: Purpose) -> bytes:
        hit_id = os.urandom(HIT_BYTES)
        clear: JsonValue = {
            "reference": person.reference,
            "authorisation": person.authorisation,
            "standing": found.standing.value,
            "facts": found.facts.to_json(),
        }
        record: SealedRecord = self.records.seal(clear)
        kept = Hit(
            hit=hit_id,
            entry=found.listed.entry,
            purpose=purpose.value,
            found_at=format_instant(self.matcher.clock.now()),
            key_id=record.key_id,
            sealed=record.sealed,
        )
        with self.matcher.begin() as connection:
            hits.put(connection, kept)
        return hit_id
