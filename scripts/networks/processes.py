"""Nodes of a chain as processes on loopback: start, wait for blocks, stop and start one of them, stop all.

* Every process has a memory cap: ``GOMEMLIMIT`` for the heap and an address-space limit for programs in Go, ``-Xmx``
  for Besu (a JVM reserves more address space than it uses and cannot live under such a limit).
* Every process is in a session of its own: Ctrl-C reaches only this program, which then stops them in order.
* None outlives it: on Linux the kernel kills them when this program dies, however that happens.

Data lie under ``run/N`` and stay: a node that is started again goes on where it was. What a client is told to do,
its kind of network says (``running``, ``clique``).
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Final, TypeVar

from ledger.chain.rpc import Rpc
from ledger.devchain import capped
from ledger.errors import LedgerError
from networks.errors import NetworkError
from networks.plan import PORTS

LOOPBACK: Final = "127.0.0.1"
HEAP: Final = "384MiB"
ADDRESS_SPACE: Final = 6 << 30
"""Go reserves far more than it uses; docs/networks.md has what was measured."""
STOP_SECONDS: Final = 30.0
"""All clients write their state on the way out."""
READY_SECONDS: Final = 60.0
BLOCK_SECONDS: Final = 120.0
"""After a lost quorum the first block was seen a minute after the restart."""
POLL_SECONDS: Final = 0.2
FIRST_PORT: Final = 23_000
LAST_PORT: Final = 32_700
"""Linux gives the ports above to connections that go out."""


N = TypeVar("N", bound="NodeProcesses")


class NodeProcesses(ABC):
    """Nodes of one chain, each a process.

    Args:
        folder: of the network.
        client: the program.
        nodes: how many.
        port_base: first port; each node has ten.

    Attributes:
        folder: of the network.
        endpoints: JSON-RPC URL of each node, by index from 0; also of those that are stopped.
    """

    address_space = ADDRESS_SPACE
    """Limit of one process in bytes; -1 for none."""

    def __init__(self, folder: Path, client: Path, *, nodes: int, port_base: int) -> None:
        self.folder: Final = folder.resolve()
        self._client = client.resolve()
        self._port_base = port_base
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        # The kernel kills a process when the thread that made it ends: all are made by one that stays.
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="validators")
        self.endpoints: Final = tuple(
            f"http://{LOOPBACK}:{self._port(index, 1)}" for index in range(nodes)
        )

    @abstractmethod
    def _prepare(self, index: int) -> Sequence[str]:
        """Write what a node reads, block 0 where the client wants that done before, and return its arguments."""

    def _answered(self, index: int) -> None:  # noqa: B027 - most clients need nothing more
        """Do what has to be done each time a node has started."""

    def _environment(self) -> Mapping[str, str]:
        """Return variables besides ``PATH``, ``HOME`` and the heap's limit."""
        return {}

    def start(self, index: int) -> None:
        """Start a validator, and wait until it answers. One that runs is left alone.

        Raises:
            NetworkError: it ends at once, or does not answer in time; its log is quoted.
        """
        if self.is_running(index):
            return
        self._launch(index, self._prepare(index))
        self._wait_for_answer(index)

    def stop(self, index: int) -> None:
        """Stop a validator in order; after ``STOP_SECONDS`` it is killed."""
        process = self._processes.pop(index, None)
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self, index: int) -> None:
        """End a validator as a power cut would."""
        process = self._processes.pop(index, None)
        if process is not None:
            process.kill()
            process.wait()

    def is_running(self, index: int) -> bool:
        """Tell whether a validator's process lives."""
        process = self._processes.get(index)
        return process is not None and process.poll() is None

    def processes(self) -> tuple[int, ...]:
        """Return the ids of the processes that live."""
        return tuple(each.pid for each in self._processes.values() if each.poll() is None)

    def height(self, index: int) -> int:
        """Return the number of a validator's latest block.

        Raises:
            UnavailableError: it does not answer.
        """
        return int(str(Rpc(self.endpoints[index]).ask("eth_blockNumber")), 16)

    def wait_for_blocks(self, count: int = 1, *, seconds: float = BLOCK_SECONDS) -> int:
        """Wait until every running validator has ``count`` more blocks than the highest has now; return the height.

        Raises:
            NetworkError: they do not come in time, or a process ended.
        """
        running = [index for index in range(len(self.endpoints)) if self.is_running(index)]
        target = max(map(self.height, running), default=0) + count
        self._until(
            lambda: all(self.height(index) >= target for index in running),
            seconds,
            f"block {target} has not come",
        )
        return target

    def close(self) -> None:
        """Stop every validator; all are told first, and then waited for."""
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        for index in list(self._processes):
            self.stop(index)
        self._starter.shutdown()

    def start_all(self) -> None:
        """Start every validator, then wait until each answers; alone none of them seals anything."""
        given = [self._prepare(index) for index in range(len(self.endpoints))]
        for index, each in enumerate(given):
            self._launch(index, each)
        for index in range(len(self.endpoints)):
            self._wait_for_answer(index)

    def _port(self, index: int, of: int) -> int:
        return self._port_base + PORTS * index + of

    def _data(self, index: int) -> Path:
        """Return a node's own folder, made when missing."""
        data = self.folder / "run" / str(index + 1)
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return data

    def _run_once(self, index: int, given: Sequence[str], what: str) -> None:
        """Run the client to its end, for what has to be done before it can start."""
        process = self._launch(index, given)
        try:
            failed = process.wait(READY_SECONDS)
        except subprocess.TimeoutExpired:
            failed = 1
            process.kill()
            process.wait()
        del self._processes[index]
        if failed:
            message = f"{what} of validator {index} was not written: {self._log(index)}"
            raise NetworkError(message)

    def _launch(self, index: int, given: Sequence[str]) -> subprocess.Popen[bytes]:
        process = self._starter.submit(self._spawn, index, given).result()
        self._processes[index] = process
        return process

    def _spawn(self, index: int, given: Sequence[str]) -> subprocess.Popen[bytes]:
        limits = [sys.executable, "-I", "-S", capped.__file__, str(self.address_space)]
        data = self._data(index)
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(data),
            "GOMEMLIMIT": HEAP,
            **self._environment(),
        }
        with (data / "log").open("ab") as log:
            return subprocess.Popen(
                [*limits, str(os.getpid()), str(self._client), *given],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=data,
                env=environment,
                start_new_session=True,
            )

    def _wait_for_answer(self, index: int) -> None:
        self._until(
            lambda: self._answers(index), READY_SECONDS, f"validator {index} does not answer"
        )
        self._answered(index)

    def _answers(self, index: int) -> bool:
        try:
            return bool(Rpc(self.endpoints[index]).ask("eth_chainId"))
        except LedgerError:
            return False

    def _until(self, holds: Callable[[], bool], seconds: float, otherwise: str) -> None:
        deadline = time.monotonic() + seconds
        while True:
            self._check_alive()
            try:
                if holds():
                    return
            except LedgerError:
                pass  # a validator that is busy answers a moment later
            if time.monotonic() > deadline:
                message = f"{otherwise} within {seconds:.0f} seconds: {self._log(0)}"
                raise NetworkError(message)
            time.sleep(POLL_SECONDS)

    def _check_alive(self) -> None:
        for index, process in self._processes.items():
            if process.poll() is not None:
                message = f"validator {index} ended with {process.returncode}: {self._log(index)}"
                raise NetworkError(message)

    def _log(self, index: int) -> str:
        log = self.folder / "run" / str(index + 1) / "log"
        return log.read_text("utf-8", "replace")[-1500:] if log.exists() else "no log"


