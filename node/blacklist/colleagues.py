"""The colleagues port over the signed peer API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.evidence import shape
from ledger.primitives.canonical import encode
from node.peer.client import PeerClient
from node.peer.neighbours import Neighbours
from node.wiring import Node

EVALUATIONS: Final = "/peer/v1/blacklist/evaluations"
PROOFS: Final = "/peer/v1/blacklist/proofs"


@dataclass(frozen=True, slots=True)
class PeerColleagues:
    """Other members' nodes.

    Attributes:
        node: this member's.
        neighbours: who they are.
    """

    node: Node
    neighbours: Neighbours

    def envelopes(self, asked: bytes, ceremony: int, dealer: int) -> Mapping[int, bytes]:
        """See ``ports.colleagues``."""
        path = f"/peer/v1/blacklist/ceremonies/{ceremony}/envelopes/{dealer}"
        found = shape.mapping(self._client(asked).json("GET", path), "envelopes")
        return {
            shape.integer(int(receiver) if receiver.isdecimal() else None, "receiver", minimum=1):
            shape.hex_bytes(envelope, "envelope")
            for receiver, envelope in found.items()
        }  # fmt: skip

    def evaluate(self, asked: bytes, body: bytes) -> bytes:
        """See ``ports.colleagues``."""
        return self._client(asked).exchange(EVALUATIONS, body, turned_away=True)

    def prove(self, asked: bytes, body: bytes) -> bytes:
        """See ``ports.colleagues``."""
        return self._client(asked).exchange(PROOFS, body, turned_away=True)

    def challenged(self, asked: bytes, request: bytes) -> bytes:
        """See ``ports.colleagues``."""
        body = encode({"request": request.hex()})
        return self._client(asked).exchange("/peer/v1/blacklist/challenged", body)

    def _client(self, asked: bytes) -> PeerClient:
        settings = self.node.settings
        return PeerClient(
            self.neighbours.active(asked), self.node.log_key, production=settings.production
        )
