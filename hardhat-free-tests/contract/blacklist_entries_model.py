"""The second half of the model: entries, the clocks of the law, and the rights of the person concerned."""

from dataclasses import dataclass, field, replace

from contract.blacklist_entries import (
    ACTIVE,
    CORRECTED,
    DECIDED_CORRECTED,
    DECIDED_WITHDRAWN,
    DISPUTE_PAUSE,
    DISPUTE_TERM,
    DISPUTED,
    EXPIRED,
    MAX_TERM,
    NO_DECISION,
    OVERDUE,
    WITHDRAWN,
)
from contract.blacklist_model import Ceremonies
from contract.model import Refusal


@dataclass
class Entry:
    reporter: int
    key_epoch: int
    listed_at: int
    expires_at: int
    facts: bytes
    identifier_type: int
    disputed_at: int | None = None
    corrected: bool = False
    withdrawn: bool = False
    corroborators: set[int] = field(default_factory=set)
    disputes: dict[tuple[int, bytes], int] = field(default_factory=dict)

    def standing(self, now: int) -> int:
        if self.withdrawn:
            return WITHDRAWN
        if now >= self.expires_at:
            return EXPIRED
        if self.disputed_at is not None:
            return DISPUTED if now <= self.disputed_at + DISPUTE_TERM else OVERDUE
        return CORRECTED if self.corrected else ACTIVE


class BlacklistModel(Ceremonies):
    def __init__(self, members: int, phase_seconds: int) -> None:
        super().__init__(members, phase_seconds)
        self.entries: dict[bytes, Entry] = {}

    def list(
        self,
        number: int,
        entry: bytes,
        *,
        identifier_type: int,
        key_epoch: int,
        expires_at: int,
        facts: bytes,
        now: int,
    ) -> None:
        self.require(number)
        if entry in self.entries:
            raise Refusal("EntryExists")
        key = self.keys.get(identifier_type)
        if key is None or key.key_epoch != key_epoch:
            raise Refusal("WrongEpoch")
        if not now < expires_at <= now + MAX_TERM:
            raise Refusal("InvalidExpiry")
        self.entries[entry] = Entry(number, key_epoch, now, expires_at, facts, identifier_type)

    def renew(
        self, number: int, old: bytes, entry: bytes, *, facts: bytes, key_epoch: int, now: int
    ) -> None:
        self._own(number, old)
        before = self._relied(old, now)
        if before.facts != facts:
            raise Refusal("FactsChanged")
        if entry in self.entries:
            raise Refusal("EntryExists")
        current = self.keys[before.identifier_type].key_epoch
        if key_epoch != current or before.key_epoch == current:
            raise Refusal("WrongEpoch")
        self.entries[entry] = replace(before, key_epoch=current, corroborators=set(), disputes={})
        before.withdrawn = True

    def corroborate(self, number: int, entry: bytes, now: int, *, signed: bool) -> None:
        self.require(number)
        found = self._relied(entry, now)
        if found.reporter == number:
            raise Refusal("OwnEntry")
        if number in found.corroborators:
            raise Refusal("AlreadyCorroborated")
        if not signed:
            raise Refusal("InvalidCorroboration")
        found.corroborators.add(number)

    def dispute(self, number: int, entry: bytes, now: int) -> None:
        self.require(number)
        found = self._relied(entry, now)
        last = found.disputes.get((number, found.facts))
        if last is not None and now < last + DISPUTE_PAUSE:
            raise Refusal("DisputedLately")
        found.disputes[number, found.facts] = found.disputed_at = now

    def decide(
        self, number: int, entry: bytes, decision: int, facts: bytes, expires_at: int, now: int
    ) -> None:
        found = self._own(number, entry)
        if found.standing(now) not in (DISPUTED, OVERDUE):
            raise Refusal("WrongStanding")
        names_facts = any(facts) or expires_at != 0
        if decision == NO_DECISION or (decision != DECIDED_CORRECTED and names_facts):
            raise Refusal("InvalidDecision")
        found.disputed_at = None
        if decision == DECIDED_CORRECTED:
            self._correct(found, facts, expires_at, now)
        found.withdrawn = decision == DECIDED_WITHDRAWN

    def correct(self, number: int, entry: bytes, facts: bytes, expires_at: int, now: int) -> None:
        self._own(number, entry)
        self._correct(self._relied(entry, now), facts, expires_at, now)

    def withdraw(self, number: int, entry: bytes) -> None:
        found = self._own(number, entry)
        if found.withdrawn:
            raise Refusal("WrongStanding")
        found.withdrawn, found.disputed_at = True, None

    def _correct(self, found: Entry, facts: bytes, expires_at: int, now: int) -> None:
        if not any(facts):
            raise Refusal("InvalidListing")
        if not now < expires_at <= found.listed_at + MAX_TERM:
            raise Refusal("InvalidExpiry")
        found.facts, found.expires_at, found.corrected = facts, expires_at, True

    def _entry(self, entry: bytes) -> Entry:
        if entry not in self.entries:
            raise Refusal("UnknownEntry")
        return self.entries[entry]

    def _own(self, number: int, entry: bytes) -> Entry:
        self.require(number)
        found = self._entry(entry)
        if found.reporter != number:
            raise Refusal("NotReporter")
        return found

    def _relied(self, entry: bytes, now: int) -> Entry:
        found = self._entry(entry)
        if found.standing(now) not in (ACTIVE, CORRECTED):
            raise Refusal("WrongStanding")
        return found
