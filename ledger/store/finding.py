"""Finding items, newest first, page by page: by case, person, content, kind and time."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from ledger.store import statements
from ledger.store.statements import Place, StatementRow
from ledger.store.tables import case_file, erasure, leaf, person_index, statement


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; ``None`` means any.

    Attributes:
        case: blind index of the bank's case number.
        person: blind index of a person's identifier.
        content_sha256: 32 bytes.
        kind: as in the statement.
        since: instant; the first that is wanted.
        until: instant; the first that is not wanted any more.
    """

    case: bytes | None = None
    person: bytes | None = None
    content_sha256: bytes | None = None
    kind: str | None = None
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An item with where it stands.

    Attributes:
        seq: orders items; the cursor of the page after.
        row: the statement.
        place: in the log; ``None`` while it waits.
        erased: its record key was destroyed.
    """

    seq: int
    row: StatementRow
    place: Place | None
    erased: bool


def find(
    connection: Connection, wanted: Wanted, *, limit: int, before: int | None = None
) -> Sequence[Found]:
    """Return up to ``limit`` items, newest first, older than the cursor ``before``."""
    query = (
        select(statement, leaf.c.generation, leaf.c.leaf_index, erasure.c.seq.label("erased"))
        .join(leaf, leaf.c.seq == statement.c.seq, isouter=True)
        .join(erasure, erasure.c.seq == statement.c.seq, isouter=True)
        .where(*_conditions(wanted))
        .order_by(statement.c.seq.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(statement.c.seq < before)
    if wanted.person is not None:
        query = query.join(person_index, person_index.c.seq == statement.c.seq)
    return [
        Found(
            row.seq,
            statements.from_row(row),
            None if row.generation is None else Place(row.generation, row.leaf_index),
            row.erased is not None,
        )
        for row in connection.execute(query)
    ]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.case is not None:
        case_id = select(case_file.c.case_id).where(case_file.c.lookup == wanted.case)
        found.append(statement.c.case_id == case_id.scalar_subquery())
    if wanted.person is not None:
        found.append(person_index.c.lookup == wanted.person)
    if wanted.content_sha256 is not None:
        found.append(statement.c.content_sha256 == wanted.content_sha256)
    if wanted.kind is not None:
        found.append(statement.c.kind == wanted.kind)
    if wanted.since is not None:
        found.append(statement.c.sealed_at >= wanted.since)
    if wanted.until is not None:
        found.append(statement.c.sealed_at < wanted.until)
    return found
