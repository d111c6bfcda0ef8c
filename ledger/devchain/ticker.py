"""The thread that makes the blocks.

* A transaction that finds the chain at rest is mined at once; under load there is one block in every
  ``block_time``, so that block times do not run ahead of the clock.
* Without transactions a block comes only in every ``heartbeat``: a statement names a recent block, and the
  disk does not fill with empty ones.
"""

import threading
import time
from dataclasses import dataclass
from typing import Final

from ledger.devchain.engine import Engine
from ledger.errors import LedgerError

CHECK_SECONDS: Final = 0.5
"""How soon a process that died at rest is noticed and rebuilt."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When blocks come.

    Attributes:
        block_time: seconds between blocks under load; below 1, block times run ahead of the clock.
        heartbeat: seconds between blocks without transactions.
    """

    block_time: float
    heartbeat: float


class Ticker:
    """Runs until ``stop``, or until the engine fails.

    Args:
        engine: whose blocks it makes.
        rhythm: when.
        ended: set when it has ended.
    """

    def __init__(self, engine: Engine, rhythm: Rhythm, ended: threading.Event) -> None:
        self._engine: Final = engine
        self._rhythm: Final = rhythm
        self._ended: Final = ended
        self._stop: Final = threading.Event()
        self._thread: Final = threading.Thread(
            target=self._run, name="devchain-ticker", daemon=True
        )

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the block that is being made."""
        self._stop.set()
        self._engine.wake.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            last = time.monotonic() - self._rhythm.block_time  # the first transaction need not wait
            while not self._stop.is_set():
                self._engine.wake.clear()
                self._engine.revive()
                pause = self._pause(last)
                if pause <= 0:
                    self._engine.mine()
                    last = time.monotonic()
                    self._engine.dump_if_due()
                else:
                    # Under load every transaction would ring the bell: only a chain at rest listens.
                    bell = self._stop if self._engine.waiting else self._engine.wake
                    bell.wait(min(pause, CHECK_SECONDS))
        except LedgerError:
            pass  # the engine keeps it as its failure
        finally:
            self._ended.set()

    def _pause(self, last: float) -> float:
        """Return the seconds until the next block."""
        waiting = self._engine.waiting
        interval = self._rhythm.block_time if waiting else self._rhythm.heartbeat
        return last + interval - time.monotonic()
