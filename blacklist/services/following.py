"""Following the contract: events of final blocks into the database, and the state of keys out of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, get_args

from blacklist.domain.chronicle.entry_events import EntryEvent
from blacklist.domain.chronicle.events import KeyEvent
from blacklist.domain.chronicle.keys import KeyState
from blacklist.domain.chronicle.oversight import OversightEvent, OversightState
from blacklist.ports.contract import BlacklistContract, ContractEvent, RawLog
from blacklist.store import chain_logs, entries
from ledger.errors import ConflictError
from ledger.store.transactions import Begin

SPAN: Final = 2000
"""Blocks that are asked about at once; clients refuse spans of many thousands (EVIDENCE_SPEC, section 9)."""
BEFORE_THE_FIRST: Final = -1


@dataclass
class Follower:
    """Reads events once, and keeps the state that they give; safe for threads.

    Attributes:
        begin: opens a write transaction.
        read: opens one for reading.
        contract: on chain.
        address: 20 bytes of it.
        since: block of its deployment.
    """

    begin: Begin
    read: Begin
    contract: BlacklistContract
    address: bytes
    since: int = 0
    _state: KeyState = field(default_factory=KeyState)
    _oversight: OversightState = field(default_factory=OversightState)
    _folded: int = BEFORE_THE_FIRST
    _lock: Lock = field(default_factory=Lock, repr=False)

    def refresh(self) -> KeyState:
        """Read on to the newest final block and return the state there.

        Other processes of this node may do the same meanwhile: what one took the others leave.

        Raises:
            UnavailableError: the chain does not answer; what was read is kept.
        """
        final = self.contract.final_block()
        while (first := self._following(read := self._read_to())) <= final:
            last = min(first + SPAN - 1, final)
            logs = self.contract.logs(first, last)
            try:
                self._take(logs, read, last)
            except ConflictError:
                if self._read_to() == read:
                    raise
        return self.state()

    def state(self) -> KeyState:
        """Return the state at the block that was read last, without asking the chain."""
        with self._lock:
            self._fold()
            return self._state

    def oversight(self) -> OversightState:
        """Return challenges and draws at the block that was read last, without asking the chain."""
        with self._lock:
            self._fold()
            return self._oversight

    def _read_to(self) -> int | None:
        with self.read() as connection:
            return chain_logs.read_to(connection, self.address)

    def _following(self, read: int | None) -> int:
        return self.since if read is None else read + 1

    def _take(self, logs: Sequence[RawLog], read: int | None, last: int) -> None:
        """Store the events of blocks until ``last``; entries are written as they stand after them."""
        events = self._events(logs)
        with self.begin() as connection:
            if not chain_logs.advance(connection, self.address, read, last):
                return
            chain_logs.add(connection, logs)
            entries.apply(connection, (each for each in events if isinstance(each, _OF_ENTRIES)))

    def _fold(self) -> None:
        with self.read() as connection:
            logs = chain_logs.after(connection, self._folded)
        if not logs:
            return
        events = self._events(logs)
        self._state = self._state.after(each for each in events if isinstance(each, _OF_KEYS))
        of_oversight = (each for each in events if isinstance(each, _OF_OVERSIGHT))
        self._oversight = self._oversight.after(of_oversight)
        self._folded = logs[-1].block

    def _events(self, logs: Sequence[RawLog]) -> list[ContractEvent]:
        found = (self.contract.decode(each) for each in logs)
        return [event for event in found if event is not None]


_OF_KEYS: Final = get_args(KeyEvent)
_OF_ENTRIES: Final = get_args(EntryEvent)
_OF_OVERSIGHT: Final = get_args(OversightEvent)
