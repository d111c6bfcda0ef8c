"""Watching customers: their tags are compared with what is new in the index, in this member's rounds.

* Watching begins with one counted evaluation (purpose monitoring), which gives the tag. The tag, the
  identifier and the bank's numbers are sealed under a record key of this item's own.
* Who began to be watched while the key before is still read is examined once under both keys.
* A fresh tag is compared with the whole index, once; afterwards each row that is new or was corrected is
  compared with all tags. Comparing is local and tells nobody anything.
* A tag that is equal is no hit: the identifier is evaluated again, counted and logged as the inquiry that it
  is (征信业管理条例 22), and the matcher decides; copied tags end there.
* When a relationship ends, the record key is destroyed at once and the row deleted.
* When the key of a type is replaced, every tag is made anew (purpose rotation) and is fresh again; what was
  found before is not announced a second time.
* What a round asks is named by its items and by the rows that it compares them with: asked again after a
  crash it is the same request, which costs nothing. Another row makes it another question.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from blacklist.domain.chronicle.keys import HeldKey
from blacklist.domain.entries.law import check_asking, check_authorisation, check_purpose
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.oprf.framing import named
from blacklist.domain.oprf.tags import tag_of
from blacklist.domain.protocol.elements import MAX_ELEMENTS
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.screening.monitoring import (
    MonitoringPurpose,
    WatchedPerson,
    check_lasting,
    said_in,
)
from blacklist.services.evaluating import NUMBERS, TYPES
from blacklist.services.inquiring import InquirySubject
from blacklist.services.matching import FoundEntry
from blacklist.services.querying import Person, Querying, store_hits
from blacklist.services.sealed_records import SealedRecord
from blacklist.store import entries, monitors
from blacklist.store.hits import Hit
from blacklist.store.monitors import MonitoredItem, NewRow
from ledger.errors import IntegrityError, RefusedError
from ledger.evidence.instants import format_instant, parse_instant

ITEM_BYTES: Final = 16
ACTOR: Final = "monitoring"
"""Who asks, in the log of requests, when no person does."""
_ROWS: Final = 4096


@dataclass(frozen=True, slots=True, repr=False)
class OpenItem:
    """A monitored item with what it says to its own member only."""

    item: MonitoredItem
    person: WatchedPerson
    tag: bytes


@dataclass(frozen=True, slots=True)
class Monitoring:
    """Watches.

    Attributes:
        querying: asks, matches and makes hits.
        relationship_index: makes the blind index under which the items of a customer are found.
    """

    querying: Querying
    relationship_index: Callable[[str], bytes]

    def add(
        self,
        persons: Sequence[WatchedPerson],
        purpose: MonitoringPurpose,
        by: str,
        *,
        name: bytes | None = None,
    ) -> Sequence[bytes]:
        """Begin to watch, and return the items' ids; what is listed already is found in the next round.

        Args:
            persons: 1 to ``MAX_ELEMENTS``, all identifiers of one type.
            purpose: that the persons agreed to.
            by: who asks for it.
            name: see ``Inquirer.ask``.

        Raises:
            RefusedError: no authorisation, a purpose that persons did not agree to, a type that alone hits
                nobody, without a licence no test data, no key of the type.
            UnavailableError: too few holders answer.
        """
        kind = persons[0].identifier.type
        check_purpose(Purpose.MONITORING, self.querying.agreed)
        check_lasting(kind)
        for each in persons:
            check_authorisation(each.authorisation)
        check_asking([each.identifier for each in persons], self.querying.mode)
        tags, held = self._tags(persons, Purpose.MONITORING, by, name)
        sealed = self.querying.records.seal_many(
            [person.to_json(tag) for person, tag in zip(persons, tags, strict=True)]
        )
        items = [
            MonitoredItem(
                item=os.urandom(ITEM_BYTES),
                identifiers=NUMBERS[kind],
                key_epoch=held.key_epoch,
                fresh=True,
                purpose=purpose.value,
                key_id=record.key_id,
                sealed=record.sealed,
                since=format_instant(self.querying.matcher.clock.now()),
                started_by=by,
                relationship=self.relationship_index(person.reference),
            )
            for person, record in zip(persons, sealed, strict=True)
        ]
        with self.querying.matcher.begin() as connection:
            monitors.put(connection, items)
        return [each.item for each in items]

    def end(self, item: bytes) -> None:
        """Stop watching: the record key is destroyed, and with it identifier and tag.

        Raises:
            RefusedError: ``monitoring-unknown``.
        """
        with self.querying.matcher.read() as connection:
            found = monitors.find(connection, item)
        if found is None:
            raise RefusedError("monitoring-unknown")
        self._forget(found)

    def end_relationship(self, reference: str) -> int:
        """Stop watching all identifiers of a customer, and return how many they were.

        Args:
            reference: the bank's own number of the customer; an empty one is nobody's.
        """
        if not reference:
            return 0
        self._index_older()
        with self.querying.matcher.read() as connection:
            ended = monitors.of_relationship(connection, self.relationship_index(reference))
        for each in ended:
            self._forget(each)
        return len(ended)

    def _index_older(self) -> None:
        """Make the blind index of items from before it was kept, once."""
        while True:
            with self.querying.matcher.read() as connection:
                items = monitors.without_relationship(connection, _ROWS)
            if not items:
                return
            opened = self._opened(items)
            with self.querying.matcher.begin() as connection:
                for each in opened:
                    relationship = self.relationship_index(each.person.reference)
                    monitors.set_relationship(connection, each.item.item, relationship)

    def every(self) -> Iterator[OpenItem]:
        """Return all items, opened one after the other."""
        return self._pages(lambda connection, after: monitors.page(connection, after, _ROWS))

    def round(self, kind: IdentifierType) -> int:
        """Tag anew what a replaced key needs, compare what is new, and return how many hits there are.

        Raises:
            LedgerError: something does not answer, or a budget is used up; the next round goes on there.
        """
        held = self.querying.state().keys.get(NUMBERS[kind])
        if held is None:
            return 0
        self._retag(kind, held)
        return self._look_at_new_rows(kind) + self._look_for_fresh(kind)

    def _retag(self, kind: IdentifierType, held: HeldKey) -> None:
        number = NUMBERS[kind]
        while True:
            with self.querying.matcher.read() as connection:
                older = monitors.of_older_keys(connection, number, held.key_epoch, MAX_ELEMENTS)
            opened = self._opened(older)
            if not opened:
                return
            persons = [each.person for each in opened]
            name = question_of(
                Purpose.ROTATION, held.key_epoch, (each.item.item for each in opened)
            )
            tags, key = self._tags(persons, Purpose.ROTATION, ACTOR, name)
            with self.querying.matcher.begin() as connection:
                for each, tag in zip(opened, tags, strict=True):
                    item = replace(each.item, key_epoch=key.key_epoch, fresh=True)
                    if (sealed := self._sealed(item, each.person, tag)) is not None:
                        monitors.change(connection, sealed)

    def _look_for_fresh(self, kind: IdentifierType) -> int:
        found = 0
        while True:
            with self.querying.matcher.read() as connection:
                items = monitors.fresh(connection, NUMBERS[kind], MAX_ELEMENTS)
            if not items:
                return found
            opened = self._opened(items)
            with self.querying.matcher.read() as connection:
                listed = entries.with_tags(connection, [each.tag for each in opened])
            rows = _by_tag((tag, each.entry + each.facts) for tag, each in listed)
            since = self.querying.read_under_two_since(kind)
            examined = [each for each in opened if each.tag in rows or _is_younger(each, since)]
            found += self._examine(examined, rows)
            with self.querying.matcher.begin() as connection:
                monitors.compared(connection, [each.item for each in items])

    def _look_at_new_rows(self, kind: IdentifierType) -> int:
        found = 0
        while new := self._new_rows(kind):
            rows = _by_tag((each.tag, each.entry + each.facts) for each in new)
            # Fresh ones are compared with the whole index next, these rows included.
            older = (each for each in self._of_type(kind) if not each.item.fresh)
            equal = [each for each in older if each.tag in rows]
            for start in range(0, len(equal), MAX_ELEMENTS):
                found += self._examine(equal[start : start + MAX_ELEMENTS], rows)
            with self.querying.matcher.begin() as connection:
                monitors.looked(connection, new)
        return found

    def _new_rows(self, kind: IdentifierType) -> Sequence[NewRow]:
        with self.querying.matcher.read() as connection:
            return monitors.new_rows(connection, NUMBERS[kind], _ROWS)

    def _examine(self, equal: Sequence[OpenItem], rows: Mapping[bytes, bytes]) -> int:
        """Evaluate those whose tag is equal to a row's; keep and count the hits that are new."""
        if not equal:
            return 0
        compared = (part for each in equal for part in (each.item.item, rows.get(each.tag, b"")))
        name = question_of(Purpose.MONITORING, equal[0].item.key_epoch, compared)
        matched = self.querying.match(
            [each.person.identifier for each in equal],
            [each.person.authorisation for each in equal],
            Purpose.MONITORING,
            ACTOR,
            name=name,
        )
        return sum(self._keep(equal[place], found) for place, found in matched.items())

    def _keep(self, opened: OpenItem, found: Sequence[FoundEntry]) -> int:
        """Keep hits, and in the same transaction what the item knows by them."""
        person = opened.person
        new = {said_in(each.listed): each for each in found if not self._knows(person, each)}
        if not new:
            return 0
        item = self._sealed(opened.item, person.knowing(*new), opened.tag)
        if item is None:
            return 0
        who = Person((person.identifier,), person.authorisation, person.reference)
        made = self.querying.prepare(who, list(new.values()), Purpose.MONITORING)
        kept: list[Hit] = [hit for hit, _ in made if hit is not None]
        with self.querying.matcher.begin() as connection:
            store_hits(connection, kept)
            monitors.change(connection, item)
        return len(kept)

    def _knows(self, person: WatchedPerson, found: FoundEntry) -> bool:
        """Tell whether an entry was found before, be it under the key before, and says what it said."""
        with self.querying.matcher.read() as connection:
            same = entries.family(connection, found.listed.entry)
        said = (said_in(replace(found.listed, entry=each)) for each in same)
        return not set(person.known).isdisjoint(said)

    def _tags(
        self, persons: Sequence[WatchedPerson], purpose: Purpose, by: str, name: bytes | None
    ) -> tuple[Sequence[bytes], HeldKey]:
        """Return the tags under the key in force, and that key."""
        held = self.querying.state().keys.get(NUMBERS[persons[0].identifier.type])
        if held is None:
            raise RefusedError("blacklist-no-key")
        subjects = [InquirySubject(each.identifier, each.authorisation) for each in persons]
        secrets = self.querying.inquirer.ask(subjects, purpose, by, held, name=name)
        try:
            return [tag_of(secret, held.key_epoch) for secret in secrets], held
        finally:
            for secret in secrets:
                secret.wipe()

    def _sealed(
        self, item: MonitoredItem, person: WatchedPerson, tag: bytes
    ) -> MonitoredItem | None:
        """Return an item as it is to be stored; ``None`` when it was ended meanwhile."""
        try:
            sealed = self.querying.records.reseal(item.key_id, person.to_json(tag))
        except IntegrityError as error:
            if error.code != "record-erased":
                raise
            return None
        return replace(item, sealed=sealed)

    def _of_type(self, kind: IdentifierType) -> Iterator[OpenItem]:
        number = NUMBERS[kind]
        return self._pages(
            lambda connection, after: monitors.of_type(connection, number, after, _ROWS)
        )

    def _pages(
        self, read: Callable[[Connection, bytes], Sequence[MonitoredItem]]
    ) -> Iterator[OpenItem]:
        after = b""
        while True:
            with self.querying.matcher.read() as connection:
                items = read(connection, after)
            if not items:
                return
            yield from self._opened(items)
            after = items[-1].item

    def _opened(self, items: Sequence[MonitoredItem]) -> Sequence[OpenItem]:
        """Open items; one whose key is gone was ended, and its row goes too."""
        opened = []
        for item in items:
            clear = self.querying.records.open(SealedRecord(item.key_id, item.sealed))
            if clear is None:
                self._forget(item)
            else:
                kind = TYPES[item.identifiers]
                opened.append(OpenItem(item, *WatchedPerson.from_json(clear, kind)))
        return opened

    def _forget(self, item: MonitoredItem) -> None:
        self.querying.records.destroy(item.key_id)
        with self.querying.matcher.begin() as connection:
            monitors.forget(connection, item.item)


def question_of(purpose: Purpose, key_epoch: int, parts: Iterable[bytes]) -> bytes:
    """Return the name of a question; ids of items are random, so that nobody can guess it.

    Args:
        purpose: of the question.
        key_epoch: of the tags that are made or were compared.
        parts: ids of items in their order, each followed by the rows that it was compared with.
    """
    head = (purpose.value.encode("ascii"), key_epoch.to_bytes(4, "big"))
    return hashlib.sha256(named("monitoring", *head, *parts)).digest()


def _is_younger(opened: OpenItem, since: datetime | None) -> bool:
    """Tell whether an item was never compared under the key before, which is still read."""
    return since is not None and parse_instant(opened.item.since) >= since


def _by_tag(rows: Iterable[tuple[bytes, bytes]]) -> Mapping[bytes, bytes]:
    """Return for each tag a digest of the rows that have it, whatever their order."""
    found: dict[bytes, list[bytes]] = {}
    for tag, row in rows:
        found.setdefault(tag, []).append(row)
    return {
        tag: hashlib.sha256(named("monitoring-rows", *sorted(each))).digest()
        for tag, each in found.items()
    }
