"""Rounds of the blacklist while the worker leads, on a thread of their own: no anchor waits for a ceremony.

The worker only nudges; a round under way is left at it.
"""

from functools import cached_property
from typing import Final

import structlog

from blacklist.services.challenging import Challenging
from blacklist.services.drawing import Drawing
from blacklist.services.evaluating import TYPES
from blacklist.services.following import Follower
from blacklist.services.upkeep import KeyUpkeep
from ledger.errors import LedgerError
from node.blacklist.auditing import make_drawing
from node.blacklist.desk import make_desk
from node.blacklist.dispute_alarms import raise_alarms
from node.blacklist.entries import Entries, make_entries
from node.blacklist.entry_rounds import work_entries
from node.blacklist.forgetting import forget
from node.blacklist.making import make_follower, make_keygen
from node.blacklist.overseeing import make_challenging
from node.blacklist.round_thread import RoundThread
from node.blacklist.upkeep import keep_alarms, make_upkeep
from node.wiring import Node

_log = structlog.get_logger("lianzheng.blacklist")


class BlacklistRounds:
    """A thread for rounds of ceremonies.

    Args:
        node: this member's.
    """

    def __init__(self, node: Node) -> None:
        self._node: Final = node
        self._thread: Final = RoundThread("blacklist", self._run)

    @cached_property
    def _follower(self) -> Follower:
        """Kept from round to round: what it has folded is not folded again."""
        return make_follower(self._node)

    @cached_property
    def _entries(self) -> Entries:
        return make_entries(self._node, self._follower)

    def nudge(self) -> None:
        """Let a round begin unless one is under way, or this node takes no part."""
        if self._node.settings.blacklist is not None:
            self._thread.nudge()

    def stop(self) -> None:
        """Begin no more, and wait a moment for what is under way."""
        self._thread.stop()

    @cached_property
    def _upkeep(self) -> KeyUpkeep:
        """Kept from round to round: it remembers the registry for a moment."""
        return make_upkeep(self._node, self._follower)

    @cached_property
    def _challenging(self) -> Challenging:
        """Kept from round to round: it remembers what it judged."""
        return make_challenging(self._node, self._follower)

    @cached_property
    def _drawing(self) -> Drawing:
        return make_drawing(self._node)

    def _run(self) -> None:
        jobs = (
            self._work_keys, self._hold_to_their_word, self._draw, self._work_entries,
            self._work_desk,
        )  # fmt: skip
        for job in jobs:
            try:
                job()
            except LedgerError as error:
                _log.warning("blacklist", code=error.code)
            except Exception:  # noqa: BLE001 - a defect must not end rounds for ever
                _log.exception("defect", where="blacklist")

    def _work_keys(self) -> None:
        """Take part in ceremonies, open what is due, keep the alarms of both."""
        done = make_keygen(self._node, self._follower).run()
        for step in done.steps:
            _log.info("keygen", step=step)
        looked = self._upkeep.run()
        for identifiers in looked.opened:
            _log.info("resharing opened", identifiers=TYPES[identifiers].value)
        for code, name in keep_alarms(self._node, {*done.alarms, *looked.alarms}):
            _log.warning("keys", code=code, identifiers=name)

    def _work_entries(self) -> None:
        for failed in work_entries(self._entries):
            _log.warning("entries", step=failed.step, code=failed.code)

    def _hold_to_their_word(self) -> None:
        """Challenge silent servers, answer challenges, judge the others' answers."""
        follower = self._follower
        for step in self._challenging.run(follower.state(), follower.oversight()):
            _log.info("oversight", step=step)

    def _draw(self) -> None:
        """Take part in draws."""
        follower = self._follower
        for step in self._drawing.run(follower.state(), follower.oversight()):
            _log.info("oversight", step=step)

    def _work_desk(self) -> None:
        make_desk(self._node, self._entries).round()
        raise_alarms(self._entries)
        forget(self._node)
