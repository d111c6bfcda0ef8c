"""What a round does about entries: releases, the day's batch, the index, successors, vouching, monitoring.

Each step stands for itself: what fails is tried again in the next round, and the others go on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from blacklist.store import entries as entry_store
from ledger.errors import LedgerError
from node.audit.entries import AuditEntry, Detail
from node.blacklist.carrying_out import NODE, blank_ended, carry_out
from node.blacklist.entries import Entries
from node.blacklist.monitoring import look


@dataclass(frozen=True, slots=True)
class StepFailed:
    """A step that stopped, with the error's code."""

    step: str
    code: str


def work_entries(entries: Entries) -> Sequence[StepFailed]:
    """Do everything that is due; return what stopped."""
    steps: dict[str, Callable[[], object]] = {
        "releases": lambda: carry_out(entries),
        "prepare": entries.listing.prepare,
        "send": entries.listing.send,
        "index": entries.index.round,
        "rotation": lambda: entries.succession.queue(_present_epochs(entries)),
        "strays": entries.listing.end_strays,
        "vouching": entries.vouching.follow,
        "forgetting": lambda: forget_ended(entries),
        "monitoring": lambda: look(entries),
    }
    failed = []
    for name, step in steps.items():
        try:
            step()
        except LedgerError as error:
            failed.append(StepFailed(name, error.code))
    return failed


def forget_ended(entries: Entries) -> int:
    """Erase identifiers and facts of own entries that were withdrawn or have expired; return how many.

    What is sealed in the evidence log stays under its own retention.
    """
    node, book, now = entries.node, entries.listing.book, entries.node.clock.now()
    with node.database.read() as connection:
        ended = entry_store.ended_unforgotten(connection, book.member, now)
    for each in ended:
        if each.moved_to is None:
            blank_ended(entries, each.entry)
        book.forget(book.find(each.entry))
        details: dict[str, Detail] = {"standing": each.standing(now).value}
        node.trail.record(AuditEntry(NODE, "blacklist.erased", each.entry.hex(), details))
    return len(ended)


def _present_epochs(entries: Entries) -> Mapping[int, int]:
    return {number: held.key_epoch for number, held in entries.follower.state().keys.items()}
