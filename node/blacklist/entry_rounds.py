"""What a round does about entries: releases carried out, the day's batch, the index, successors, monitoring.

Each step stands for itself: what fails is tried again in the next round, and the others go on.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from blacklist.domain.entries.standing import RELIED_ON, ListedEntry
from blacklist.store import entries as entry_store
from blacklist.store import own_entries
from blacklist.store.own_entries import OwnState
from ledger.errors import IntegrityError, LedgerError, RefusedError
from node.audit.entries import AuditEntry, Detail
from node.blacklist.entries import Entries
from node.blacklist.making import dual_read
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
        "rotation": lambda: list_anew(entries),
        "retirement": lambda: retire(entries),
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


def list_anew(entries: Entries) -> int:
    """Queue successors of own entries whose key epoch has passed; return how many."""
    now, queued = entries.node.clock.now(), 0
    for listed in _of_older_keys(entries, _present_epochs(entries)):
        if listed.standing(now) in RELIED_ON:
            # No longer lawful, or not to be read any more: it ends with its key, and the others go on.
            with suppress(RefusedError, IntegrityError):
                queued += entries.listing.list_anew(listed) is not None
    return queued


def retire(entries: Entries) -> int:
    """Withdraw own entries whose key nobody can read any more and whose successor is listed; return how many.

    The reason on chain is the successor's id.
    """
    node, done = entries.node, 0
    window = dual_read(node.settings)
    oldest = entries.follower.state().oldest_readable(node.clock.now(), window)
    for listed in _of_older_keys(entries, oldest):
        with node.database.read() as connection:
            successor = own_entries.successor(connection, listed.entry)
        if not listed.withdrawn and successor is not None and successor.state is OwnState.LISTED:
            entries.revising.withdraw(listed.entry, successor.entry)
            done += 1
    return done


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


def _of_older_keys(entries: Entries, epochs: Mapping[int, int]) -> Sequence[ListedEntry]:
    """Return own entries of older key epochs than ``epochs`` has for their type."""
    with entries.node.database.read() as connection:
        own = entry_store.by_reporter(connection, entries.listing.book.member)
    return [each for each in own if each.key_epoch < epochs.get(each.identifiers, 0)]
