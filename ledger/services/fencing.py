"""Fencing: before this node sequences or signs a transaction, it makes sure that it may.

Two things must never happen: a restored older database that reuses indices (equivocation), and two running
copies of one node that sequence beside each other.

* **Head.** The chain's head of this log must be one that this database anchored, and not larger than it.
  A larger or foreign head means that the database is older than the log: it stays read-only until the
  missing leaves are recovered, or the registry votes a new generation that names the old head.
* **Lease.** Every transaction of the anchor account is stored before it is sent, so this database knows
  every nonce it used. A higher nonce on chain means that another copy uses the key: stop.
* **Takeover.** The lease names its holder by a fingerprint of the running copy (machine, folder, database
  file). When a copy finds another one's fingerprint (the node was moved, restored, or cloned) it watches
  the account for ``LEASE_SECONDS``: if a transaction of somebody else appears, the other copy lives, and
  this one refuses for good; if none appears, it takes the lease with an empty transaction. The holder
  renews its lease in the same way when it has anchored nothing for a third of that time.
* **Forgiving.** A database that was older than the log and was made good (recovered, or by a voted
  generation) cannot know the nonces in between: it counts them anew, and watches like a moved copy.

When the chain does not answer, the last good comparison stands for ``LEASE_SECONDS``; then sequencing waits.
Intake never waits for the chain; but it is *closed* from the moment at which this copy arrives on a database
that another copy led, or is found older than the log, of another generation, or beside a living copy, until
it holds the lease: a promise to place a leaf could not be kept.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from ledger.errors import RefusedError, UnavailableError
from ledger.evidence.instants import format_instant, parse_instant
from ledger.evidence.log import LogIdentity
from ledger.ports.chain import Chain
from ledger.ports.clock import Clock
from ledger.services.sequencing import current_log
from ledger.store import anchors, leases, logs
from ledger.store.leases import LeaseRow
from ledger.store.transactions import Begin

LEASE_SECONDS: Final = 600
"""Longer than a chain's worst pause that was measured (a minute), short enough for a planned move."""
RENEW_SECONDS: Final = LEASE_SECONDS // 3
LEASE: Final = "sequencer"
TAKEOVER: Final = "takeover"
CLOSED: Final = "closed"
"""Row that keeps intake closed."""
NOBODY: Final = ""
"""Holds the lease when whoever goes on has to watch first."""
_CLOSING: Final = frozenset({"log-behind-chain", "log-generation-moved", "lease-used-elsewhere"})


def arrive(begin: Begin, clock: Clock, fingerprint: str) -> None:
    """Close intake when another copy led last: whether this one may go on is not known yet."""
    with begin() as connection:
        held = leases.read(connection, LEASE)
        if held is not None and held.holder != fingerprint:
            row = LeaseRow(fingerprint, nonce=0, checked_at=format_instant(clock.now()))
            leases.write(connection, CLOSED, row)


