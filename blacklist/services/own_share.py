"""The colleagues port with this member among them: its own share is asked here and counted like any."""

from collections.abc import Mapping
from dataclasses import dataclass

from blacklist.ports.colleagues import Colleagues
from blacklist.services.evaluating import CallingMember, Evaluator


@dataclass(frozen=True, slots=True)
class WithOwnShare:
    """Implements the colleagues port.

    Attributes:
        own: this member, as who asks.
        evaluator: answers what it asks itself.
        others: everybody else.
    """

    own: CallingMember
    evaluator: Evaluator
    others: Colleagues

    def envelopes(self, asked: bytes, ceremony: int, dealer: int) -> Mapping[int, bytes]:
        """See ``ports.colleagues``; its own are not asked for."""
        return self.others.envelopes(asked, ceremony, dealer)

    def evaluate(self, asked: bytes, body: bytes) -> bytes:
        """See ``ports.colleagues``."""
        if asked == self.own.member:
            return self.evaluator.answer_frame(self.own, body)
        return self.others.evaluate(asked, body)

    def challenged(self, asked: bytes, request: bytes) -> bytes:
        """See ``ports.colleagues``; nobody challenges itself."""
        return self.others.challenged(asked, request)

    def prove(self, asked: bytes, body: bytes) -> bytes:
        """See ``ports.colleagues``."""
        if asked == self.own.member:
            return self.evaluator.prove_frame(self.own, body)
        return self.others.prove(asked, body)
