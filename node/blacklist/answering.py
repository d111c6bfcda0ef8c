"""Other members' evaluation requests, as the peer API hands them in."""

from functools import cached_property
from typing import Final

from blacklist.services.evaluating import CallingMember, Evaluator
from node.blacklist.making import make_evaluator, make_follower
from node.errors import NotPermittedError
from node.peer.neighbours import Neighbour
from node.wiring import Node

EVIDENCE: Final = "evidence"


class BlacklistAnswering:
    """Answers requests; put together when the first one comes.

    Args:
        node: this member's.
    """

    def __init__(self, node: Node) -> None:
        self._node: Final = node

    @cached_property
    def _evaluator(self) -> Evaluator:
        return make_evaluator(self._node, make_follower(self._node))

    def evaluate(self, peer: Neighbour, body: bytes) -> bytes:
        """Answer a request that ``peer`` sent.

        Raises:
            MalformedError: not of the form.
            RefusedError: see ``Evaluator.answer``.
            ConfigurationError: this node takes no part in a blacklist.
        """
        return self._evaluator.answer_frame(calling(peer), body)

    def prove(self, peer: Neighbour, body: bytes) -> bytes:
        """Prove a batch that ``peer`` asked; raises as ``evaluate``."""
        return self._evaluator.prove_frame(calling(peer), body)


def calling(peer: Neighbour) -> CallingMember:
    """Return a member as the one who asks.

    Raises:
        NotPermittedError: it has no evidence key now.
    """
    return CallingMember(peer.log.member, evidence_key(peer))


def evidence_key(peer: Neighbour) -> bytes:
    """Return the evidence key that counts now.

    Raises:
        NotPermittedError: it has none.
    """
    for record in peer.present.keys:
        if record.purpose == EVIDENCE:
            return record.key
    raise NotPermittedError("peer-not-active")
