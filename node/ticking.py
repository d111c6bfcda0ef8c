"""One round of the worker: go over to new keys, fence, reconcile, sequence, anchor, freeze."""

from collections.abc import Callable
from dataclasses import dataclass

from ledger.errors import RefusedError
from ledger.services.anchoring import Progress
from node.consortium.rotation import switch
from node.consortium.standing import explained
from node.wiring import Node


@dataclass(frozen=True, slots=True)
class Tick:
    """What a round did.

    Attributes:
        placed: statements that got a place.
        progress: of the anchor.
        alarms: codes that people have to look at.
    """

    placed: int
    progress: Progress
    alarms: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        phase = self.progress.phase
        return {
            "placed": self.placed,
            "anchor_size": self.progress.size,
            "phase": None if phase is None else phase.value,
            "frozen": self.progress.frozen,
            "alarms": list(self.alarms),
        }

    def for_people(self, word: Callable[[str], str]) -> dict[str, object]:
        """Return it under the catalogue's names."""
        phase = self.progress.phase
        return {
            "tick-placed": self.placed,
            "tick-size": self.progress.size or "",
            "tick-phase": word(f"phase-{phase.value if phase else 'none'}"),
            "tick-frozen": word("yes" if self.progress.frozen else "no"),
        }


def tick(node: Node) -> Tick:
    """Do one round; whatever stops it, the next one goes on from the committed state.

    Raises:
        RefusedError: this copy may not sequence.
        UnavailableError: the chain or the database does not answer.
    """
    node.not_before.refresh()
    switch(node)
    try:
        node.fence.check()
    except RefusedError as error:
        raise explained(node, error) from error
    node.reconciler.run()
    placed = node.sequencer.run()
    progress = node.anchorer.tick()
    if progress.phase is None:
        node.fence.renew()
    return Tick(placed, progress, (*progress.alarms, *node.chain.warnings()))


def retry_refused(node: Node) -> bool:
    """Plan the newest refused anchor again; ``False`` when there is none."""
    return node.anchorer.retry_refused()
