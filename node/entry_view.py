"""Entries and hits as people and machines see them; no personal data but where a function says so."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from blacklist.domain.chronicle.entry_events import DisputeDecision
from blacklist.domain.entries.facts import CHINA, Facts
from blacklist.domain.entries.standing import ListedEntry
from blacklist.services.evaluating import TYPES
from blacklist.services.querying import KeptHit
from blacklist.services.sealed_records import SealedRecord, SealedRecords
from blacklist.store import entries, entry_rows, hits, own_entries
from blacklist.store.entries import Dispute
from blacklist.store.hits import Hit
from blacklist.store.own_entries import OwnState
from ledger.errors import LimitError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.primitives.canonical import JsonValue
from ledger.store import witnessed
from node.audit.entries import AuditEntry, Detail
from node.identity.permissions import Permission, Principal
from node.place_cursors import read_place, write_place
from node.wiring import Node

MAX_HITS: Final = 200
"""Hits a page: each is opened for who may read whom it is about."""
DECISIONS: Mapping[DisputeDecision, str] = {
    DisputeDecision.UPHELD: "upheld",
    DisputeDecision.CORRECTED: "corrected",
    DisputeDecision.WITHDRAWN: "withdrawn",
}


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute; ids in hex."""

    disputed_at: str
    received_by: str
    statement: str
    decide_by: str
    decision: str | None
    reasons: str | None
    decided_at: str | None
    in_time: bool | None


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry on chain; ids in hex.

    Attributes:
        expires: month, in China.
        own: whether this member reported it.
        row_here: whether its tag is in this member's index.
        receipts: members that gave a receipt for holding no row of it.
        acknowledged: members that have followed its newest change of standing and said so.
        moved_to: entry under a newer key that it goes on in.
    """

    entry: str
    reporter: str
    identifiers: str
    key_epoch: int
    standing: str
    listed_at: str
    expires: str
    corroborators: tuple[str, ...]
    disputes: tuple[DisputeView, ...]
    own: bool
    row_here: bool
    receipts: tuple[str, ...]
    acknowledged: tuple[str, ...]
    moved_to: str | None

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class WaitingView:
    """An own entry that is not on chain yet."""

    entry: str
    identifiers: str
    state: str
    due_at: str | None
    created_at: str
    created_by: str

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class FoundView:
    """What a query found; ``hit`` is ``None`` for a hint by a phone, a device or an address alone."""

    hit: str | None
    entry: str
    reporter: str
    standing: str
    ground: str
    severity: str
    conduct_ended: str
    corroborators: int
    current: bool

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class HitView:
    """A kept hit; ``reference`` and what the entry said only where content may be read."""

    hit: str
    entry: str
    purpose: str
    found_at: str
    changed_at: str | None
    reviewed_at: str | None
    reviewed_by: str | None
    outcome: str | None
    reference: str | None
    ground: str | None
    standing_then: str | None
    standing_now: str

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class HitPage:
    """Hits, newest first.

    Attributes:
        items: as many as were asked for at most.
        before: cursor for the next page; ``None`` at the end.
    """

    items: tuple[HitView, ...]
    before: str | None


def read_entry(node: Node, entry: bytes) -> EntryView:
    """Return an entry.

    Raises:
        RefusedError: ``entry-unknown``: not on chain, as far as this node has read it.
    """
    with node.database.read() as connection:
        listed = entries.find(connection, entry)
    if listed is None:
        raise RefusedError("entry-unknown", entry=entry.hex()[:12])
    return _view(node, listed)


def own_entries_on_chain(node: Node) -> Sequence[EntryView]:
    """Return this member's entries on chain, newest first."""
    with node.database.read() as connection:
        found = entries.by_reporter(connection, bytes.fromhex(node.settings.member))
    return [_view(node, each) for each in found]


def waiting_entries(node: Node) -> Sequence[WaitingView]:
    """Return this member's entries that are not in a final block yet, newest first."""
    with node.database.read() as connection:
        found = own_entries.every(connection)
    return [
        WaitingView(
            each.entry.hex(), TYPES[each.identifiers].value, each.state.value, each.due_at,
            each.created_at, each.created_by,
        )
        for each in found
        if each.state is not OwnState.LISTED
    ]  # fmt: skip


def found_view(kept: KeptHit) -> FoundView:
    """Return what a query found."""
    found = kept.found
    return FoundView(
        hit=None if kept.hit is None else kept.hit.hex(),
        entry=found.listed.entry.hex(),
        reporter=found.listed.reporter.hex(),
        standing=found.standing.value,
        ground=found.facts.ground.value,
        severity=found.facts.severity.value,
        conduct_ended=found.facts.conduct_ended.isoformat(),
        corroborators=len(found.corroborators),
        current=found.current,
    )


def read_hits(
    node: Node, *, unreviewed: bool, clear: bool, before: str | None = None, limit: int = 100
) -> HitPage:
    """Return kept hits, newest first; with ``clear`` also the customer's number and what the entry said.

    Raises:
        LimitError: ``page-size``: a page of more than ``MAX_HITS``.
        MalformedError: ``request-invalid``: ``before`` is no cursor of ours.
    """
    if not 1 <= limit <= MAX_HITS:
        raise LimitError("page-size", limit=MAX_HITS)
    place = None if before is None else read_place(before)
    with node.database.read() as connection:
        found = hits.newest(connection, unreviewed=unreviewed, limit=limit + 1, before=place)
    shown = found[:limit]
    items = tuple(_hit_view(node, each, clear=clear) for each in shown)
    more = len(found) > limit
    return HitPage(items, write_place(shown[-1].found_at, shown[-1].hit) if more else None)


