"""Recovering the tail of a log: a database that is older than its log gets the missing hashes from mirrors.

A restored backup must not reuse places. Other members mirrored the log, and hold a checkpoint that this
member signed. From both together the places are filled again: what the checkpoint's root confirms, and the
anchored head is a prefix of, is the log. Statements that the backup still had waiting get the places that
they had; the others are *lost*: their hashes stay, so that whoever holds such a statement can still prove it,
and the audit lists them.

Nothing of this is decided here: a mirror that does not lead to the anchored head is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from sqlalchemy import Connection

from ledger.errors import MalformedError, RefusedError
from ledger.evidence import tiles
from ledger.evidence.anchoring import AnchorState, Inclusion, Phase
from ledger.evidence.instants import format_instant
from ledger.evidence.log import LogIdentity
from ledger.ports.chain import AnchorHead, ChainProof
from ledger.ports.clock import Clock
from ledger.ports.signer import StatementSigner
from ledger.primitives import merkle_proofs
from ledger.primitives.checkpoint_text import CheckpointBody
from ledger.primitives.note import ED25519, Note, VerifierKey
from ledger.proof.misbehaviour import signed_body
from ledger.proof.trust import TrustedMember
from ledger.services.sequencing import current_log
from ledger.store import anchors, logs, lost_leaves, statements
from ledger.store.logs import CheckpointRow
from ledger.store.transactions import Begin

MAX_LEAVES: Final = 4_000_000


class Mirror(Protocol):
    """A member that mirrored this log, over the network."""

    def checkpoint(self) -> Note:
        """Return the newest checkpoint of this log that it saw."""
        ...

    def leaf_hashes(self, first: int, size: int) -> Sequence[bytes]:
        """Return the mirrored hashes from place ``first`` up to, not including, ``size``."""
        ...


@dataclass(frozen=True, slots=True)
class AnchoredTail:
    """The newest anchor of the log, as the chain has it.

    Attributes:
        head: size and root.
        previous_size: of the anchor before.
        inclusion: where it was made.
        proof: frozen.
    """

    head: AnchorHead
    previous_size: int
    inclusion: Inclusion
    proof: ChainProof


@dataclass(frozen=True, slots=True)
class Recovered:
    """What came back.

    Attributes:
        before: leaves that the database had.
        after: leaves that the log has.
        placed: waiting statements that got the places which they had before.
        lost: places whose statements are lost.
    """

    before: int
    after: int
    placed: int
    lost: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Recoverer:
    """Fills the log from a mirror.

    Attributes:
        begin: opens a write transaction.
        signer: the log key, for a checkpoint of the anchored size.
        clock: this machine's time.
    """

    begin: Begin
    signer: StatementSigner
    clock: Clock

    def recover(self, own: TrustedMember, tail: AnchoredTail, mirror: Mirror) -> Recovered:
        """Append what the mirror has, when it leads from what is here to the anchored head.

        Args:
            own: this member, with every log key it ever had.
            tail: what the chain says.
            mirror: of another member.

        Raises:
            RefusedError: there is nothing to recover, or the mirror does not reach the anchored head.
            MalformedError: the mirror's checkpoint is not this member's, or the hashes do not give its root.
            UnavailableError: the mirror does not answer.
        """
        note = mirror.checkpoint()
        body = signed_body(note, own)
        with self.begin() as connection:
            log = current_log(connection)
        _check(log.identity, log.size, body, tail)
        hashes = mirror.leaf_hashes(log.size, body.size)
        with self.begin() as connection:
            now = current_log(connection, lock=True)
            if now != log:
                raise RefusedError("recover-log-moved", size=now.size)
            edge = logs.read_tiles(connection, log.identity.generation, tiles.edge(log.size))
            grown = tiles.append(log.size, hashes, edge)
            self._compare(connection, log.identity, grown, body, tail)
            done = self._fill(connection, log.identity, log.size, hashes)
            logs.write_tiles(connection, log.identity.generation, grown)
            logs.set_size(connection, log.identity.generation, body.size)
            self._write_checkpoints(connection, log.identity, note, body, tail)
            self._write_anchor(connection, log.identity, tail)
        return done

    def _compare(
        self, connection: Connection, log: LogIdentity, grown: dict[tiles.TileName, bytes],
        body: CheckpointBody, tail: AnchoredTail,
    ) -> None:  # fmt: skip
        def read(name: tiles.TileName) -> bytes:
            if name in grown:
                return grown[name]
            return logs.read_tiles(connection, log.generation, [name])[name]

        if merkle_proofs.root(body.size, tiles.vertices(read)) != body.root:
            raise MalformedError("recover-mirror-differs", size=body.size)
        if merkle_proofs.root(tail.head.size, tiles.vertices(read)) != tail.head.root:
            raise MalformedError("recover-mirror-differs", size=tail.head.size)

    def _fill(
        self, connection: Connection, log: LogIdentity, first: int, hashes: Sequence[bytes]
    ) -> Recovered:
        waiting = {leaf_hash: seq for seq, leaf_hash in statements.waiting(connection, MAX_LEAVES)}
        lost: list[tuple[int, bytes]] = []
        for index, leaf_hash in enumerate(hashes, first):
            seq = waiting.get(leaf_hash)
            if seq is None:
                lost.append((index, leaf_hash))
            else:
                statements.place(connection, log.generation, index, [seq])
        lost_leaves.add(connection, log.generation, lost, at=format_instant(self.clock.now()))
        places = tuple(index for index, _ in lost)
        return Recovered(first, first + len(hashes), len(hashes) - len(lost), places)

    def _write_checkpoints(
        self, connection: Connection, log: LogIdentity, note: Note,
        body: CheckpointBody, tail: AnchoredTail,
    ) -> None:  # fmt: skip
        """Keep the checkpoint that the mirror had, and sign the anchored one again: the same root."""
        at = format_instant(self.clock.now())
        rows = [CheckpointRow(body.size, body.root, note.serialise().decode())]
        if tail.head.size != body.size:
            text = CheckpointBody(log.checkpoint_origin, tail.head.size, tail.head.root).text()
            key = VerifierKey(log.checkpoint_origin, ED25519, self.signer.public_key)
            signed = Note(text, (key.signature_line(self.signer.sign(text.encode())),))
            row = CheckpointRow(tail.head.size, tail.head.root, signed.serialise().decode())
            rows.append(row)
        for row in rows:
            if logs.checkpoint_at(connection, log.generation, row.size) is None:
                logs.add_checkpoint(connection, log.generation, row, signed_at=at)

    def _write_anchor(self, connection: Connection, log: LogIdentity, tail: AnchoredTail) -> None:
        at = format_instant(self.clock.now())
        row = anchors.plan(
            connection,
            generation=log.generation,
            size=tail.head.size,
            root=tail.head.root,
            previous_size=tail.previous_size,
            planned_at=at,
        )
        state = AnchorState(phase=Phase.FINAL, inclusion=tail.inclusion)
        anchors.set_state(connection, row.anchor_id, state)
        anchors.set_proof(connection, row.anchor_id, tail.proof, final_at=at)


def _check(log: LogIdentity, size: int, body: CheckpointBody, tail: AnchoredTail) -> None:
    if tail.head.size <= size:
        raise RefusedError("recover-nothing", size=size)
    if body.origin != log.checkpoint_origin or body.size < tail.head.size:
        raise RefusedError("recover-mirror-short", size=body.size, chain=tail.head.size)
    if body.size - size > MAX_LEAVES:
        raise RefusedError("peer-log-too-far", origin=body.origin, limit=MAX_LEAVES)
