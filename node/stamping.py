"""Timestamps in a running node: the configured authorities, and a thread for each while the worker leads.

The worker only nudges: rounds never wait for an authority. A thread that is still at work is left at it; the
next nudge comes with the next round.
"""

from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from threading import Event, Thread
from typing import Final

import structlog
from sqlalchemy import Connection

from ledger.errors import LedgerError
from ledger.evidence.instants import format_instant
from ledger.ports.clock import Clock
from ledger.ports.timestamping import TimestampAuthority
from ledger.services.timestamping import ALARM_AFTER, Timestamper, is_alarming
from ledger.store import authorities, timestamps
from ledger.store.authorities import AuthorityRow
from ledger.tsa.authority import Credential, HttpAuthority
from ledger.tsa.roots import read_roots
from node.metrics import Metrics
from node.settings import Settings
from node.timestamp_settings import AuthoritySettings
from node.wiring import Node

JOIN_SECONDS: Final = 3.0
"""An exchange under way is abandoned after that: its answer would only be asked for again."""
_log = structlog.get_logger("lianzheng.stamping")


def make_timestamper(node: Node) -> Timestamper:
    """Return the service with the authorities of the settings."""
    settings = node.settings
    found = tuple(_authority(settings, each) for each in settings.timestamp_authorities)
    days = timedelta(days=settings.timestamp_renew_days)
    return Timestamper(node.database.write, found, node.clock, days)


def _authority(settings: Settings, each: AuthoritySettings) -> HttpAuthority:
    credential = None
    if each.secret_file is not None:
        credential = Credential(settings.home / each.secret_file, each.header)
    roots = partial(read_roots, settings.home / each.roots)
    return HttpAuthority(each.name, each.url, roots, policy=each.policy, credential=credential)


class Stamping:
    """Threads that stamp and renew.

    Args:
        node: whose checkpoints.
        metrics: counts tokens.
    """

    def __init__(self, node: Node, metrics: Metrics) -> None:
        self._node: Final = node
        self._metrics: Final = metrics
        self._stop: Final = Event()
        self._timestamper: Final = make_timestamper(node)
        self._threads: Final[dict[str, Thread]] = {}

    def nudge(self) -> None:
        """Let every authority that is not being asked be asked."""
        for authority in self._timestamper.authorities:
            running = self._threads.get(authority.name)
            if running is None or not running.is_alive():
                thread = Thread(target=self._run, args=(authority,), name="stamping", daemon=True)
                self._threads[authority.name] = thread
                thread.start()
        if self._timestamper.authorities:
            with self._node.database.read() as connection:
                failing = alarming(connection, self._node.settings, self._node.clock)
            self._metrics.authorities_failing.set(len(failing))

    def stop(self) -> None:
        """Ask for nothing more, and wait a moment for what is under way."""
        self._stop.set()
        for thread in self._threads.values():
            thread.join(JOIN_SECONDS)

    def _run(self, authority: TimestampAuthority) -> None:
        try:
            done = self._timestamper.run(authority, stopped=self._stop.is_set)
        except LedgerError as error:
            _log.warning("stamping stopped", code=error.code)
            return
        except Exception:  # noqa: BLE001 - a defect must not end stamping for ever
            _log.exception("defect", where="stamping")
            return
        self._metrics.timestamps.labels("stamped").inc(done.stamped)
        self._metrics.timestamps.labels("renewed").inc(done.renewed)
        if done.code:
            self._metrics.timestamps.labels("failed").inc()
            _log.warning("authority failed", authority=authority.name, code=done.code)


def alarming(connection: Connection, settings: Settings, clock: Clock) -> list[AuthorityRow]:
    """Return the configured authorities that have failed for so long that somebody should look."""
    names = [each.name for each in settings.timestamp_authorities]
    states = [authorities.read(connection, name) for name in names]
    return [state for state in states if is_alarming(state, clock)]


@dataclass(frozen=True, slots=True)
class TimestampStanding:
    """How timestamps stand.

    Attributes:
        states: of the configured authorities.
        bare: checkpoints without any token since ``ALARM_AFTER``.
        due: tokens that are to be renewed now.
        expired: tokens whose certificates have ended without a renewal.
    """

    states: tuple[AuthorityRow, ...]
    bare: int
    due: int
    expired: int

    def to_json(self) -> dict[str, object]:
        """Return it for machines."""
        return {
            "authorities": [asdict(each) for each in self.states],
            "bare": self.bare,
            "due": self.due,
            "expired": self.expired,
        }


def timestamp_standing(
    connection: Connection, settings: Settings, clock: Clock
) -> TimestampStanding:
    """Read how timestamps stand."""
    now = clock.now()
    before = format_instant(now - ALARM_AFTER)
    renew = format_instant(now + timedelta(days=settings.timestamp_renew_days))
    expired = timestamps.count_unrenewed(connection, before=format_instant(now))
    return TimestampStanding(
        states=tuple(
            authorities.read(connection, each.name) for each in settings.timestamp_authorities
        ),
        bare=timestamps.count_bare(connection, before=before),
        due=timestamps.count_unrenewed(connection, before=renew) - expired,
        expired=expired,
    )
