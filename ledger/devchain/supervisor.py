"""The embedded chain: a supervisor around anvil that loses nothing.

For development, demonstrations and tests: one operator, one process, no fees, blocks final at once.
It gives no tamper evidence among members, and entering it warns so.

* Whatever was acknowledged survives kill -9 of anvil, of the supervisor, and of both (``journal``,
  ``engine``).
* The outside sees an allow-listing proxy (``proxy``); anvil itself listens on a private port.
* A folder belongs to one supervisor at a time.
* A folder restored from an older copy is a shorter chain: nodes see a reorganisation and anchor again.
"""

import fcntl
import os
import signal
import threading
import warnings
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from ledger.devchain.engine import Engine, EngineOptions
from ledger.devchain.proxy import Proxy
from ledger.devchain.ticker import Rhythm, Ticker
from ledger.errors import RefusedError

CHAIN_ID: Final = 20261124
PORT: Final = 8545
MEMORY_CAP: Final = 4 << 30
"""Anvil takes 0.3 GiB of address space at rest; without a cap it was seen to take the machine's memory."""


POLL_SECONDS: Final = 0.05
"""How soon the proxy notices that it shall stop."""


class DevelopmentChainWarning(UserWarning):
    """A chain with one operator is in use."""


class Supervisor:
    """A running chain, as a context manager.

    Args:
        data: folder of journal and dumps; created when missing.
        port: on 127.0.0.1; 0 picks a free one.
        chain_id: as in EIP-155; must be that of the journal.
        block_time: seconds between blocks under load.
        heartbeat: seconds between blocks without transactions.
        memory_cap: bytes of address space of anvil.

    Entering raises:
        ConfigurationError: anvil is missing, or the folder holds another chain.
        IntegrityError: the journal is damaged or cannot be replayed; nothing was changed.
        RefusedError: another supervisor has the folder, or another program has the port.
        UnavailableError: anvil does not start, or the disk refuses.
    """

    def __init__(
        self,
        data: Path,
        *,
        port: int = PORT,
        chain_id: int = CHAIN_ID,
        block_time: float = 1.0,
        heartbeat: float = 60.0,
        memory_cap: int = MEMORY_CAP,
    ) -> None:
        self._data: Final = data
        self._port: Final = port
        self._options: Final = EngineOptions(chain_id, memory_cap)
        self._rhythm: Final = Rhythm(block_time, heartbeat)
        self._ended: Final = threading.Event()

    def __enter__(self) -> Self:
        self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _lock(self._data)
        try:
            self._engine = Engine(self._data, self._options)
            try:
                self._proxy = _listen(self._port, self._engine)
            except RefusedError:
                self._engine.close()
                raise
        except BaseException:
            os.close(self._lock)
            raise
        self._ticker = Ticker(self._engine, self._rhythm, self._ended)
        self._ticker.start()
        self._server = threading.Thread(
            target=self._proxy.serve_forever,
            args=(POLL_SECONDS,),
            name="devchain-proxy",
            daemon=True,
        )
        self._server.start()
        warnings.warn(
            "development chain: one operator, no tamper evidence among members",
            DevelopmentChainWarning,
            stacklevel=2,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._proxy.shutdown()
        self._proxy.server_close()
        self._server.join()
        self._ticker.stop()
        self._engine.dump_if_due(leaving=True)
        self._engine.close()
        os.close(self._lock)

    @property
    def url(self) -> str:
        """Where the chain answers."""
        return f"http://127.0.0.1:{self._proxy.server_port}"

    @property
    def process_id(self) -> int:
        """Of anvil at this moment."""
        return self._engine.pid

    @property
    def height(self) -> int:
        """Number of the last block."""
        return self._engine.height

    def wait(self) -> None:
        """Return on an interrupt or SIGTERM (in the main thread), or when the chain has failed.

        Raises:
            LedgerError: why it has failed.
        """
        if threading.current_thread() is not threading.main_thread():
            self._ended.wait()
        else:
            # Raising is safe at any point; setting the event from a handler could meet its own lock.
            before = signal.signal(signal.SIGTERM, signal.default_int_handler)
            try:
                self._ended.wait()
            except KeyboardInterrupt:
                return
            finally:
                signal.signal(signal.SIGTERM, before)
        if self._engine.failure is not None:
            raise self._engine.failure


def _lock(data: Path) -> int:
    """Take the folder; the lock ends with the process, however it ends."""
    handle = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise RefusedError("devchain-running", path=data) from error
    return handle


def _listen(port: int, engine: Engine) -> Proxy:
    try:
        return Proxy(port, engine)
    except OSError as error:
        raise RefusedError("devchain-port", port=port) from error
