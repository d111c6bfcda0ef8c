"""The worker: round after round it sequences, anchors, freezes, and does the housekeeping.

* Rounds begin every ``worker_seconds``; an error ends the round, never the worker: the next one goes on from
  the committed state. Errors are logged with their code, and stay visible until a round succeeds.
* Only the leader works (``leading``); the others try to become it once a second or so.
* Housekeeping (pending erasures, sealing the audit trail, sweeping) follows a round that went through, so
  that the chain has just confirmed this copy; it never stops a round. Taking in goes on without the chain.
* Time-stamping authorities, other members and the blacklist's contract are asked on threads of their own
  (``stamping``, ``peer.rounds``, ``blacklist.rounds``), and tables are screened on one
  (``blacklist.screening_rounds``): no round waits for them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Thread
from time import perf_counter
from typing import Final, Self

import structlog

from ledger.errors import LedgerError, RefusedError
from node.blacklist.rounds import BlacklistRounds
from node.blacklist.screening_rounds import ScreeningRounds
from node.blacklist.sealing import seal_evaluations
from node.consortium.travelling import Travelling
from node.housekeeping import sweep_vault
from node.leading import Leader, leading
from node.metrics import Metrics
from node.peer.rounds import PeerRounds, seal_alarms
from node.stamping import Stamping
from node.ticking import Tick, tick
from node.tracing import Tracing, describe_round
from node.uploads.expiring import expire
from node.watching.opening import make_watcher, watching_alone
from node.watching.watcher import Watcher
from node.wiring import Node

STANDBY_SECONDS: Final = 1.0
SWEEP_EVERY: Final = timedelta(hours=24)
RETRY_EVERY: Final = timedelta(minutes=5)
_log = structlog.get_logger("lianzheng.worker")


@dataclass
class WorkerProgress:
    """What people see of the worker.

    Attributes:
        leads: this process sequences and anchors.
        last_round: when the last round ended; ``None`` before the first.
        error: code of what stopped it; ``None`` when it went through.
        params: of the error.
        alarms: codes of the last round that went through.
    """

    leads: bool = False
    last_round: datetime | None = None
    error: str | None = None
    params: dict[str, object] = field(default_factory=dict)
    alarms: tuple[str, ...] = ()


def _told(done: Tick) -> dict[str, str | int | bool]:
    phase = done.progress.phase
    return {
        "placed": done.placed,
        "phase": "none" if phase is None else phase.value,
        "frozen": done.progress.frozen,
        "alarms": len(done.alarms),
    }


def _expire(node: Node) -> int:
    return expire(node.database.write, node.clock, node.vault, node.record_keys)


class Worker:
    """Works on a thread of its own; a context manager.

    Args:
        node: whose ledger it serves.
        metrics: counts rounds.
        tracing: makes a span of each.
    """

    def __init__(self, node: Node, metrics: Metrics, tracing: Tracing) -> None:
        self.progress: Final = WorkerProgress()
        self._node: Final = node
        self._metrics: Final = metrics
        self._tracing: Final = tracing
        self._stop: Final = Event()
        self._thread: Final = Thread(target=self.run, name="worker", daemon=True)
        self._due: Final[dict[str, datetime]] = {}
        self._watcher: Watcher | None = None
        self._stamping: Final = Stamping(node, metrics)
        self._peers: Final = PeerRounds(node, metrics)
        self._travelling: Final = Travelling(node)
        self._blacklist: Final = BlacklistRounds(node)
        self._screening: Final = ScreeningRounds(node, lambda: self.progress.leads)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._thread.join()
        self._stamping.stop()
        self._peers.stop()
        self._travelling.stop()
        self._blacklist.stop()
        self._screening.stop()

    def stop(self) -> None:
        """Let the worker end after its present round."""
        self._stop.set()

    def run(self) -> None:
        """Lead whenever possible, until ``stop``."""
        while not self._stop.is_set():
            try:
                with leading(self._node) as leader:
                    self._lead(leader)
            except LedgerError as error:
                if not isinstance(error, RefusedError):
                    self._failed(error)
            except Exception:  # noqa: BLE001 - a defect must not end anchoring for ever
                self._defect("leading")
            self.progress.leads = False
            self._stop.wait(STANDBY_SECONDS)

    def _lead(self, leader: Leader) -> None:
        self.progress.leads = True
        _log.info("leading")
        while not self._stop.is_set():
            try:
                leader.check()
            except RefusedError:
                _log.warning("lost the lead")
                return
            self.round()
            self._stop.wait(self._node.settings.worker_seconds)

    def round(self) -> Tick | None:
        """Do one round; ``None`` when something stopped it."""
        start = perf_counter()
        with self._tracing.round() as span:
            done = self._tick()
            said = {"error": self.progress.error or ""} if done is None else _told(done)
            describe_round(span, said, failed=done is None)
        self._metrics.round_seconds.observe(perf_counter() - start)
        if done is not None:
            # An older database, or a copy, does not know what the vault holds for whom: it touches nothing.
            self._keep_house()
        self._take_in()
        self._every(timedelta(0), "timestamps", self._stamping.nudge)
        self._every(timedelta(0), "peers", self._peers.nudge)
        self._every(timedelta(0), "applications", self._travelling.nudge)
        self._every(timedelta(0), "blacklist", self._blacklist.nudge)
        self._every(timedelta(0), "screening", self._screening.nudge)
        self.progress.last_round = self._node.clock.now()
        return done

    def _tick(self) -> Tick | None:
        try:
            done = tick(self._node)
        except LedgerError as error:
            self._failed(error)
            return None
        except Exception:  # noqa: BLE001 - a defect must not end anchoring for ever
            self._defect("round")
            return None
        self._metrics.rounds.labels("done").inc()
        self._metrics.alarms.set(len(done.alarms))
        self.progress.error, self.progress.alarms = None, done.alarms
        return done

    def _defect(self, where: str) -> None:
        _log.exception("defect", where=where)
        self._metrics.rounds.labels("defect").inc()
        self.progress.error, self.progress.params = "worker-defect", {}

    def _failed(self, error: LedgerError) -> None:
        self._metrics.rounds.labels("stopped").inc()
        _log.warning("round stopped", code=error.code)
        self.progress.error, self.progress.params = error.code, error.params

    def _keep_house(self) -> None:
        node, settings = self._node, self._node.settings
        self._every(timedelta(0), "erasures", node.eraser.resume)
        self._every(timedelta(0), "peer-alarms", lambda: seal_alarms(node))
        self._every(timedelta(0), "evaluations", lambda: seal_evaluations(node))
        minutes = timedelta(minutes=settings.audit_seal_minutes)
        self._every(minutes, "audit-seal", node.audit_sealer.seal)
        self._every(SWEEP_EVERY, "uploads", lambda: _expire(node))
        self._every(SWEEP_EVERY, "sweep", lambda: sweep_vault(node))

    def _take_in(self) -> None:
        settings = self._node.settings
        if settings.watch_folder is not None:
            self._every(timedelta(seconds=settings.watch_seconds), "watched-folder", self._watch)

    def _watch(self) -> None:
        if self._watcher is None:
            self._watcher = make_watcher(self._node)
        with watching_alone(self._node):
            looked = self._watcher.look()
        self._metrics.watched.labels("sealed").inc(looked.sealed)
        self._metrics.watched.labels("problem").inc(looked.problems)
        self._metrics.watched_waiting.set(looked.waiting)

    def _every(self, period: timedelta, name: str, job: Callable[[], object]) -> None:
        now = self._node.clock.now()
        if now < self._due.get(name, now):
            return
        try:
            job()
        except LedgerError as error:
            _log.warning("housekeeping stopped", job=name, code=error.code)
            period = min(period, RETRY_EVERY)
        except Exception:  # noqa: BLE001 - housekeeping never stops a round
            self._defect(name)
            period = min(period, RETRY_EVERY)
        self._due[name] = now + period
