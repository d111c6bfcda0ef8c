"""Reconciling: what to do when the chain has lost anchors that were final.

On a chain with several validators that cannot happen: it is an alarm, and nothing is signed until people have
looked. The embedded development chain may be restored from an older copy; there the lost anchors are given
up, with the proofs that were frozen on blocks which no longer exist, and their leaves are anchored again.
"""

from dataclasses import dataclass

from ledger.errors import IntegrityError
from ledger.ports.chain import Chain
from ledger.services.sequencing import current_log
from ledger.store import anchors
from ledger.store.transactions import Begin


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Compares final anchors with the chain's head.

    Attributes:
        begin: opens a write transaction.
        chain: the chain.
        forgetful: whether the chain may be restored from an older copy: the development chain only.
    """

    begin: Begin
    chain: Chain
    forgetful: bool

    def run(self) -> int:
        """Give up anchors that the chain has lost, and return how many there were.

        Raises:
            IntegrityError: a chain that must not forget has lost a final anchor.
            UnavailableError: the chain does not answer.
        """
        with self.begin() as connection:
            log = current_log(connection).identity
        head = self.chain.head(log.member, log.generation)
        with self.begin() as connection:
            lost = anchors.final_above(connection, log.generation, head.size)
            if not lost:
                return 0
            if not self.forgetful:
                raise IntegrityError("anchor-final-lost", here=lost[-1].size, chain=head.size)
            for row in lost:
                anchors.give_up(connection, row.anchor_id)
            flying = anchors.in_flight(connection, log.generation)
            if flying is not None:
                anchors.plan_again(connection, flying.anchor_id, previous_size=head.size)
        return len(lost)
