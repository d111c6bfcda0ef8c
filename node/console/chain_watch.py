"""The chain's state for pages, asked for in the background: a chain that hangs never holds up a page."""

from dataclasses import dataclass
from threading import Lock, Thread
from time import monotonic
from typing import Final

import structlog

from ledger.errors import LedgerError, UnavailableError
from node.chain_status import ChainStatus, read_status
from node.wiring import Node

FRESH_SECONDS: Final = 10.0
FIRST_WAIT_SECONDS: Final = 0.3
"""The first page of a new process waits as long as a chain that is well takes to answer."""
_log = structlog.get_logger("lianzheng.console")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the chain said last.

    Attributes:
        status: ``None`` when it did not answer.
        error: why; ``None`` when it did.
    """

    status: ChainStatus | None
    error: LedgerError | None


class ChainWatch:
    """Keeps the newest answer; asks again when a page wants it and it is old.

    Args:
        node: whose chain it is.
    """

    def __init__(self, node: Node) -> None:
        self._node: Final = node
        self._lock: Final = Lock()
        self._seen: Seen | None = None
        self._asked = -FRESH_SECONDS
        self._asking: Thread | None = None

    def look(self) -> Seen | None:
        """Return the newest answer, at once; ``None`` before the first."""
        with self._lock:
            running = self._asking is not None and self._asking.is_alive()
            if not running and monotonic() - self._asked >= FRESH_SECONDS:
                self._asked = monotonic()
                self._asking = Thread(target=self._ask, name="chain-watch", daemon=True)
                self._asking.start()
            asking = self._asking
        if self._seen is None and asking is not None:
            asking.join(FIRST_WAIT_SECONDS)
        return self._seen

    def _ask(self) -> None:
        try:
            self._seen = Seen(read_status(self._node), None)
        except LedgerError as error:
            self._seen = Seen(None, error)
        except Exception:  # noqa: BLE001 - a defect is logged, and the page says that the chain is not known
            _log.exception("chain watch failed")
            self._seen = Seen(None, UnavailableError("chain-unreachable", detail="defect"))
