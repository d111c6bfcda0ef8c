"""The colleagues port: what a member asks other holders' nodes."""

from collections.abc import Mapping
from typing import Protocol


class Colleagues(Protocol):
    """Other members' nodes."""

    def envelopes(self, asked: bytes, ceremony: int, dealer: int) -> Mapping[int, bytes]:
        """Return a dealer's sealed shares by receiver, from whichever member keeps them.

        They are compared with the digest on chain by who asks.

        Args:
            asked: 32-byte id of the member to ask; the dealer, or any other that has them.
            ceremony: its number.
            dealer: index.

        Raises:
            UnavailableError: it does not answer, or does not have them.
            MalformedError: it answers something else.
        """
        ...

    def evaluate(self, asked: bytes, body: bytes) -> bytes:
        """Send a request with its elements (``domain.protocol.frames``) and return the answer's frame.

        Raises:
            UnavailableError: it does not answer.
            RefusedError: it refuses, with its reason.
        """
        ...

    def prove(self, asked: bytes, body: bytes) -> bytes:
        """Send the check of a batch and return the proof's frame; raises as ``evaluate``."""
        ...

    def challenged(self, asked: bytes, request: bytes) -> bytes:
        """Return the request that a challenge of theirs to this member names, as its frame.

        Args:
            asked: 32-byte id of the challenger.
            request: digest of the request.

        Raises:
            UnavailableError: it does not answer.
            RefusedError: it does not have it.
        """
        ...
