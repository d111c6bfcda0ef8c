"""How the node stands, for dashboards and probes: what waits, how far log and anchor have come."""

from dataclasses import dataclass

from sqlalchemy import Connection

from ledger.services.fencing import CLOSED
from ledger.store import anchors, leases, logs, statements


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of intake, log and anchoring.

    Attributes:
        founded: the log has begun.
        generation: of the log.
        waiting: statements without a place.
        log_size: leaves.
        anchored_size: leaves under a final, frozen anchor.
        phase: of the newest anchor; ``None`` before the first.
        read_only: intake is closed: behind the chain, a copy beside another, or not compared yet.
    """

    founded: bool
    generation: int
    waiting: int
    log_size: int
    anchored_size: int
    phase: str | None
    read_only: bool


def standing(connection: Connection) -> Standing:
    """Read how the node stands."""
    log = logs.current(connection)
    if log is None:
        waiting = statements.count_waiting(connection)
        return Standing(
            founded=False,
            generation=0,
            waiting=waiting,
            log_size=0,
            anchored_size=0,
            phase=None,
            read_only=False,
        )
    generation = log.identity.generation
    newest = anchors.newest(connection, generation)
    return Standing(
        founded=True,
        generation=generation,
        waiting=statements.count_waiting(connection),
        log_size=log.size,
        anchored_size=anchors.frozen_size(connection, generation),
        phase=None if newest is None else newest.state.phase.value,
        read_only=leases.held(connection, CLOSED),
    )
