"""What a person is told who asks at this member's desk: what this node finds, and what it cannot say.

Free twice in a calendar year; a further one is marked as chargeable and never refused. The evaluation has the
purpose ``person`` and is logged and counted like any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from blacklist.domain.entries.facts import CHINA
from blacklist.domain.entries.law import is_chargeable, kept_since
from blacklist.domain.identifiers.identifier import Identifier
from blacklist.domain.protocol.purposes import Purpose
from blacklist.services.inquiring import open_content
from blacklist.services.matching import FoundEntry
from blacklist.store import entries as entry_store
from blacklist.store import inquiries, person_reports, person_statements
from blacklist.store.entries import Dispute
from blacklist.store.inquiries import InquiryRow
from ledger.evidence.instants import format_instant
from node.audit.entries import AuditEntry
from node.blacklist.entries import Entries
from node.blacklist.reporters import Reporter, Reporters, read_reporters
from node.identity.permissions import Permission, Principal
from node.wiring import Node

_COUNTED = 200
_SHOWN_START, _SHOWN_END = 3, 2


@dataclass(frozen=True, slots=True)
class ReportedEntry:
    """An entry about the person.

    Attributes:
        found: as it was matched.
        reporter: who reported it.
        corroborators: names of those who vouched for it.
        disputes: open and decided ones.
        statements: what the person said about it, as far as this member has it: instants.
    """

    found: FoundEntry
    reporter: Reporter
    corroborators: tuple[str, ...]
    disputes: tuple[Dispute, ...]
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """An inquiry of this member's about the person.

    Attributes:
        asked_at: instant.
        purpose: why.
        asked_by: number of the operator, or ``node``.
        authorisation: this member's number of the authorisation; ``None`` when it was erased.
    """

    asked_at: str
    purpose: str
    asked_by: str
    authorisation: str | None


@dataclass(frozen=True, slots=True)
class PersonReport:
    """A report, before it is written out; personal data.

    Attributes:
        institution: name of this member.
        made_at: when.
        year: that it is counted in.
        number: of this person's in the year, from 1.
        chargeable: whether a fee may be asked for it.
        identifiers: wire name of the type.
        shown: the identifier without its middle.
        entries: about the person.
        inquiries: of this member, newest first.
        missing: entries of all members whose rows have not come to this node yet.
        kept_since: first day whose inquiries are still here.
    """

    institution: str
    made_at: datetime
    year: int
    number: int
    chargeable: bool
    identifiers: str
    shown: str
    entries: tuple[ReportedEntry, ...]
    inquiries: tuple[AskedAbout, ...]
    missing: int
    kept_since: date


def make_report(
    entries: Entries, identifier: Identifier, application: str, by: Principal
) -> PersonReport:
    """Return the report for a person who has shown who they are.

    Args:
        entries: everything about entries.
        identifier: the person's own.
        application: this member's number of the person's application, kept as the inquiry's authorisation.
        by: who serves the person.

    Raises:
        NotPermittedError: the operator may not.
        RefusedError: no application, no key of the type, over a budget, or without a licence no test data.
        UnavailableError: too many holders do not answer.
    """
    by.require(Permission.BLACKLIST_DESK)
    node = entries.node
    subject = node.lookups.subject(identifier.canonical)
    asked = _asked_about(node, subject)
    matched = entries.querying.match([identifier], [application], Purpose.PERSON, by.actor)
    reporters = read_reporters(node)
    now = node.clock.now()
    missing = entries.index.missing()
    with node.database.write() as connection:
        year, at = now.astimezone(CHINA).year, format_instant(now)
        counted = person_reports.add(connection, subject, year, at=at, by=by.actor)
        details = {"type": identifier.type.value, "number": counted.number}
        node.trail.record_in(connection, AuditEntry(by.actor, "blacklist.report", None, details))
    return PersonReport(
        institution=node.settings.name,
        made_at=now,
        year=counted.year,
        number=counted.number,
        chargeable=is_chargeable(counted.number),
        identifiers=identifier.type.value,
        shown=masked(identifier),
        entries=tuple(_reported(node, each, reporters) for each in matched.get(0, ())),
        inquiries=tuple(asked),
        missing=missing,
        kept_since=kept_since(now, node.settings.blacklist_keep_years).date(),
    )


def masked(identifier: Identifier) -> str:
    """Return an identifier without its middle: the person knows it, and paper gets lost."""
    text = identifier.canonical.decode("ascii").rpartition("|")[2]
    hidden = len(text) - _SHOWN_START - _SHOWN_END
    return (
        text[:_SHOWN_START] + "*" * hidden + text[-_SHOWN_END:] if hidden > 0 else "*" * len(text)
    )


def _reported(node: Node, found: FoundEntry, reporters: Reporters) -> ReportedEntry:
    with node.database.read() as connection:
        disputes = entry_store.disputes(connection, found.listed.entry)
        said = person_statements.about(connection, found.listed.entry)
    return ReportedEntry(
        found=found,
        reporter=reporters.of(found.listed.reporter),
        corroborators=tuple(reporters.of(each).name for each in found.corroborators),
        disputes=tuple(disputes),
        statements=tuple(each.received_at for each in said),
    )


def _asked_about(node: Node, subject: bytes) -> Sequence[AskedAbout]:
    with node.database.read() as connection:
        found = inquiries.about(connection, subject)
    return [
        AskedAbout(row.asked_at, row.purpose, row.asked_by, _authorisation(node, row, place))
        for row, place in found
    ]


def _authorisation(node: Node, row: InquiryRow, place: int) -> str | None:
    key = None if row.sealed is None else node.record_keys.open(row.key_id)
    return None if key is None else open_content(row, key).references[place]
