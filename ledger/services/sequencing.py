"""Sequencing: committed statements get their places in the log, in batches, under signed checkpoints.

1. In one transaction, under the log's row lock: take what waits, append to the tiles, record the places.
2. Afterwards, outside: sign the checkpoint of the new size and store it. A crash in between leaves places
   without a checkpoint; the next round signs it. The same size never gets two roots, since places and
   tiles never change once committed.

Nothing is sequenced before fencing has compared this node with the chain.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from ledger.errors import ConfigurationError
from ledger.evidence import tiles
from ledger.evidence.instants import format_instant
from ledger.evidence.log import LogIdentity
from ledger.ports.clock import Clock
from ledger.ports.signer import StatementSigner
from ledger.primitives import merkle_proofs
from ledger.primitives.checkpoint_text import CheckpointBody
from ledger.primitives.note import ED25519, Note, VerifierKey
from ledger.store import logs, statements
from ledger.store.logs import CheckpointRow, LogRow
from ledger.store.transactions import Begin

BATCH: Final = 10_000
"""Leaves a transaction: bounds memory and the time of the write lock."""


@dataclass(frozen=True, slots=True)
class Sequencer:
    """Gives places and signs checkpoints.

    Attributes:
        begin: opens a write transaction.
        signer: the log key.
        clock: this machine's time.
    """

    begin: Begin
    signer: StatementSigner
    clock: Clock

    def run(self) -> int:
        """Place everything that waits, and return how many statements got a place."""
        placed = 0
        while batch := self._place_batch():
            placed += batch
        self.sign_checkpoint()
        return placed

    def _place_batch(self) -> int:
        with self.begin() as connection:
            log = current_log(connection, lock=True)
            waiting = statements.waiting(connection, BATCH)
            if not waiting:
                return 0
            append_leaves(connection, log, [leaf_hash for _, leaf_hash in waiting])
            generation = log.identity.generation
            statements.place(connection, generation, log.size, [seq for seq, _ in waiting])
            return len(waiting)

    def sign_checkpoint(self) -> None:
        """Sign the checkpoint of the present size unless it is signed already."""
        with self.begin() as connection:
            log = current_log(connection)
            generation = log.identity.generation
            latest = logs.latest_checkpoint(connection, generation)
            if log.size == (latest.size if latest else 0):
                return
            needed = merkle_proofs.root_coordinates(log.size)
            read = logs.vertex_reader(connection, generation, needed)
            root = merkle_proofs.root(log.size, read)
        note = self._sign(log.identity, log.size, root)
        row = CheckpointRow(log.size, root, note.serialise().decode())
        with self.begin() as connection:
            if logs.checkpoint_at(connection, generation, log.size) is None:
                signed_at = format_instant(self.clock.now())
                logs.add_checkpoint(connection, generation, row, signed_at=signed_at)

    def _sign(self, log: LogIdentity, size: int, root: bytes) -> Note:
        text = CheckpointBody(log.checkpoint_origin, size, root).text()
        key = VerifierKey(log.checkpoint_origin, ED25519, self.signer.public_key)
        return Note(text, (key.signature_line(self.signer.sign(text.encode())),))


def current_log(connection: Connection, *, lock: bool = False) -> LogRow:
    """Return the present log generation.

    Raises:
        ConfigurationError: the node was never initialised.
    """
    log = logs.current(connection, lock=lock)
    if log is None:
        raise ConfigurationError("log-missing")
    return log


def append_leaves(connection: Connection, log: LogRow, leaf_hashes: list[bytes]) -> None:
    """Append leaf hashes to the tiles and move the size, in the caller's transaction."""
    generation = log.identity.generation
    edge = logs.read_tiles(connection, generation, tiles.edge(log.size))
    logs.write_tiles(connection, generation, tiles.append(log.size, leaf_hashes, edge))
    logs.set_size(connection, generation, log.size + len(leaf_hashes))
