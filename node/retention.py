"""The node's retention periods: which kinds are kept how long, as its settings say."""

from ledger.evidence.retention import read_period
from ledger.services.retaining import Retention
from node.wiring import Node


def retention_of(node: Node) -> Retention:
    """Return what lists the items of ``node`` that are due for erasure.

    Raises:
        MalformedError: a period is not of its form.
    """
    periods = {kind: read_period(text) for kind, text in node.settings.retention.items()}
    return Retention(node.database.read, node.clock, periods)
