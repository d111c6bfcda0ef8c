"""Timestamping: tokens of several authorities over each anchored checkpoint, and their renewal.

* What is stamped is what V13 checks: the text of the checkpoint under an anchor, which the packages carry. An
  anchor counts from when it is planned: the earlier the token, the tighter the bound.
* Each authority is worked on by itself, with a back-off of its own: one that is down or slow holds up nobody,
  least of all sequencing and anchoring, which never wait for a token. What it missed is left out when another
  authority has stamped it; what nobody has stamped is made up for, newest first.
* The network is asked outside transactions. A crash between an answer and its commit loses an answer; the
  next run asks again.
* Tokens are renewed before their certificates end (``proof.renewal``): by the first authority that is well.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from ledger.errors import (
    ConflictError,
    IntegrityError,
    LedgerError,
    RefusedError,
    UnavailableError,
)
from ledger.evidence.instants import format_instant, parse_instant
from ledger.evidence.statement import read_leaf
from ledger.ports.clock import Clock
from ledger.ports.timestamping import Stamped, TimestampAuthority
from ledger.primitives.merkle import leaf_hash
from ledger.primitives.note import Note
from ledger.proof.renewal import Stamp, covered_bytes, renewal_root
from ledger.store import authorities, headers, logs, statements, timestamps
from ledger.store.authorities import AuthorityRow
from ledger.store.timestamps import ListRow, TokenRow
from ledger.store.transactions import Begin

MAX_STAMPS: Final = 50
"""Questions in one run: some seconds, after which the next run goes on."""
MAX_RENEWED: Final = 1024
"""Tokens under one renewal: its bytes are read and hashed at once, some megabytes."""
STILL_WANTED: Final = timedelta(hours=24)
"""For so long a second authority's token is asked for although a first one is there."""
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=1)
LISTS_AGAIN: Final = timedelta(hours=1)
"""How long a revocation list that could not be had is not asked for again."""
RENEW_AGAIN: Final = timedelta(hours=24)
"""How long an authority is not asked to renew after its certificates proved to last no longer."""
ALARM_AFTER: Final = timedelta(hours=2)
"""An authority that fails for so long needs a person; shorter outages are ordinary."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a run with one authority did.

    Attributes:
        stamped: checkpoints that got a token.
        renewed: tokens that were renewed.
        code: of what stopped it; empty when nothing did.
    """

    stamped: int = 0
    renewed: int = 0
    code: str = ""

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return {"stamped": self.stamped, "renewed": self.renewed, "code": self.code}


