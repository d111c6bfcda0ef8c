"""The colleagues port: what a ceremony needs of other holders, outside the chain."""

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
