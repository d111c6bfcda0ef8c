"""Upkeep of keys, carried out: opens the resharings that are due, and says what people must know."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from blacklist.domain.chronicle.keys import HeldKey, KeyState
from blacklist.domain.upkeep import Surroundings, upkeep
from blacklist.ports.contract import BlacklistContract
from blacklist.services.holding import ShareHolding
from blacklist.services.keygen import KeyAlarm
from blacklist.store import ceremonies
from ledger.errors import LedgerError, RefusedError
from ledger.ports.clock import Clock
from ledger.store.transactions import Begin

SHARE_LOST: Final = frozenset(
    {"share-key-missing", "share-damaged", "share-does-not-fit", "share-absent"}
)
"""Codes of a share that only a resharing replaces; with any other a person can still get at it."""


@dataclass(frozen=True, slots=True)
class Participants:
    """Who takes part, as this node knows it.

    Attributes:
        active: 32-byte ids of the members that may hold a share by the registry, this one too.
        silent: of those that do not answer this node.
    """

    active: frozenset[bytes]
    silent: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class UpkeepRound:
    """What a round did.

    Attributes:
        opened: numbers of the identifier types whose resharing this member opened.
        alarms: what a person has to look at.
    """

    opened: tuple[int, ...]
    alarms: tuple[KeyAlarm, ...]


@dataclass(frozen=True, slots=True)
class KeyUpkeep:
    """Looks after the keys, for one member.

    Attributes:
        begin: opens a transaction for reading.
        member: 32-byte id.
        contract: on chain.
        state: of keys, as far as the chain was followed.
        holding: this member's shares.
        participants: reads who takes part.
        clock: this machine's.
    """

    begin: Begin
    member: bytes
    contract: BlacklistContract
    state: Callable[[], KeyState]
    holding: ShareHolding
    participants: Callable[[], Participants]
    clock: Clock

    def run(self) -> UpkeepRound:
        """Look at every key once.

        Raises:
            UnavailableError: the chain does not answer.
        """
        state, participants = self.state(), self.participants()
        opened: list[int] = []
        alarms: list[KeyAlarm] = []
        for identifiers, held in sorted(state.keys.items()):
            lost = self._lost(state, held)
            found = upkeep(
                state, held, self._around(state, participants, share_lost=lost in SHARE_LOST)
            )
            codes = (*((lost,) if lost else ()), *found.alarms)
            alarms += [KeyAlarm(str(code), identifiers) for code in codes]
            if found.reshare and self._open(identifiers):
                opened.append(identifiers)
        return UpkeepRound(tuple(opened), tuple(alarms))

    def _around(
        self, state: KeyState, participants: Participants, *, share_lost: bool
    ) -> Surroundings:
        def indices(members: frozenset[bytes]) -> frozenset[int]:
            return frozenset(index for index, each in state.members.items() if each in members)

        return Surroundings(
            own=state.index_of(self.member),
            active=indices(participants.active),
            silent=indices(participants.silent) & indices(participants.active),
            share_lost=share_lost,
            now=self.clock.now(),
            phase=timedelta(seconds=self.contract.phase_seconds()),
        )

    def _lost(self, state: KeyState, held: HeldKey) -> str:
        """Return the code of why this member cannot use its own share; empty if it can, or holds none."""
        index = state.index_of(self.member)
        if index is None or index not in held.keys.share_keys:
            return ""
        try:
            share = self.holding.open(held, index)
        except LedgerError as error:
            return error.code
        if share is not None:
            share.wipe()
            return ""
        with self.begin() as connection:
            is_coming = ceremonies.seed(connection, held.ceremony) is not None
        since = state.ceremonies[held.ceremony].phase_began
        patience = timedelta(seconds=self.contract.phase_seconds())
        return "" if is_coming and self.clock.now() < since + patience else "share-absent"

    def _open(self, identifiers: int) -> bool:
        """Open a resharing; ``False`` when somebody was faster, or the registry has changed."""
        try:
            self.contract.open_ceremony(identifiers, resharing=True)
        except RefusedError:
            return False
        return True
