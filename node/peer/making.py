"""The parts of the peer floor, put together from a node."""

from ledger.services.witnessing import Witness
from node.peer.answering import Answering
from node.peer.neighbours import Neighbours
from node.peer.watching import Watching
from node.wiring import Node


def make_witness(node: Node) -> Witness:
    """Return what judges other members' logs, and cosigns them."""
    return Witness(node.database.write, node.log_key, node.settings.origin, node.clock)


def make_answering(node: Node) -> Answering:
    """Return what answers other members."""
    return Answering(node, Neighbours(node.settings), make_witness(node))


def make_watching(node: Node) -> Watching:
    """Return what looks at other members."""
    return Watching(node, Neighbours(node.settings), make_witness(node))
