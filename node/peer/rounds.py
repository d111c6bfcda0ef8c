"""Looking at the other members while the worker leads: a thread each, so that no round waits for a peer.

The worker only nudges. A member that does not answer is asked again with the next nudge, at most every
``RETRY_SECONDS``; after ``SILENT_AFTER`` that is an alarm, which ends by itself.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from threading import Event, Thread
from typing import Final

import structlog
from sqlalchemy import Connection

from ledger.errors import LedgerError
from ledger.evidence.instants import format_instant
from ledger.services.composing import Item
from ledger.services.recording import Outcome
from ledger.store import alarms
from ledger.store.alarms import PeerAlarm
from ledger.store.statements import StatementRow
from node.metrics import Metrics
from node.peer.making import make_watching
from node.peer.neighbours import Neighbour
from node.wiring import Node

JOIN_SECONDS: Final = 3.0
RETRY_SECONDS: Final = timedelta(seconds=15)
SILENT_AFTER: Final = timedelta(minutes=10)
SILENT: Final = "peer-silent"
_log = structlog.get_logger("lianzheng.peers")


class PeerRounds:
    """Threads that look at members.

    Args:
        node: this member's.
        metrics: counts looks.
    """

    def __init__(self, node: Node, metrics: Metrics) -> None:
        self._node: Final = node
        self._metrics: Final = metrics
        self._stop: Final = Event()
        self._watching: Final = make_watching(node)
        self._threads: Final[dict[bytes, Thread]] = {}
        self._failing: Final[dict[bytes, tuple[datetime, datetime]]] = {}

    def nudge(self) -> None:
        """Let every other member that is not being looked at be looked at.

        Raises:
            LedgerError: the registry cannot be read.
        """
        if self._node.settings.registry is None:
            return
        for peer in self._watching.neighbours.others():
            running = self._threads.get(peer.log.member)
            if peer.endpoint and (running is None or not running.is_alive()) and self._is_due(peer):
                thread = Thread(target=self._run, args=(peer,), name="peers", daemon=True)
                self._threads[peer.log.member] = thread
                thread.start()

    def stop(self) -> None:
        """Look at nobody more, and wait a moment for what is under way."""
        self._stop.set()
        for thread in self._threads.values():
            thread.join(JOIN_SECONDS)

    def _is_due(self, peer: Neighbour) -> bool:
        _, last = self._failing.get(peer.log.member, (None, None))
        return last is None or self._node.clock.now() - last >= RETRY_SECONDS

    def _run(self, peer: Neighbour) -> None:
        if self._stop.is_set():
            return
        try:
            cosigned = self._watching.look(peer)
            self._heard(peer)
        except LedgerError as error:
            self._metrics.peer_looks.labels("failed").inc()
            _log.warning("peer", peer=peer.member.origin, code=error.code)
            self._missed(peer)
            return
        except Exception:  # noqa: BLE001 - a defect must not end watching for ever
            _log.exception("defect", where="peers")
            return
        self._metrics.peer_looks.labels("done").inc()
        self._metrics.cosignatures.inc(cosigned)

    def _heard(self, peer: Neighbour) -> None:
        if self._failing.pop(peer.log.member, None) is not None:
            with self._node.database.write() as connection:
                at = format_instant(self._node.clock.now())
                alarms.end(connection, peer.log.member, SILENT, at=at)

    def _missed(self, peer: Neighbour) -> None:
        now = self._node.clock.now()
        since, _ = self._failing.get(peer.log.member, (now, now))
        self._failing[peer.log.member] = since, now
        if now - since >= SILENT_AFTER:
            with self._node.database.write() as connection:
                at = format_instant(now)
                alarms.add(connection, peer.log.member, SILENT, peer.endpoint, at=at, proof=None)


def seal_alarms(node: Node) -> int:
    """Seal the proofs of misbehaviour that are not sealed yet; return how many.

    Raises:
        LedgerError: an item was refused; the next round tries again.
    """
    with node.database.read() as connection:
        waiting = alarms.unsealed(connection)
    for alarm in waiting:
        item = Item(
            kind="misbehaviour",
            source=BytesIO(alarm.proof or b""),
            media_type="application/json",
            duplicate_reason="misbehaviour",
        )
        (outcome,) = node.intake.seal_many([item], by_node=True, also=_naming(alarm))
        if isinstance(outcome, LedgerError):
            raise outcome
    return len(waiting)


def _naming(alarm: PeerAlarm) -> Callable[[Connection, Sequence[Outcome]], None]:
    def name(connection: Connection, outcomes: Sequence[Outcome]) -> None:
        for each in outcomes:
            if isinstance(each, StatementRow):
                alarms.set_sealed(connection, alarm.alarm_id, each.leaf_hash)

    return name