def hits_for(
    node: Node, by: Principal, *, unreviewed: bool, before: str | None = None, limit: int = 100
) -> HitPage:
    """Return kept hits for a person: in clear for who may read content, which is recorded."""
    # At the shell the key store is open to whoever asks; that it was asked is recorded all the same.
    clear = Permission.CONTENT_READ in by.permissions or by.via == "command"
    found = read_hits(node, unreviewed=unreviewed, clear=clear, before=before, limit=limit)
    if clear and found.items:
        details: dict[str, Detail] = {"count": len(found.items)}
        node.trail.record(AuditEntry(by.actor, "blacklist.read-hits", None, details))
    return found


def hit_for(node: Node, hit_id: bytes, by: Principal) -> tuple[HitView, Facts | None]:
    """Return a hit and what the entry said then, in clear for who may read content, which is recorded.

    Raises:
        RefusedError: ``hit-unknown``.
    """
    with node.database.read() as connection:
        kept = hits.find(connection, hit_id)
    if kept is None:
        raise RefusedError("hit-unknown")
    if Permission.CONTENT_READ not in by.permissions:
        return _hit_view(node, kept, clear=False), None
    node.trail.record(AuditEntry(by.actor, "blacklist.read-hit", hit_id.hex()))
    facts = _opened(node, kept).get("facts")
    return _hit_view(node, kept, clear=True), None if facts is None else Facts.from_json(facts)


def hits_waiting(node: Node) -> int:
    """Return how many hits wait for a person."""
    with node.database.read() as connection:
        return hits.waiting(connection)


def member_names(node: Node) -> Mapping[str, str]:
    """Return what people call members, by id in hex, from logs that were seen: no chain is asked."""
    return {member.hex(): name for member, name in names_seen(node).items()}


def names_seen(node: Node) -> Mapping[bytes, str]:
    """Return the same by id."""
    with node.database.read() as connection:
        seen = witnessed.read_all(connection)
    names = {each.member: each.origin.rpartition("/g")[0] for each in seen}
    return {**names, bytes.fromhex(node.settings.member): node.settings.name}


def _hit_view(node: Node, kept: Hit, *, clear: bool) -> HitView:
    said = _opened(node, kept) if clear else {}
    facts = said.get("facts")
    return HitView(
        hit=kept.hit.hex(),
        entry=kept.entry.hex(),
        purpose=kept.purpose,
        found_at=kept.found_at,
        changed_at=kept.changed_at,
        reviewed_at=kept.reviewed_at,
        reviewed_by=kept.reviewed_by,
        outcome=None if kept.outcome is None else kept.outcome.value,
        reference=_text(said.get("reference")),
        ground=_text(facts.get("ground")) if isinstance(facts, dict) else None,
        standing_then=_text(said.get("standing")),
        standing_now=read_entry(node, kept.entry).standing,
    )


def _opened(node: Node, kept: Hit) -> Mapping[str, JsonValue]:
    value = SealedRecords(node.record_keys).open(SealedRecord(kept.key_id, kept.sealed))
    return value if isinstance(value, dict) else {}


def _text(value: "JsonValue | None") -> str | None:
    return value if isinstance(value, str) else None


def _view(node: Node, listed: ListedEntry) -> EntryView:
    with node.database.read() as connection:
        corroborators = entries.corroborators(connection, listed.entry)
        disputes = entries.disputes(connection, listed.entry)
        row = entry_rows.row(connection, listed.entry)
        givers = entry_rows.receipt_givers(connection, listed.entry)
        followed = entry_rows.acknowledged_by(connection, listed.entry)
    return EntryView(
        entry=listed.entry.hex(),
        reporter=listed.reporter.hex(),
        identifiers=TYPES[listed.identifiers].value,
        key_epoch=listed.key_epoch,
        standing=listed.standing(node.clock.now()).value,
        listed_at=format_instant(listed.listed_at),
        expires=listed.expires_at.astimezone(CHINA).strftime("%Y-%m"),
        corroborators=tuple(each.hex() for each in corroborators),
        disputes=tuple(map(_dispute, disputes)),
        own=listed.reporter.hex() == node.settings.member,
        row_here=row is not None,
        receipts=tuple(each.hex() for each in givers),
        acknowledged=tuple(each.hex() for each in followed),
        moved_to=None if listed.moved_to is None else listed.moved_to.hex(),
    )


def _dispute(found: Dispute) -> DisputeView:
    return DisputeView(
        disputed_at=format_instant(found.disputed_at),
        received_by=found.received_by.hex(),
        statement=found.statement.hex(),
        decide_by=format_instant(found.decide_by),
        decision=None if found.decision is None else DECISIONS[found.decision],
        reasons=None if found.reasons is None else found.reasons.hex(),
        decided_at=None if found.decided_at is None else format_instant(found.decided_at),
        in_time=found.in_time,
    )
