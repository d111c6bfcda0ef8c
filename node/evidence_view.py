"""What ``evidence list|show|status`` and later the console show of an item."""

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from ledger.errors import MalformedError, RefusedError
from ledger.evidence.statement import read_leaf
from ledger.store import anchors, cases, erasures, finding, statements, timestamps
from ledger.store.finding import Wanted
from ledger.store.statements import Place, StatementRow
from ledger.store.timestamps import TokenRow

MIN_PREFIX: Final = 8
MAX_LISTED: Final = 1000


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """An item and how far it has come.

    Attributes:
        row: its statement.
        status: ``waiting``, ``logged`` or ``anchored``.
        index: its place in the log.
        anchored_size: of the smallest anchored checkpoint over it.
        block: of that anchor.
        erased: its clear values and content are gone.
        not_after: the earliest token over that checkpoint; looked up for single items only.
    """

    row: StatementRow
    status: str
    index: int | None
    anchored_size: int | None
    block: int | None
    erased: bool
    not_after: TokenRow | None = None

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return {
            "id": self.row.leaf_hash.hex(),
            "kind": self.row.kind,
            "sealed_at": self.row.sealed_at,
            "case_number": self.row.case_number,
            "content_size": self.row.content_size,
            "status": self.status,
            "leaf_index": self.index,
            "anchored_size": self.anchored_size,
            "block": self.block,
            "erased": self.erased,
        }

    def detail(self) -> dict[str, object]:
        """Return it with what its statement says; commitments, never clear values."""
        statement = read_leaf(self.row.leaf).statement
        named = statement.not_before
        return {
            **self.to_json(),
            "fields": sorted(statement.fields),
            "not_before": None if named is None else named.number,
            "not_after": None if self.not_after is None else self.not_after.gen_time,
            "timestamp_authority": None if self.not_after is None else self.not_after.authority,
        }


def view(connection: Connection, row: StatementRow) -> EvidenceView:
    """Return how far an item has come."""
    erased = erasures.of(connection, row.leaf_hash) is not None
    place = statements.place_of(connection, row.leaf_hash)
    found = _view(connection, row, place, erased=erased)
    if place is None or found.anchored_size is None:
        return found
    tokens = timestamps.of_checkpoint(connection, place.generation, found.anchored_size)
    return replace(found, not_after=tokens[0] if tokens else None)


def _view(
    connection: Connection, row: StatementRow, place: Place | None, *, erased: bool
) -> EvidenceView:
    if place is None:
        return EvidenceView(row, "waiting", None, None, None, erased)
    anchor = anchors.covering(connection, place.generation, place.index)
    if anchor is None or anchor.state.inclusion is None:
        return EvidenceView(row, "logged", place.index, None, None, erased)
    block = anchor.state.inclusion.block_number
    return EvidenceView(row, "anchored", place.index, anchor.size, block, erased)


@dataclass(frozen=True, slots=True)
class Page:
    """Items, newest first.

    Attributes:
        views: of the page.
        following: cursor of the page after; ``None`` at the end.
    """

    views: list[EvidenceView]
    following: int | None


def page(connection: Connection, wanted: Wanted, *, limit: int, before: int | None = None) -> Page:
    """Return up to ``limit`` items, newest first, older than the cursor ``before``."""
    found = finding.find(connection, wanted, limit=limit + 1, before=before)
    shown = found[:limit]
    views = [_view(connection, each.row, each.place, erased=each.erased) for each in shown]
    return Page(views, shown[-1].seq if len(found) > limit else None)


def resolve(connection: Connection, given: str) -> StatementRow:
    """Return the item whose id begins with ``given``.

    Raises:
        MalformedError: not hexadecimal, or too short.
        RefusedError: none, or more than one, begins so.
    """
    text = given.lower()
    if len(text) < MIN_PREFIX or any(c not in "0123456789abcdef" for c in text):
        raise MalformedError("evidence-id", id=given[:64])
    found = [
        leaf
        for leaf in statements.matching(connection, bytes.fromhex(text[: len(text) // 2 * 2]), 32)
        if leaf.hex().startswith(text)
    ]
    if not found:
        raise RefusedError("evidence-unknown", id=given[:64])
    if len(found) > 1:
        raise RefusedError("evidence-ambiguous", id=given[:64])
    row = statements.by_leaf_hash(connection, found[0])
    if row is None:
        raise RefusedError("evidence-unknown", id=given[:64])
    return row


def set_hold(connection: Connection, row: StatementRow, *, hold: bool) -> None:
    """Set or lift the legal hold of an item's case.

    Raises:
        RefusedError: the item belongs to no case.
    """
    if row.case_id is None:
        raise RefusedError("evidence-without-case", id=row.leaf_hash.hex()[:12])
    cases.set_legal_hold(connection, row.case_id, hold=hold)
