"""Watching customers in a node: begun and ended by people or from a screened file, looked after in rounds."""

import hashlib
import os
from dataclasses import dataclass, field

import structlog

from blacklist.domain.entries.law import WEAK
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType
from blacklist.domain.protocol.elements import MAX_ELEMENTS
from blacklist.domain.screening.monitoring import MonitoringPurpose, WatchedPerson, said_in
from blacklist.services.monitoring import Monitoring
from blacklist.services.screening import BatchOutcome, OpenJob, question_name
from ledger.errors import LedgerError
from node.audit.entries import AuditEntry
from node.blacklist.entries import Entries
from node.identity.permissions import Permission, Principal

_log = structlog.get_logger("lianzheng.blacklist")


def watching(entries: Entries) -> Monitoring:
    """Return what watches customers here."""
    return Monitoring(entries.querying, entries.node.lookups.relationship)


def begin(
    entries: Entries, person: WatchedPerson, purpose: MonitoringPurpose, by: Principal
) -> bytes:
    """Begin to watch one customer, and return the item's id.

    Raises:
        NotPermittedError: the person may not.
        LedgerError: see ``Monitoring.add``.
    """
    by.require(Permission.BLACKLIST_QUERY)
    (item,) = watching(entries).add([person], purpose, by.actor)
    details: dict[str, str | int | bool] = {"purpose": purpose.value}
    entries.node.trail.record(AuditEntry(by.actor, "blacklist.monitor", item.hex(), details))
    return item


def end(entries: Entries, item: bytes, by: Principal) -> None:
    """Stop watching one identifier; raises as ``Monitoring.end``."""
    by.require(Permission.BLACKLIST_QUERY)
    watching(entries).end(item)
    entries.node.trail.record(AuditEntry(by.actor, "blacklist.unmonitor", item.hex(), {}))


def end_relationship(entries: Entries, reference: str, by: Principal) -> int:
    """Stop watching all identifiers of a customer, and return how many they were."""
    by.require(Permission.BLACKLIST_QUERY)
    ended = watching(entries).end_relationship(reference)
    details: dict[str, str | int | bool] = {"ended": ended}
    entries.node.trail.record(AuditEntry(by.actor, "blacklist.unmonitor", None, details))
    return ended


def look(entries: Entries) -> int:
    """Do what is due for each type, announce hits, and return how many there were.

    Raises:
        LedgerError: the first that stopped a type; the others were looked after.
    """
    monitoring, found, failed = watching(entries), 0, list[LedgerError]()
    for kind in IdentifierType:
        try:
            hits = monitoring.round(kind)
        except LedgerError as error:
            failed.append(error)
            continue
        if hits:
            _log.info("monitoring", identifiers=kind.value, hits=hits)
        found += hits
    if failed:
        raise failed[0]
    return found


@dataclass
class BatchWatcher:
    """Begins to watch the customers of a screened file, each once.

    Attributes:
        monitoring: watches.
        actor: who screens.
    """

    monitoring: Monitoring
    actor: str
    _salt: bytes = field(default_factory=lambda: os.urandom(32))
    _watched: set[bytes] | None = None

    def watch(self, opened: OpenJob, done: BatchOutcome) -> None:
        """Watch the lasting identifiers of a batch that are not watched yet; raises as ``Monitoring.add``."""
        if opened.watch is None:
            return
        new = self._new(done)
        for kind in IdentifierType:
            persons = [each for each in new if each.identifier.type is kind]
            for start in range(0, len(persons), MAX_ELEMENTS):
                part = persons[start : start + MAX_ELEMENTS]
                name = question_name(opened, f"watch-{kind.value}", start)
                self.monitoring.add(part, opened.watch, self.actor, name=name)

    def _new(self, done: BatchOutcome) -> list[WatchedPerson]:
        if self._watched is None:
            every = (each.person for each in self.monitoring.every())
            self._watched = {self._mark(each.identifier, each.reference) for each in every}
        found = []
        for result in done.results:
            known = tuple(said_in(each.found.listed) for each in result.kept)
            row = result.row
            for identifier in row.identifiers:
                mark = self._mark(identifier, row.reference)
                if identifier.type not in WEAK and mark not in self._watched:
                    self._watched.add(mark)
                    found.append(WatchedPerson(identifier, row.authorisation, row.reference, known))
        return found

    def _mark(self, identifier: Identifier, reference: str) -> bytes:
        """Return what tells a customer's identifier again while this process runs, in little memory."""
        text = identifier.canonical + b"|" + reference.encode()
        return hashlib.blake2b(text, key=self._salt, digest_size=16).digest()
