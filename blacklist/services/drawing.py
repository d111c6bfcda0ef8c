"""Taking part in draws: one is opened every ``DRAW_EVERY``, each member commits to a value and shows it.

Who committed and did not show its value is an alarm at every member; the next draw follows at once.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from blacklist.domain.auditing.drawing import VALUE_BYTES, commitment_of, drawn_value, is_settled
from blacklist.domain.chronicle.keys import KeyState
from blacklist.domain.chronicle.oversight import DrawRecord, OversightState
from blacklist.ports.oversight_contract import OversightContract
from blacklist.store import audits
from ledger.errors import RefusedError
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.store import alarms
from ledger.store.transactions import Begin

DRAW_EVERY: Final = timedelta(days=30)
IN_TURN: Final = timedelta(minutes=10)
"""Between one member's turn to open a draw and the next one's; the lowest index is first."""
SPOILED: Final = "peer-draw-spoiled"


@dataclass(frozen=True, slots=True)
class Drawing:
    """Takes part in draws for one member.

    Attributes:
        begin: opens a write transaction.
        member: 32-byte id.
        contract: on chain.
        clock: this machine's.
    """

    begin: Begin
    member: bytes
    contract: OversightContract
    clock: Clock

    def run(self, state: KeyState, oversight: OversightState) -> Sequence[str]:
        """Do one round; return what was done, as words for the log.

        Raises:
            UnavailableError: the chain does not answer.
        """
        index = state.index_of(self.member)
        if index is None:
            return []
        last = max(oversight.draws, default=0)
        try:
            if last and not is_settled(oversight.draws[last], self.clock.now()):
                return self._take_part(oversight.draws[last], index)
            if last:
                self._name_spoilers(state, oversight.draws[last])
            if self._is_due(state, oversight, index):
                self.contract.open_draw()
                return ["draw opened"]
        except RefusedError:
            # Somebody was faster, or the chain's clock is not there yet.
            return []
        return []

    def _take_part(self, record: DrawRecord, index: int) -> list[str]:
        now, opened = self.clock.now(), record.opened
        if now <= opened.commit_by and index not in record.committed:
            value = self._value(opened.draw)
            self.contract.commit_draw(opened.draw, commitment_of(opened.draw, self.member, value))
            return ["draw committed"]
        showing = opened.commit_by < now <= opened.reveal_by
        if showing and index in record.committed and index not in record.revealed:
            self.contract.reveal_draw(opened.draw, self._value(opened.draw))
            return ["draw revealed"]
        return []

    def _value(self, draw: int) -> bytes:
        """Return this member's value, kept before it commits to it."""
        with self.begin() as connection:
            value = audits.value_of(connection, draw)
            if value is None:
                value = os.urandom(VALUE_BYTES)
                audits.put_value(connection, draw, value)
        return value

    def _name_spoilers(self, state: KeyState, record: DrawRecord) -> None:
        at, subject = format_instant(self.clock.now()), str(record.opened.draw)
        spoilers = [state.members[index] for index in record.spoiled_by()]
        others = [member for member in spoilers if member != self.member]
        if not others:
            return
        with self.begin() as connection:
            for member in others:
                alarms.add(connection, member, SPOILED, subject, at=at, proof=None)

    def _is_due(self, state: KeyState, oversight: OversightState, index: int) -> bool:
        """Tell whether a draw is due, and whether it is this member's turn to open it."""
        if not state.keys:
            return False
        turn = IN_TURN * sorted(state.members).index(index)
        return self.clock.now() >= _due_at(state, oversight, self.clock.now()) + turn


def _due_at(state: KeyState, oversight: OversightState, now: datetime) -> datetime:
    if oversight.draws:
        last = oversight.draws[max(oversight.draws)]
        valid = drawn_value(last, now) is not None
        return last.opened.where.at + DRAW_EVERY if valid else last.opened.reveal_by
    return min(each.opened.where.at for each in state.ceremonies.values()) + DRAW_EVERY
