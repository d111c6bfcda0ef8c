"""Beginning the log generation that the members voted.

Everything happens in one transaction, under the row lock of the generation that ends:

1. The new generation is inserted; from here on everybody sequences, seals and anchors there.
2. Its first leaf is an ``opening`` statement, which names the head at which the vote ended the old log.
3. Statements at places of the old log that no proved anchor of this database covers wait again: the contract
   takes no anchor of that generation any more, so that they could never be proved. They get places in the
   new log as they are, signature and leaf hash unchanged; what waited already goes there too.
4. When this copy is not the one that led last, or the account was used without it, it watches the account
   again before it goes on (``fencing``), and intake stays closed until then.

The old generation stays: tiles, checkpoints, cosignatures, anchors and their proofs. The checkpoint of the
new one is signed in the next round of the sequencer, which the fence lets through or not. So a copy that
began beside another shows nobody a second history.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from ledger.errors import RefusedError
from ledger.evidence.instants import format_instant
from ledger.evidence.opening import GenerationVote, LogOpening
from ledger.evidence.statement import NotBefore
from ledger.ports.clock import Clock
from ledger.ports.signer import StatementSigner
from ledger.services.composing import Author, Draft, Item, sign
from ledger.services.fencing import Fence
from ledger.services.recording import Moment
from ledger.services.sequencing import append_leaves, current_log
from ledger.store import anchors, carried_leaves, logs, statements
from ledger.store.logs import LogRow
from ledger.store.transactions import Begin


@dataclass(frozen=True, slots=True)
class Begun:
    """A generation that was begun.

    Attributes:
        generation: the new one.
        origin: of its checkpoints.
        leaf_hash: of its opening statement.
        opening: what that says.
        watching: whether this copy has to watch the account before it goes on.
    """

    generation: int
    origin: str
    leaf_hash: bytes
    opening: LogOpening
    watching: bool


@dataclass(frozen=True, slots=True)
class Opener:
    """Begins generations.

    Attributes:
        begin: opens a write transaction.
        signer: the evidence key.
        author: member and system; its log is the one that ends.
        clock: this machine's time.
        fence: knows whether other copies may live.
        not_before: the newest final block that is known.
        also: is called in the transaction with what was begun.
    """

    begin: Begin
    signer: StatementSigner
    author: Author
    clock: Clock
    fence: Fence
    not_before: Callable[[], NotBefore | None]
    also: Callable[[Connection, Begun], None]

    def open(self, vote: GenerationVote) -> Begun:
        """Begin the generation that ``vote`` opened.

        Raises:
            RefusedError: the node is in it already, or past it.
            UnavailableError: the chain does not answer.
        """
        named, nonce = self.not_before(), self.fence.unknown_nonce()
        with self.begin() as connection:
            old = current_log(connection, lock=True)
            if old.identity.generation >= vote.generation:
                raise RefusedError("generation-begun", generation=old.identity.generation)
            opening = self._close(connection, old, vote)
            new = replace(old.identity, generation=vote.generation)
            logs.begin_generation(connection, new, started_at=format_instant(self.clock.now()))
            author = replace(self.author, log=new)
            leaf_hash = self._seal_opening(connection, author, opening, named)
            if nonce is not None:
                self.fence.watch_again(connection, nonce)
            begun = Begun(
                generation=vote.generation,
                origin=new.checkpoint_origin,
                leaf_hash=leaf_hash,
                opening=opening,
                watching=nonce is not None,
            )
            self.also(connection, begun)
        return begun

    def _close(self, connection: Connection, old: LogRow, vote: GenerationVote) -> LogOpening:
        generation = old.identity.generation
        proved = anchors.frozen_size(connection, generation)
        carried = carried_leaves.carry(connection, generation, proved)
        origin = replace(old.identity, generation=vote.generation - 1).checkpoint_origin
        # A generation between this node's and the one that the vote ended was begun and lost elsewhere.
        kept = old.size if generation == vote.generation - 1 else 0
        return LogOpening(origin, vote, kept=kept, carried=carried)

    def _seal_opening(
        self, connection: Connection, author: Author, opening: LogOpening, named: NotBefore | None
    ) -> bytes:
        item = Item(kind="opening", extra=opening.to_json())
        draft = Draft(item, {}, content=None, object_id=None, key=None, sealed_fields=None)
        now, last = format_instant(self.clock.now()), statements.last_sealed_at(connection)
        row = sign(
            draft,
            author=author,
            signer=self.signer,
            sealed_at=now,
            link=None,
            not_before=named,
            duplicate_of=None,
            clock_was_at=Moment(now, last, named).ahead,
        )
        (seq,) = statements.insert(connection, [row], [])
        append_leaves(connection, LogRow(author.log, 0), [row.leaf_hash])
        statements.place(connection, author.log.generation, 0, [seq])
        return row.leaf_hash
