"""The node's retention periods: which kinds are kept how long, as its settings say.

In production a file that one person can edit is not enough: the periods count once a ``rule-change`` release
has put exactly these in force.
"""

from ledger.errors import RefusedError
from ledger.evidence.retention import read_period
from ledger.services.retaining import Retention
from node.release_kinds import retention_in_force
from node.wiring import Node


def retention_of(node: Node) -> Retention:
    """Return what lists the items of ``node`` that are due for erasure.

    Raises:
        MalformedError: a period is not of its form.
        RefusedError: in production, nobody released these periods.
    """
    given = node.settings.retention
    if node.settings.production and given != retention_in_force(node):
        raise RefusedError("retention-not-released")
    periods = {kind: read_period(text) for kind, text in given.items()}
    return Retention(node.database.read, node.clock, periods)
