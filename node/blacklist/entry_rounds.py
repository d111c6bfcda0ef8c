"""What a round does about entries: releases carried out, the day's batch, the index, successors.

Each step stands for itself: what fails is tried again in the next round, and the others go on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from blacklist.domain.entries.standing import RELIED_ON
from blacklist.store import entries as entry_store
from blacklist.store.own_entries import OwnState
from ledger.errors import LedgerError
from node.blacklist.entries import Entries
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
    releases.claim(release.release_id, by)
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
    state, now = entries.follower.state(), entries.node.clock.now()
    with entries.node.database.read() as connection:
        own = entry_store.by_reporter(connection, entries.listing.book.member)
    queued = 0
    for listed in own:
        held = state.keys.get(listed.identifiers)
        old = held is not None and listed.key_epoch < held.key_epoch
        if old and listed.standing(now) in RELIED_ON:
            queued += entries.listing.list_anew(listed) is not None
    return queued
