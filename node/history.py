"""The life line of an item: from capture to finality, each station with its time."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from ledger.evidence.statement import read_leaf
from ledger.store import anchors, carried_leaves, erasures, logs, statements, timestamps
from ledger.store.statements import Place, StatementRow


@dataclass(frozen=True, slots=True)
class Station:
    """Something that happened to an item.

    Attributes:
        event: captured, not-before, sealed, logged, anchored, timestamped, erased.
        at: instant; ``None`` when only the order is known.
        detail: numbers and ids that go with it.
    """

    event: str
    at: str | None
    detail: dict[str, str | int | None]


def stations(connection: Connection, row: StatementRow) -> list[Station]:
    """Return the stations of an item so far, in order."""
    found = [*_before_intake(row), Station("sealed", row.sealed_at, {"kind": row.kind})]
    closed = carried_leaves.places_of(connection, row.leaf_hash)
    found += [_logged(connection, each) for each in closed]
    place = statements.place_of(connection, row.leaf_hash)
    if place is not None:
        found += _in_the_log(connection, place)
    erased = erasures.of(connection, row.leaf_hash)
    if erased is not None:
        detail: dict[str, str | int | None] = {
            "complete_after": erased.complete_after,
            "statement": erased.statement_leaf.hex(),
        }
        found.append(Station("erased", erased.requested_at, detail))
    return found


def _before_intake(row: StatementRow) -> Iterator[Station]:
    statement = read_leaf(row.leaf).statement
    capture = statement.capture or {}
    for name in ("start", "end"):
        at = capture.get(name)
        if isinstance(at, str):
            yield Station(f"captured-{name}", at, {})
    for entry in statement.custody:
        yield Station("custody", entry.at, {"action": entry.action})
    if statement.not_before is not None:
        yield Station("not-before", None, {"block": statement.not_before.number})


def _logged(connection: Connection, place: Place) -> Station:
    signed_at = logs.first_signed_over(connection, place.generation, place.index)
    detail: dict[str, str | int | None] = {
        "leaf_index": place.index,
        "generation": place.generation,
    }
    return Station("logged", signed_at, detail)


def _in_the_log(connection: Connection, place: Place) -> Iterator[Station]:
    yield _logged(connection, place)
    anchor = anchors.covering(connection, place.generation, place.index)
    if anchor is None or anchor.state.inclusion is None:
        return
    detail: dict[str, str | int | None] = {
        "block": anchor.state.inclusion.block_number,
        "size": anchor.size,
    }
    yield Station("anchored", anchors.final_at(connection, anchor.anchor_id), detail)
    for token in timestamps.of_checkpoint(connection, place.generation, anchor.size):
        yield Station("timestamped", token.gen_time, {"authority": token.authority})
