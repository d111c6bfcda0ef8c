"""The contract port: the blacklist's contract on the shared chain, as one member uses it.

* Events are read from final blocks only, in their order, and never change afterwards.
* Calls wait for their receipt. Each may have been carried out although it raises: what happened is seen in
  the events, and a repeated call is refused by the contract itself.
* Every method raises ``UnavailableError`` when the chain does not answer, and calls raise ``RefusedError``
  with the contract's reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from blacklist.domain.chronicle.entry_events import EntryEvent
from blacklist.domain.chronicle.events import KeyEvent
from blacklist.domain.chronicle.oversight import OversightEvent
from blacklist.domain.keygen.postings import CeremonyPhase

ContractEvent: TypeAlias = KeyEvent | EntryEvent | OversightEvent


@dataclass(frozen=True, slots=True)
class RawLog:
    """One event as the chain has it.

    Attributes:
        block: number of its block.
        place: running number within the block.
        timestamp: of the block, seconds since 1970.
        topics: 32 bytes each.
        data: ABI-encoded.
    """

    block: int
    place: int
    timestamp: int
    topics: tuple[bytes, ...]
    data: bytes


class BlacklistContract(Protocol):
    """The contract, with the account of this member's operator."""

    def phase_seconds(self) -> int:
        """Return how long a phase lasts at most."""
        ...

    def final_block(self) -> int:
        """Return the number of the newest final block."""
        ...

    def logs(self, first: int, last: int) -> Sequence[RawLog]:
        """Return the contract's events in the blocks ``first`` to ``last``, both included."""
        ...

    def decode(self, log: RawLog) -> ContractEvent | None:
        """Return what an event says; ``None`` when nobody follows its kind.

        Raises:
            IntegrityError: it is none of the contract's.
        """
        ...

    def open_ceremony(self, identifiers: int, *, resharing: bool) -> None:
        """Open a ceremony for an identifier type."""
        ...

    def post(self, ceremony: int, phase: CeremonyPhase, data: bytes) -> None:
        """Say one thing in the open phase."""
        ...

    def close(self, ceremony: int) -> None:
        """Close a phase whose time is over."""
        ...

    def activate(self, ceremony: int, keys: bytes) -> None:
        """Put attested keys into force."""
        ...
