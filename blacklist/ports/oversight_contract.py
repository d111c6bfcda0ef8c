"""The oversight contract port: challenges and draws on the shared chain, by the operator's account.

Calls wait for their receipt, as those of ``ports.contract`` do; every method raises ``UnavailableError`` when
the chain does not answer, and ``RefusedError`` with the contract's reason.
"""

from collections.abc import Sequence
from typing import Protocol


class OversightContract(Protocol):
    """Challenges and draws, with the account of this member's operator."""

    def challenge(self, server: bytes, request: bytes, blinded: Sequence[bytes]) -> None:
        """Ask a server in public.

        Args:
            server: 32-byte member id.
            request: digest of the signed request that it did not answer.
            blinded: 1 to 32 elements of it.
        """
        ...

    def answer(self, challenge: int, answer: bytes) -> None:
        """Answer a challenge to this member, by 1 to 4,096 bytes."""
        ...

    def is_unanswered(self, challenge: int) -> bool:
        """Tell whether a challenge's time is over and no answer came."""
        ...

    def open_draw(self) -> None:
        """Open a draw of a random value; one at a time."""
        ...

    def commit_draw(self, draw: int, commitment: bytes) -> None:
        """Commit this member to a value, see ``domain.auditing.drawing.commitment_of``."""
        ...

    def reveal_draw(self, draw: int, value: bytes) -> None:
        """Show the value that this member committed to."""
        ...
