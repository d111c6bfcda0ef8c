"""One look at one member: its anchored head, its log, its cosignature for ours, and what it saw of others.

The order matters. The head is read before the log: a checkpoint is signed before it is anchored, so a log
that is then still shorter than the head anchored what it did not publish.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Final

from ledger.errors import MalformedError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.evidence.log import generation_of
from ledger.ports.chain import AnchorHead
from ledger.primitives.checkpoint_text import CheckpointBody
from ledger.primitives.note import Note
from ledger.primitives.witness_request import AddCheckpoint
from ledger.proof.checkpoint import cosignature_times
from ledger.proof.misbehaviour import Anchoring
from ledger.services import proving
from ledger.services.witnessing import Witness
from ledger.store import alarms, logs, witnessed
from ledger.store.logs import CheckpointRow
from node.peer.anchored import anchor_of_head
from node.peer.client import PeerClient
from node.peer.neighbours import Neighbour, Neighbours
from node.wiring import Node

UNPUBLISHED: Final = "peer-anchor-unpublished"


@dataclass
class Watching:
    """Looks at members.

    Attributes:
        node: this member's.
        neighbours: the others.
        witness: judges what they show.
        seen_sizes: how much of our log each has seen, by member id, as it told last.
    """

    node: Node
    neighbours: Neighbours
    witness: Witness
    seen_sizes: dict[bytes, int] = field(default_factory=dict)

    def look(self, peer: Neighbour) -> int:
        """Look at ``peer`` once; return how many cosignatures came.

        Raises:
            UnavailableError: it, or the chain, does not answer.
            MalformedError: it answers what is not of the form.
        """
        client = PeerClient(peer, self.node.log_key, production=self.node.settings.production)
        head = self.node.chain.head(peer.log.member, peer.log.generation)
        # What it shows before what it is asked for: who cheats may well refuse to cosign.
        if self.witness.observe(peer.present, peer.log.checkpoint_origin, client):
            self._compare_head(peer, head)
        cosigned = self._ask_for_cosignature(peer, client)
        for note in client.witnessed():
            self._compare_note(note)
        return cosigned

    def _compare_head(self, peer: Neighbour, head: AnchorHead) -> None:
        origin = peer.log.checkpoint_origin
        with self.node.database.write() as connection:
            seen = witnessed.read(connection, origin)
            at = format_instant(self.node.clock.now())
            if head.size > (0 if seen is None else seen.size):
                subject = f"{origin} {head.size}"
                alarms.add(connection, peer.log.member, UNPUBLISHED, subject, at=at, proof=None)
                return
            alarms.end(connection, peer.log.member, UNPUBLISHED, at=at)
        if head.size:
            prove = partial(self._prove, peer, head)
            self.witness.compare_anchor(peer.member, origin, head.size, head.root, prove)

    def _prove(self, peer: Neighbour, head: AnchorHead) -> Anchoring:
        return anchor_of_head(self.node.settings, peer.log.member, head).anchoring

    def _compare_note(self, note: Note) -> None:
        """Compare what another member was shown, of any generation; a note of no neighbour's says nothing."""
        origin = CheckpointBody.parse(note.text).origin
        for each in self.neighbours.others():
            if generation_of(origin, each.member.origin) is not None:
                self.witness.compare(each.member, note)

    def _ask_for_cosignature(self, peer: Neighbour, client: PeerClient) -> int:
        with self.node.database.read() as connection:
            generation = self.node.log.generation
            ours = logs.latest_checkpoint(connection, generation)
            if ours is None or peer.member.origin in witnessed.cosigned_by(
                connection, generation, ours.size
            ):
                return 0
        for _ in range(2):
            try:
                line = client.cosign(self._request(ours, self.seen_sizes.get(peer.log.member, 0)))
            except RefusedError as error:
                size = error.params.get("size")
                if error.code != "witness-stale" or not isinstance(size, int) or size > ours.size:
                    raise
                self.seen_sizes[peer.log.member] = size
                continue
            self._keep(peer, ours, line)
            return 1
        return 0

    def _request(self, ours: CheckpointRow, old: int) -> AddCheckpoint:
        note = Note.parse(ours.note.encode())
        if not 0 < old < ours.size:
            return AddCheckpoint(old, (), note)
        with self.node.database.read() as connection:
            proof = proving.consistency(
                connection, self.node.log.generation, old=old, new=ours.size
            )
        return AddCheckpoint(old, proof.path, note)

    def _keep(self, peer: Neighbour, ours: CheckpointRow, line: str) -> None:
        """Check a cosignature before it is kept: it would make a package refuted."""
        text, generation = Note.parse(ours.note.encode()).text, self.node.log.generation
        for each in line.splitlines():
            if not cosignature_times(text, [each], [peer.present], is_trusted=lambda _: True):
                continue
            with self.node.database.write() as connection:
                witnessed.add_cosignature(
                    connection, generation, ours.size, witness=peer.member.origin, line=f"{each}\n"
                )
            self.seen_sizes[peer.log.member] = ours.size
            return
        raise MalformedError("cosignature", name=peer.member.origin)