@dataclass(frozen=True, slots=True)
class Fence:
    """Compares this copy with the chain.

    Attributes:
        begin: opens a write transaction.
        chain: the chain.
        clock: this machine's time.
        fingerprint: names this running copy; differs after a move, a restore, or a clone.
    """

    begin: Begin
    chain: Chain
    clock: Clock
    fingerprint: str

    def check(self) -> None:
        """Return when this copy may sequence and sign.

        Raises:
            RefusedError: it may not; the code says why and the message what to do.
            UnavailableError: the chain does not answer, and the last good comparison is too old.
        """
        with self.begin() as connection:
            held = leases.read(connection, LEASE)
        try:
            self.check_head()
            nonce = self._check_nonce(held)
        except RefusedError as error:
            if error.code in _CLOSING:
                self._write(CLOSED, 0)
            raise
        except UnavailableError:
            self._check_grace(held)
            return
        if held is None or held.holder == self.fingerprint:
            self._write(LEASE, nonce)
        else:
            self._take_over(nonce)
        with self.begin() as connection:
            leases.remove(connection, CLOSED)

    def check_head(self) -> None:
        """Compare generation and head with the chain, and nothing else.

        Raises:
            RefusedError: the database is older than the log on chain, or of another generation.
            UnavailableError: the chain does not answer.
        """
        with self.begin() as connection:
            log = current_log(connection).identity
        self._check_membership(log)
        self._check_head(log)

    def unknown_nonce(self) -> int | None:
        """Return the account's nonce when this copy has to watch before it goes on.

        Returns:
            ``None`` when this copy led last and knows every transaction of the account.

        Raises:
            UnavailableError: the chain does not answer.
        """
        with self.begin() as connection:
            held = leases.read(connection, LEASE)
        nonce = self.chain.next_nonce()
        if held is None or held.holder != self.fingerprint:
            return nonce
        try:
            self._check_nonce(held)
        except RefusedError:
            return nonce
        return None

    def watch_again(self, connection: Connection, nonce: int) -> None:
        """Count the account's nonces anew, and watch for other copies before this one goes on.

        Intake is closed until then. Whoever calls this knows from people that no other copy lives.

        Args:
            connection: inside a write transaction.
            nonce: of the account now.
        """
        at = format_instant(self.clock.now())
        leases.write(connection, LEASE, LeaseRow(NOBODY, nonce, at))
        leases.write(connection, CLOSED, LeaseRow(self.fingerprint, nonce, at))
        leases.remove(connection, TAKEOVER)

    def renew(self) -> None:
        """Send an empty transaction when the account has been quiet for a third of the lease.

        Raises:
            UnavailableError: the chain does not answer.
        """
        with self.begin() as connection:
            last = anchors.last_stored_at(connection)
        if last is None or self._age(last) >= RENEW_SECONDS:
            self._send_lease()

    def _check_membership(self, log: LogIdentity) -> None:
        if self.chain.active_member() != log.member:
            raise RefusedError("key-not-a-member", account="0x" + self.chain.account.hex())
        generation = self.chain.generation(log.member)
        if generation != log.generation:
            raise RefusedError("log-generation-moved", here=log.generation, chain=generation)

    def _check_head(self, log: LogIdentity) -> None:
        head = self.chain.head(log.member, log.generation)
        if head.size == 0:
            return
        with self.begin() as connection:
            known = logs.checkpoint_at(connection, log.generation, head.size)
            here = current_log(connection).size
        if known is None or known.root != head.root:
            raise RefusedError("log-behind-chain", here=here, chain=head.size)

    def _check_nonce(self, held: LeaseRow | None) -> int:
        """Return the account's nonce after making sure that only this database ever used it."""
        nonce = self.chain.next_nonce()
        if held is None:
            return nonce
        baseline = held.nonce or 0
        with self.begin() as connection:
            highest = anchors.highest_nonce(connection)
            ours = anchors.transactions_at(connection, nonce - 1)
        known = baseline if highest is None else max(baseline, highest + 1)
        foreign = nonce > known or (nonce > baseline and self.chain.find(ours) is None)
        if foreign:
            raise RefusedError("lease-used-elsewhere", known=known, chain=nonce)
        return nonce

    def _take_over(self, nonce: int) -> None:
        """Watch the account, then take the lease with a transaction of our own.

        Raises:
            RefusedError: not yet taken; says until when the account is watched.
        """
        with self.begin() as connection:
            watch = leases.read(connection, TAKEOVER)
            taken = anchors.transactions_at(connection, nonce - 1)
        if watch is None or watch.holder != self.fingerprint:
            self._write(TAKEOVER, nonce)
            raise RefusedError("lease-watching", seconds=LEASE_SECONDS)
        if nonce > (watch.nonce or 0) and taken:
            self._write(LEASE, nonce)
            return
        waited = self._age(watch.checked_at)
        if waited < LEASE_SECONDS:
            raise RefusedError("lease-watching", seconds=int(LEASE_SECONDS - waited))
        self._send_lease()
        raise RefusedError("lease-watching", seconds=0)

    def _send_lease(self) -> None:
        signed = self.chain.sign_lease()
        with self.begin() as connection:
            if anchors.raw_transaction(connection, signed.transaction) is None:
                anchors.store_transaction(
                    connection,
                    signed,
                    purpose="lease",
                    anchor_id=None,
                    stored_at=format_instant(self.clock.now()),
                )
        self.chain.broadcast(signed.raw)

    def _write(self, name: str, nonce: int) -> None:
        row = LeaseRow(self.fingerprint, nonce, format_instant(self.clock.now()))
        with self.begin() as connection:
            leases.write(connection, name, row)

    def _check_grace(self, held: LeaseRow | None) -> None:
        if held is None or held.holder != self.fingerprint:
            raise UnavailableError("chain-never-compared")
        # A clock that stepped back says nothing about how old the comparison is.
        if abs(self._age(held.checked_at)) > LEASE_SECONDS:
            raise UnavailableError("chain-comparison-too-old", since=held.checked_at)

    def _age(self, instant: str) -> float:
        return (self.clock.now() - parse_instant(instant)).total_seconds()
