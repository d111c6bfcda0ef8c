"""Applications travel: this node asks the others for what was sent to them, and keeps what it can check.

On a thread of its own; the worker only nudges, so that no round waits for another member's node.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Thread
from typing import Any, Final

import structlog

from ledger.errors import LedgerError
from ledger.primitives.canonical import encode
from node.consortium import store
from node.consortium.applications import receive, settle
from node.consortium.fetching import fetch
from node.consortium.joining import APPLICATIONS_PATH
from node.consortium.members import ConsortiumMember, active_members
from node.wiring import Node

EVERY: Final = timedelta(seconds=30)
"""An application reaches every member while somebody still has the first member's page open."""
MAX_TAKEN: Final = 100
"""Of one member in a round; as many as a node keeps."""
JOIN_SECONDS: Final = 3.0
_log = structlog.get_logger("lianzheng.consortium")


@dataclass(frozen=True, slots=True)
class Round:
    """What a round brought: new applications, and the members whose nodes did not answer."""

    taken: int
    silent: tuple[str, ...]


def travel(node: Node) -> Round:
    """Ask every other active member once, and forget what is settled.

    Raises:
        ConfigurationError: this node belongs to no consortium.
        UnavailableError: chain or database do not answer.
    """
    settle(node)
    own, taken, silent = bytes.fromhex(node.settings.member), 0, []
    for member in active_members(node):
        if member.member == own:
            continue
        try:
            taken += _take_from(node, member)
        except LedgerError as error:
            _log.info("member not asked", member=member.origin, code=error.code)
            silent.append(member.origin)
    return Round(taken, tuple(silent))


def _take_from(node: Node, member: ConsortiumMember) -> int:
    answer = fetch(member.endpoint, APPLICATIONS_PATH, production=node.settings.production)
    listed = answer.get("applications", []) if isinstance(answer, dict) else []
    taken = 0
    for each in listed[:MAX_TAKEN] if isinstance(listed, list) else []:
        taken += _take(node, member, each)
    return taken


def _take(node: Node, member: ConsortiumMember, listed: Any) -> bool:  # noqa: ANN401 - JSON
    document = listed.get("document") if isinstance(listed, dict) else None
    identifier = str(listed.get("id", "")) if isinstance(listed, dict) else ""
    with node.database.read() as connection:
        if store.holds(connection, identifier):
            return False
    try:
        receive(node, encode(document), source=member.endpoint)
    except LedgerError as error:
        if error.retry:
            raise
        _log.info("application not taken", member=member.origin, code=error.code)
        return False
    return True


class Travelling:
    """Runs rounds on a thread.

    Args:
        node: that asks.
    """

    def __init__(self, node: Node) -> None:
        self._node: Final = node
        self._thread: Thread | None = None
        self._due: datetime | None = None

    def nudge(self) -> None:
        """Let a round run when one is due and none is under way."""
        now = self._node.clock.now()
        if self._node.settings.registry is None or (self._due is not None and now < self._due):
            return
        if self._thread is None or not self._thread.is_alive():
            self._due = now + EVERY
            self._thread = Thread(target=self._run, name="travelling", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Wait a moment for what is under way."""
        if self._thread is not None:
            self._thread.join(JOIN_SECONDS)

    def _run(self) -> None:
        try:
            travel(self._node)
        except LedgerError as error:
            _log.warning("travelling stopped", code=error.code)
        except Exception:  # noqa: BLE001 - a defect must not end it for ever
            _log.exception("defect", where="travelling")
