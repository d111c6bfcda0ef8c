"""Screening rows that a program sends: answered at once; nothing is stored but hits and the log of requests.

A table of any size is a job (``screening``). These rows leave no file: whoever sent them keeps the answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from blacklist.domain.entries.law import check_asking, check_authorisation
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType
from blacklist.domain.oprf.framing import named
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.screening.rows import check_identified
from blacklist.services.matching import FoundEntry
from blacklist.services.querying import KeptHit, Person
from ledger.errors import LedgerError
from ledger.primitives.digest import sha256
from node.audit.entries import AuditEntry
from node.blacklist.entries import Entries
from node.blacklist.naming import TypedIdentifier
from node.identity.permissions import Permission, Principal

MAX_ROWS: Final = 500


@dataclass(frozen=True, slots=True, repr=False)
class GivenRow:
    """One customer as a program names him; personal data."""

    identifiers: tuple[TypedIdentifier, ...]
    authorisation: str
    reference: str


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What became of a row.

    Attributes:
        row: its place, from 1.
        found: entries about the customer.
        refused: code of why it, or a part of it, was not asked about; ``None`` when all of it was.
        params: of the code's words.
    """

    row: int
    found: Sequence[KeptHit] = ()
    refused: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class _Asked:
    """What came of asking about one person; ``failed`` when one of the identifiers could not be."""

    found: list[FoundEntry] = field(default_factory=list)
    failed: LedgerError | None = None


def screen_rows(
    entries: Entries, rows: Sequence[GivenRow], by: Principal, *, name: bytes | None = None
) -> Sequence[RowAnswer]:
    """Ask about up to ``MAX_ROWS`` customers and return an answer for each, in their order.

    A row is taken whole or refused whole, with the code of why. Where one of its identifiers could not be
    asked about although others were, its answer has what was found, and the code besides.

    Args:
        entries: the services.
        rows: the customers.
        by: who screens.
        name: see ``Querying.query``.

    Raises:
        NotPermittedError: the principal may not.
        RefusedError: no key of a type, over a budget, or the purpose was not agreed; nothing was found.
        UnavailableError: too few holders answer; nothing was found.
    """
    by.require(Permission.BLACKLIST_QUERY)
    now = entries.node.clock.now()
    read = [_read(entries, place, row, now) for place, row in enumerate(rows, start=1)]
    persons = [each for each in read if isinstance(each, Person)]
    asked = iter(_ask(entries, persons, by, name))
    answers = [
        each if isinstance(each, RowAnswer) else _answer(entries, place, each, next(asked), name)
        for place, each in enumerate(read, start=1)
    ]
    counts = {"rows": len(rows), "rejected": len(rows) - len(persons)}
    entries.node.trail.record(AuditEntry(by.actor, "blacklist.screened", None, counts))
    return answers


def _read(entries: Entries, place: int, row: GivenRow, now: datetime) -> Person | RowAnswer:
    try:
        check_authorisation(row.authorisation)
        identifiers = [each.read(now) for each in row.identifiers]
        check_identified(identifiers)
        check_asking(identifiers, entries.querying.mode)
    except LedgerError as error:
        return RowAnswer(place, refused=error.code, params=error.params)
    return Person(tuple(dict.fromkeys(identifiers)), row.authorisation, row.reference)


def _answer(
    entries: Entries, place: int, person: Person, asked: _Asked, name: bytes | None
) -> RowAnswer:
    part = None if name is None else sha256(named("row", name, place.to_bytes(4, "big")))
    kept = entries.querying.keep(person, asked.found, Purpose.SCREENING, name=part)
    if asked.failed is None:
        return RowAnswer(place, kept)
    return RowAnswer(place, kept, asked.failed.code, asked.failed.params)


def _ask(
    entries: Entries, persons: Sequence[Person], by: Principal, name: bytes | None
) -> Sequence[_Asked]:
    """Return what came of asking about each person; one request a type, and one that fails stops no other."""
    asked, failed, answered = [_Asked() for _ in persons], list[LedgerError](), 0
    for kind in IdentifierType:
        pairs = [
            (place, identifier)
            for place, person in enumerate(persons)
            for identifier in person.identifiers
            if identifier.type is kind
        ]
        if not pairs:
            continue
        try:
            part = None if name is None else sha256(named("rows", name, kind.value.encode()))
            matched = _match(entries, persons, pairs, by, part)
        except LedgerError as error:
            failed.append(error)
            for place, _ in pairs:
                asked[place].failed = error
            continue
        answered += 1
        for at, some in matched.items():
            asked[pairs[at][0]].found.extend(some)
    if failed and not answered:
        raise failed[0]
    return asked


def _match(
    entries: Entries,
    persons: Sequence[Person],
    pairs: Sequence[tuple[int, Identifier]],
    by: Principal,
    name: bytes | None,
) -> Mapping[int, Sequence[FoundEntry]]:
    identifiers = [identifier for _, identifier in pairs]
    authorisations = [persons[place].authorisation for place, _ in pairs]
    return entries.querying.match(
        identifiers, authorisations, Purpose.SCREENING, by.actor, name=name
    )
