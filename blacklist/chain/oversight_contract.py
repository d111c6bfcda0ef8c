"""The oversight contract port over web3."""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.chain.calling import Caller


@dataclass(frozen=True, slots=True)
class Web3OversightContract:
    """Implements the port by the operator's calls."""

    caller: Caller

    def challenge(self, server: bytes, request: bytes, blinded: Sequence[bytes]) -> None:
        """See ``ports.oversight_contract``."""
        self.caller.call("challenge", server, request, b"".join(blinded))

    def answer(self, challenge: int, answer: bytes) -> None:
        """See ``ports.oversight_contract``."""
        self.caller.call("answer", challenge, answer)

    def is_unanswered(self, challenge: int) -> bool:
        """See ``ports.oversight_contract``."""
        (found,) = self.caller.contract.call("isUnanswered", challenge)
        return bool(found)

    def open_draw(self) -> None:
        """See ``ports.oversight_contract``."""
        self.caller.call("openDraw")

    def commit_draw(self, draw: int, commitment: bytes) -> None:
        """See ``ports.oversight_contract``."""
        self.caller.call("commitDraw", draw, commitment)

    def reveal_draw(self, draw: int, value: bytes) -> None:
        """See ``ports.oversight_contract``."""
        self.caller.call("revealDraw", draw, value)
