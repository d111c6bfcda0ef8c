"""What a round does about entries: releases, the day's batch, the index, successors, vouching, monitoring.

Each step stands for itself: what fails is tried again in the next round, and the others go on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from blacklist.store import entries as entry_store
from blacklist.store.own_entries import OwnState
from ledger.errors import LedgerError, RefusedError
from node.audit.entries import AuditEntry, Detail
from node.blacklist.entries import Entries
from node.blacklist.monitoring import look
from node.identity.people import Release
from node.identity.permissions import Principal
from node.identity.service import command_principal
from node.release_kinds import LISTING, register

NODE: Final = "node"


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
        "handing-over": entries.succession.hand_over,
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


def carry_out(entries: Entries) -> int:
    """Carry out approved listings, and end those that were refused; return how many were carried out."""
    releases, by = register(entries.node), command_principal(NODE)
    done = 0
    for release in releases.list("approved"):
        if release.kind == LISTING:
            _under(entries, release, by)
            done += 1
    for release in releases.list("refused"):
        if release.kind == LISTING:
            _end(entries, bytes.fromhex(release.subject))
    return done


def _under(entries: Entries, release: Release, by: Principal) -> None:
    releases = entries.node.identity.releases
    try:
        releases.claim(release.release_id, by)
    except RefusedError:
        # Approved, and expired before it was carried out.
        _end(entries, bytes.fromhex(release.subject))
        return
    try:
        entries.listing.release(bytes.fromhex(release.subject))
    except LedgerError as error:
        releases.finish(release.release_id, by, why=error.code)
        return
    releases.finish(release.release_id, by)


def _end(entries: Entries, entry: bytes) -> None:
    own = entries.listing.book.find(entry)
    if own.state is OwnState.ASKED:
        entries.listing.give_up(entry)


def forget_ended(entries: Entries) -> int:
    """Erase identifiers and facts of own entries that were withdrawn or have expired; return how many.

    What is sealed in the evidence log stays under its own retention.
    """
    node, book, now = entries.node, entries.listing.book, entries.node.clock.now()
    with node.database.read() as connection:
        ended = entry_store.ended_unforgotten(connection, book.member, now)
    for each in ended:
        book.forget(book.find(each.entry))
        details: dict[str, Detail] = {"standing": each.standing(now).value}
        node.trail.record(AuditEntry(NODE, "blacklist.erased", each.entry.hex(), details))
    return len(ended)


def _present_epochs(entries: Entries) -> Mapping[int, int]:
    return {number: held.key_epoch for number, held in entries.follower.state().keys.items()}