@dataclass(frozen=True, slots=True)
class Timestamper:
    """Asks authorities for tokens and renews them.

    Attributes:
        begin: opens a write transaction.
        authorities: in the order of preference.
        clock: this machine's time.
        renew_before: how long before its certificates end a token is renewed.
    """

    begin: Begin
    authorities: Sequence[TimestampAuthority]
    clock: Clock
    renew_before: timedelta
    _looked: dict[bytes, str] = field(default_factory=dict)
    _useless: dict[str, str] = field(default_factory=dict)

    def run(
        self,
        authority: TimestampAuthority,
        *,
        at_once: bool = False,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Done:
        """Stamp and renew what can be stamped and renewed now with one authority.

        Args:
            authority: to be asked.
            at_once: ask although it failed a moment ago.
            stopped: tells that the program is ending; the question under way is still finished.

        Raises:
            UnavailableError: the database does not answer. What the authority does is never raised.
        """
        with self.begin() as connection:
            state = authorities.read(connection, authority.name)
        if not at_once and state.retry_at is not None and state.retry_at > self._now():
            return Done(code=state.code)
        if at_once:
            self._useless.pop(authority.name, None)
        done = Done()
        try:
            for generation, size in self._wanted(authority):
                if stopped():
                    return done
                self._stamp(authority, generation, size)
                done = replace(done, stamped=done.stamped + 1)
            if not stopped() and self._renews(authority):
                done = replace(done, renewed=self._renew(authority))
            self._fetch_lists(authority)
        except ConflictError:
            return done  # another process was first; the next run sees what it did
        except LedgerError as error:
            if error.code == "database-unavailable":
                raise
            self._failed(state, error)
            return replace(done, code=error.code)
        if done.stamped or done.renewed or state.failures:
            self._answered(authority.name)
        return done

    def _wanted(self, authority: TimestampAuthority) -> list[tuple[int, int]]:
        since = format_instant(self.clock.now() - STILL_WANTED)
        with self.begin() as connection:
            return timestamps.unstamped(connection, authority.name, since=since, limit=MAX_STAMPS)

    def _stamp(self, authority: TimestampAuthority, generation: int, size: int) -> None:
        with self.begin() as connection:
            text = checkpoint_text(connection, generation, size)
            earliest = _last_block_time(connection, generation, size)
        stamped = authority.stamp(text)
        if stamped.gen_time.timestamp() < earliest:
            raise UnavailableError("timestamp-before-block", authority=authority.name)
        self._check_revocation(authority, stamped)
        with self.begin() as connection:
            timestamps.add(
                connection,
                stamped,
                authority=authority.name,
                generation=generation,
                size=size,
                stored_at=self._now(),
            )

    def _check_revocation(self, authority: TimestampAuthority, stamped: Stamped) -> None:
        """Look at the revocation lists of a token's chain: a revoked signer's token is not kept."""
        chain_id = timestamps.chain_id_of(stamped.certificates)
        with self.begin() as connection:
            timestamps.keep_chain(connection, stamped)
        self._refresh_lists(authority, chain_id)
        with self.begin() as connection:
            if timestamps.is_revoked(connection, chain_id):
                raise RefusedError("timestamp-revoked", authority=authority.name)

    def _refresh_lists(self, authority: TimestampAuthority, chain_id: bytes) -> None:
        """Fetch the lists of a chain that are missing or that their issuers have replaced."""
        now = self._now()
        looked = self._looked.get(chain_id)
        if looked is not None and parse_instant(looked) > self.clock.now() - LISTS_AGAIN:
            return
        with self.begin() as connection:
            following = timestamps.next_update(connection, chain_id)
            certificates = timestamps.certificates(connection, chain_id)
        if following is not None and following > now:
            return
        self._looked[chain_id] = now
        found = authority.revocation(certificates)
        with self.begin() as connection:
            for each in found:
                timestamps.keep_list(connection, chain_id, each, fetched_at=now)

    def _fetch_lists(self, authority: TimestampAuthority) -> None:
        """Keep the lists fresh for tokens that a renewal will have to cover."""
        with self.begin() as connection:
            chains = timestamps.chains_in_use(connection, authority.name)
        for chain_id in chains:
            self._refresh_lists(authority, chain_id)

    def _renews(self, authority: TimestampAuthority) -> bool:
        """Tell whether this authority is the first that is well and of use."""
        useless = self._useless.get(authority.name)
        if useless is not None and parse_instant(useless) > self.clock.now() - RENEW_AGAIN:
            return False
        with self.begin() as connection:
            for each in self.authorities:
                if each.name == authority.name:
                    return True
                state = authorities.read(connection, each.name)
                if not state.failures and each.name not in self._useless:
                    return False
        return True

    def _renew(self, authority: TimestampAuthority) -> int:
        """Renew one batch of the tokens that are due and return how many they were."""
        before = format_instant(self.clock.now() + self.renew_before)
        with self.begin() as connection:
            rows = timestamps.due(connection, now=self._now(), before=before, limit=MAX_RENEWED)
            lists = {
                row.chain_id: timestamps.newest_lists(connection, row.chain_id) for row in rows
            }
            leaves = stamp_leaves(connection, rows, lists)
        if not rows:
            return 0
        stamped = authority.stamp(renewal_root(leaves))
        if format_instant(stamped.valid_until) <= max(row.valid_until for row in rows):
            # It still signs with certificates that last no longer; the next ones will do.
            self._useless[authority.name] = self._now()
            return 0
        if format_instant(stamped.gen_time) > min(row.valid_until for row in rows):
            raise UnavailableError("timestamp-before-block", authority=authority.name)
        self._check_revocation(authority, stamped)
        with self.begin() as connection:
            renewal = timestamps.add(
                connection,
                stamped,
                authority=authority.name,
                generation=None,
                size=len(rows),
                stored_at=self._now(),
            )
            covered = [each for found in lists.values() for each in found]
            timestamps.cover_lists(connection, renewal, covered)
            ids = [row.token_id for row in rows]
            if not timestamps.mark_renewed(connection, ids, renewal_id=renewal):
                raise ConflictError("database-conflict")
        return len(rows)

    def _failed(self, state: AuthorityRow, error: LedgerError) -> None:
        """Record a failure; the pause doubles with each in a row."""
        now = self.clock.now()
        pause = min(FIRST_PAUSE * 2 ** min(state.failures, 16), LONGEST_PAUSE)
        with self.begin() as connection:
            changed = replace(
                authorities.read(connection, state.name),
                failures=state.failures + 1,
                failing_since=state.failing_since or format_instant(now),
                retry_at=format_instant(now + pause),
                code=error.code,
                detail=", ".join(f"{name}={value}" for name, value in error.params.items())[:300],
            )
            authorities.write(connection, changed)

    def _answered(self, name: str) -> None:
        with self.begin() as connection:
            authorities.write(connection, AuthorityRow(name, answered_at=self._now()))

    def _now(self) -> str:
        return format_instant(self.clock.now())


def is_alarming(state: AuthorityRow, clock: Clock) -> bool:
    """Tell whether an authority has failed for so long that somebody should look."""
    since = state.failing_since
    return since is not None and clock.now() - parse_instant(since) >= ALARM_AFTER


def stamp_of(row: TokenRow, certificates: tuple[bytes, ...], lists: Sequence[ListRow]) -> Stamp:
    """Return a stored token as a renewal covers it, with these revocation lists."""
    ordered = sorted(lists, key=lambda each: each.list_id)
    return Stamp(row.token, certificates, tuple(each.data for each in ordered))


def stamp_leaves(
    connection: Connection, rows: Sequence[TokenRow], lists: Mapping[bytes, Sequence[ListRow]]
) -> list[bytes]:
    """Return the leaf hash of each token under a renewal; ``lists`` are by chain.

    A thousand tokens have a chain or two, each of which is read once.
    """
    chains = {chain_id: timestamps.certificates(connection, chain_id) for chain_id in lists}
    stamps = (stamp_of(row, chains[row.chain_id], lists[row.chain_id]) for row in rows)
    return [leaf_hash(covered_bytes(each)) for each in stamps]


def checkpoint_text(connection: Connection, generation: int, size: int) -> bytes:
    """Return the bytes of a checkpoint that a token stamps: its text without signatures.

    Raises:
        IntegrityError: there is no such checkpoint.
    """
    found = logs.checkpoint_at(connection, generation, size)
    if found is None:
        raise IntegrityError("audit-anchor-checkpoint", size=size)
    return Note.parse(found.note.encode()).text.encode()


def _last_block_time(connection: Connection, generation: int, size: int) -> int:
    """Return the time of the block that the last statement under a checkpoint names; 0 for none.

    An earlier token would contradict it, and V14 would refute the package of that statement.
    """
    found = statements.at_places(connection, generation, size - 1, 1)
    named = read_leaf(found[0][1].leaf).statement.not_before if found else None
    kept = None if named is None else headers.by_hash(connection, named.block_hash)
    return 0 if kept is None else kept.ref.timestamp
