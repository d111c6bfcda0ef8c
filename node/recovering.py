"""Recovering this node's log from the mirrors of other members, after an older backup was restored."""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.errors import LedgerError, RefusedError
from ledger.ports.chain import AnchorHead, ChainProof
from ledger.primitives.checkpoint_text import CheckpointBody
from ledger.primitives.note import Note
from ledger.services.recovering import AnchoredTail, Recovered, Recoverer
from node.peer.anchored import anchor_of_head
from node.peer.client import PeerClient
from node.peer.neighbours import Neighbour, Neighbours
from node.wiring import Node


@dataclass(frozen=True, slots=True)
class PeerMirror:
    """A member's mirror of our log.

    Attributes:
        client: asks it.
        origin: of our checkpoints.
    """

    client: PeerClient
    origin: str

    def checkpoint(self) -> Note:
        """Return the newest checkpoint of ours that it saw.

        Raises:
            RefusedError: it saw none.
        """
        for note in self.client.witnessed():
            if CheckpointBody.parse(note.text).origin == self.origin:
                return note
        raise RefusedError("recover-mirror-short", size=0, chain="?")

    def leaf_hashes(self, first: int, size: int) -> Sequence[bytes]:
        """Return the hashes that it mirrors."""
        return self.client.mirrored(self.origin, first, size)


def recover_log(node: Node) -> Recovered:
    """Fill the log from the first member whose mirror reaches the anchored head.

    The caller knows that no other copy of this node lives: from here on this one counts the account's nonces
    anew, and watches for others before it sequences (``fencing``).

    Raises:
        RefusedError: there is nothing to recover, or no member has a mirror that reaches the head.
        UnavailableError: the chain does not answer, or no member does.
    """
    log = node.log
    head = node.chain.head(log.member, log.generation)
    neighbours = Neighbours(node.settings)
    tail, own = _tail(node, head), _own(neighbours, log.member)
    failed: LedgerError = RefusedError("recover-no-mirror")
    recoverer = Recoverer(node.database.write, node.log_key, node.clock)
    for peer in neighbours.others():
        try:
            client = PeerClient(peer, node.log_key, production=node.settings.production)
            done = recoverer.recover(own.member, tail, PeerMirror(client, log.checkpoint_origin))
        except LedgerError as error:
            if error.code == "recover-nothing":
                raise
            failed = error
            continue
        nonce = node.chain.next_nonce()
        with node.database.write() as connection:
            node.fence.watch_again(connection, nonce)
        return done
    raise failed


def _own(neighbours: Neighbours, member: bytes) -> Neighbour:
    return next(each for each in neighbours.all() if each.log.member == member)


def _tail(node: Node, head: AnchorHead) -> AnchoredTail:
    if head.size == 0:
        raise RefusedError("recover-nothing", size=0)
    found = anchor_of_head(node.settings, node.log.member, head)
    shown = found.anchoring
    return AnchoredTail(
        head=head,
        previous_size=shown.expected.previous_size,
        inclusion=found.inclusion,
        proof=ChainProof(shown.header, shown.receipt, membership=None),
    )
