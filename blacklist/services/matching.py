"""Matching evaluated identifiers against the index: locally, so that nobody learns who was hit.

An entry counts only if its reporter evaluated the identifier: its details open, are what the chain commits
to, and its key on chain is the one that the identifier gives. Copied tags fail all three. One that goes on
under a newer key is found by either tag, and what is found is the newer one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blacklist.curve.secret import Secret
from blacklist.domain.entries.details import open_details
from blacklist.domain.entries.facts import Facts, today_in_china
from blacklist.domain.entries.law import WEAK
from blacklist.domain.entries.rows import IndexRow
from blacklist.domain.entries.standing import ENDED, EntryStanding, ListedEntry
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.oprf.tags import entry_key, tag_of
from blacklist.ports.entry_keys import EntryKeys
from blacklist.store import entries, entry_rows
from ledger.ports.clock import Clock
from ledger.store.transactions import Begin


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry about an identifier.

    Attributes:
        listed: as the chain has it.
        standing: now.
        facts: what it says.
        corroborators: members that vouched for it.
        alone: it is about a phone, a device or an address, which alone hit nobody.
        current: whether today lies in the interval of such an identifier.
    """

    listed: ListedEntry
    standing: EntryStanding
    facts: Facts
    corroborators: tuple[bytes, ...]
    alone: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Matcher:
    """Matches by tag.

    Attributes:
        begin: opens a write transaction.
        read: opens one for reading.
        entry_keys: derives the keys on chain.
        clock: this machine's.
    """

    begin: Begin
    read: Begin
    entry_keys: EntryKeys
    clock: Clock

    def match(
        self, identifiers: IdentifierType, secrets: Sequence[Secret], key_epoch: int
    ) -> Mapping[int, Sequence[FoundEntry]]:
        """Return the entries that stand and count, by the place of their identifier; most have none.

        Args:
            identifiers: type of all.
            secrets: of evaluated identifiers.
            key_epoch: they were evaluated under.
        """
        places: dict[bytes, list[int]] = {}
        for place, secret in enumerate(secrets):
            places.setdefault(tag_of(secret, key_epoch), []).append(place)
        with self.read() as connection:
            candidates = entries.with_tags(connection, list(places))
            rows = entry_rows.rows(connection, [listed.entry for _, listed in candidates])
        by_entry = {row.entry: row for row in map(IndexRow.read, rows)}
        found: dict[int, list[FoundEntry]] = {}
        for tag, listed in candidates:
            first, row = places[tag][0], by_entry.get(listed.entry)
            match = None if row is None else self._examine(identifiers, secrets[first], listed, row)
            if match is not None:
                for place in places[tag]:
                    found.setdefault(place, []).append(match)
        return found

    def _examine(
        self, identifiers: IdentifierType, secret: Secret, listed: ListedEntry, row: IndexRow
    ) -> FoundEntry | None:
        now = self.clock.now()
        said = open_details(secret, row, listed)
        if said is None:
            return None
        with entry_key(secret, listed.entry) as key:
            if self.entry_keys.address(key) != listed.key:
                return None
        with self.read() as connection:
            current = entries.latest(connection, listed.entry) or listed
            vouching = tuple(entries.corroborators(connection, current.entry))
        standing = current.standing(now)
        if standing in ENDED or current.facts != listed.facts:
            return None
        facts, today = said.facts, today_in_china(now)
        in_force = (facts.valid_from is None or facts.valid_from <= today) and (
            facts.valid_until is None or today <= facts.valid_until
        )
        alone = identifiers in WEAK
        return FoundEntry(current, standing, facts, vouching, alone, in_force)
