"""Answering other members: who asks is an active member with a fresh signature, taken once."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete

from ledger.errors import ConflictError, IntegrityError, RefusedError
from ledger.evidence.instants import format_instant
from ledger.evidence.tiles import TileName
from ledger.primitives.note import NoteSignature
from ledger.primitives.witness_request import AddCheckpoint
from ledger.services.witnessing import Witness
from ledger.store import witnessed
from ledger.store.tables import peer_nonce
from node.errors import NotAuthenticatedError, NotPermittedError
from node.peer.neighbours import Neighbour, Neighbours
from node.peer.signatures import LIFETIME, SignedRequest, verify
from node.wiring import Node

FORGET_AFTER = LIFETIME + timedelta(minutes=2)
"""Longer than a signature lives, clocks that differ included."""


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers other members.

    Attributes:
        node: this member's.
        neighbours: who may ask.
        witness: judges what they show.
    """

    node: Node
    neighbours: Neighbours
    witness: Witness

    def caller(self, request: SignedRequest, body: bytes) -> Neighbour:
        """Return who asks.

        Raises:
            NotAuthenticatedError: no fresh signature of an active member's, or seen before.
            NotPermittedError: this member is not active itself, so it has no duties.
            UnavailableError: the registry cannot be read.
        """
        key, nonce = verify(request, body, bytes.fromhex(self.node.settings.member))
        peer = self.neighbours.with_log_key(key)
        if not self.neighbours.own_is_active():
            raise NotPermittedError("peer-not-active")
        self._take(peer, nonce)
        return peer

    def cosign(self, peer: Neighbour, request: AddCheckpoint) -> NoteSignature:
        """Cosign a checkpoint of the caller's log, or of one that the caller passes on.

        Raises:
            MalformedError: see ``Witness.cosign``.
            RefusedError: see ``Witness.cosign``.
        """
        return self.witness.cosign(peer.present, request)

    def witnessed(self) -> list[str]:
        """Return the newest checkpoint of every log that was seen."""
        with self.node.database.read() as connection:
            return [each.note for each in witnessed.read_all(connection)]

    def mirrored(self, origin: str, name: TileName) -> bytes:
        """Return a tile of a mirrored log.

        Raises:
            RefusedError: it is not mirrored here.
        """
        with self.node.database.read() as connection:
            try:
                return witnessed.read_tiles(connection, origin, [name])[name]
            except IntegrityError:
                raise RefusedError("tile-unknown") from None

    def _take(self, peer: Neighbour, nonce: str) -> None:
        now = self.node.clock.now()
        try:
            with self.node.database.write() as connection:
                old = peer_nonce.c.seen_at < format_instant(now - FORGET_AFTER)
                connection.execute(delete(peer_nonce).where(old))
                values = {"member": peer.log.member, "nonce": nonce, "seen_at": format_instant(now)}
                connection.execute(peer_nonce.insert().values(**values))
        except ConflictError as error:
            raise NotAuthenticatedError("peer-replayed") from error