def choose_port_base(asked: int | None, *, written: int, nodes: int) -> int:
    """Return the first port: as asked for, as ``written`` for ``None``, or one with free ports for 0.

    Raises:
        NetworkError: no ports are free.
    """
    if asked == 0:
        return free_port_base(nodes)
    return written if asked is None else asked


@contextmanager
def kept_running(network: N) -> Iterator[N]:
    """Start all nodes, and stop them at the end of the block.

    Raises:
        NetworkError: one does not start; all are stopped then.
    """
    try:
        network.start_all()
        yield network
    finally:
        network.close()


def show_until_stopped(network: NodeProcesses, *, machine: bool) -> None:
    """Print the endpoints once blocks come, and stay until a signal ends the program.

    Raises:
        NetworkError: no block comes.
    """
    height = network.wait_for_blocks()
    if machine:
        print(json.dumps({"endpoints": network.endpoints, "height": height}), flush=True)
    else:
        print("\n".join(network.endpoints))
        print(f"block {height}; Ctrl-C stops all", flush=True)
    signal.pause()


def end_on_terminate() -> None:
    """Let SIGTERM end the program as Ctrl-C does: in order."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def free_port_base(members: int) -> int:
    """Return a base from which all ports of so many validators are free at this moment.

    Raises:
        NetworkError: there is none.
    """
    bases = range(FIRST_PORT, LAST_PORT - PORTS * members, PORTS)
    # Two programs that ask at the same time would find the same ports free.
    start = os.getpid() * members % len(bases)
    for base in (*bases[start:], *bases[:start]):
        with ExitStack() as held:
            try:
                for port in range(base, base + PORTS * members):
                    held.enter_context(socket.socket()).bind((LOOPBACK, port))
            except OSError:
                continue
            return base
    raise NetworkError("no free ports on this machine")


def check_program(client: Path) -> None:
    """Refuse what cannot be run.

    Raises:
        NetworkError: it is no program.
    """
    if not os.access(client, os.X_OK) or client.is_dir():
        message = f"{client} is no program"
        raise NetworkError(message)
