"""Releases about entries, carried out in the node's rounds: what two persons agreed to list or correct.

A release that the chain or the holders kept from being carried out stays claimed, and the next rounds go on
with it until it expires, as with one that a crash left behind. Both acts may be repeated: a listing that
waits for its batch already, and a correction that the entry says already, are done. A correction whose block
is not final yet may go on chain twice, with the same facts.

A request to list that nobody will decide any more is given up, and what it was about is erased; so are the
details of releases that came to nothing, and of all that are about an entry that has ended.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Final

from blacklist.domain.entries.facts import Facts, said_by
from blacklist.services.own_book import SHOWN
from blacklist.store import entries as entry_store
from blacklist.store import own_entries
from blacklist.store.own_entries import OwnEntry, OwnState
from ledger.errors import IntegrityError, LedgerError, RefusedError, UnavailableError
from ledger.evidence.instants import format_instant
from node.blacklist.entries import Entries
from node.blacklist.papers import check_papers
from node.blacklist.recording import recorded
from node.identity.people import Release, ReleaseState
from node.identity.service import command_principal
from node.release_kinds import CORRECTION, LISTING, register

NODE: Final = "node"
_OPEN: Final[tuple[ReleaseState, ...]] = ("claimed", "approved")
"""Claimed ones first: what is claimed now is not to be taken up twice in one round."""
_KINDS: Final = (LISTING, CORRECTION)
_LEFT_OVER: Final = timedelta(days=90)
"""So long after a request its listing waits for a batch or for holders at most, as far as is looked."""
_ASKING: Final = timedelta(hours=1)
"""Between a request and its release lies a moment; after so long the one without the other is left over."""


def carry_out(entries: Entries) -> int:
    """Carry out what was approved, and give up what was not; return how many were carried out."""
    acts = {LISTING: _list, CORRECTION: _correct}
    releases, done = register(entries.node), 0
    for kind, act in acts.items():
        for state in _OPEN:
            for release in releases.list(state, kind=kind):
                done += _under(entries, release, act)
    give_up_undecided(entries)
    return done


def give_up_undecided(entries: Entries) -> int:
    """Erase requests to list that nobody will decide or carry out any more; return how many."""
    node, listing = entries.node, entries.listing
    with node.database.read() as connection:
        asked = own_entries.asked(connection)
    over = [each for each in asked if _is_over(entries, each)]
    for each in over:
        listing.give_up(each.entry)
    _blank_given_up(entries)
    return len(over)


def blank_ended(entries: Entries, entry: bytes) -> None:
    """Erase what releases said about an entry that ended, and about those that it went on from."""
    releases = entries.node.identity.releases
    with entries.node.database.read() as connection:
        same = entry_store.family(connection, entry)
    releases.blank(_KINDS, [each.hex() for each in same], command_principal(NODE))


def _blank_given_up(entries: Entries) -> None:
    """Erase what releases said that came to nothing, at once or when their batch was due."""
    node, by = entries.node, command_principal(NODE)
    since = format_instant(node.clock.now() - _LEFT_OVER)
    with node.database.read() as connection:
        gone = own_entries.given_up_since(connection, since)
    node.identity.releases.blank_over(_KINDS, by)
    node.identity.releases.blank(_KINDS, [each.hex() for each in gone], by)


def _is_over(entries: Entries, own: OwnEntry) -> bool:
    now = entries.node.clock.now()
    release = entries.node.identity.releases.newest(LISTING, own.entry.hex())
    if release is None:
        return own.created_at < format_instant(now - _ASKING)
    return release.state in ("refused", "failed") or release.expires_at <= format_instant(now)


def _under(entries: Entries, release: Release, act: Callable[[Entries, Release], None]) -> bool:
    releases, by = entries.node.identity.releases, command_principal(NODE)
    if release.state == "approved":
        try:
            releases.claim(release.release_id, by)
        except RefusedError:
            return False  # approved, and expired before it was carried out
    elif release.expires_at <= format_instant(entries.node.clock.now()):
        releases.finish(release.release_id, by, why="release-expired")
        return False
    try:
        act(entries, release)
    except UnavailableError:
        return False
    except LedgerError as error:
        releases.finish(release.release_id, by, why=error.code)
        return False
    releases.finish(release.release_id, by)
    return True


def _list(entries: Entries, release: Release) -> None:
    entry = bytes.fromhex(release.subject)
    if release.state == "approved" or entries.listing.book.find(entry).state is OwnState.ASKED:
        entries.listing.release(entry)


def _correct(entries: Entries, release: Release) -> None:
    with _recorded_once(entries, release):
        entries.follower.refresh()
        # Under a new key it goes on in another entry, which says the same.
        entry = entries.revising.current(bytes.fromhex(release.subject)).entry
        listed = entries.revising.own(entry)
        before, facts = entries.listing.book.said(listed)[1].facts, _asked_for(release)
        if before == facts:
            return
        entries.revising.check_correction(entry, facts)
        if said_by(listed.reporter, before) != release.details["said"]:
            raise RefusedError("entry-changed", entry=entry.hex()[:SHOWN])
        check_papers(entries.node, facts, before)
        entries.revising.correct(entry, facts)


def _asked_for(release: Release) -> Facts:
    """Return the facts that a correction asks for.

    Raises:
        IntegrityError: ``record-erased``: its entry has ended.
    """
    facts = release.details.get("facts")
    if facts is None:
        raise IntegrityError("record-erased")
    return Facts.decode(str(facts).encode("ascii"))


def _recorded_once(entries: Entries, release: Release) -> AbstractContextManager[None]:
    """Record the act when it is tried first; rounds that go on add nothing until the release is done."""
    if release.state == "claimed":
        return nullcontext()
    by, entry = command_principal(NODE), bytes.fromhex(release.subject)
    return recorded(entries.node, by, "blacklist.correct", entry)
