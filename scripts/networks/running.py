"""A network as running processes on loopback: start, wait for blocks, stop and start one validator, stop all.

* Every process has a memory cap: ``GOMEMLIMIT`` for the heap and an address-space limit for GoQuorum, ``-Xmx`` for
  Besu (a JVM reserves more address space than it uses and cannot live under such a limit).
* Every process is in a session of its own: Ctrl-C reaches only this program, which then stops them in order.
* None outlives it: on Linux the kernel kills them when this program dies, however that happens.

Data lie under ``run/N`` and stay: a validator that is started again goes on where it was.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from ledger.chain.rpc import Rpc
from ledger.devchain import capped
from ledger.errors import LedgerError
from networks.clients import Place, arguments, initialise
from networks.errors import NetworkError
from networks.making import load_network
from networks.plan import PORTS, Plan

LOOPBACK: Final = "127.0.0.1"
HEAP: Final = "384MiB"
ADDRESS_SPACE: Final = 6 << 30
"""Go reserves far more than it uses; docs/networks.md has what was measured."""
STOP_SECONDS: Final = 30.0
"""Both clients write their state on the way out."""
READY_SECONDS: Final = 60.0
BLOCK_SECONDS: Final = 120.0
"""After a lost quorum the first block was seen a minute after the restart."""
POLL_SECONDS: Final = 0.2


class RunningNetwork:
    """Validators as processes; made by ``running``.

    Attributes:
        plan: what runs.
        folder: where it was written.
        endpoints: JSON-RPC URL of each node, by index from 0; also of those that are stopped.
    """

    def __init__(self, folder: Path, client: Path, plan: Plan, port_base: int) -> None:
        self.plan: Final = plan
        self.folder: Final = folder.resolve()
        self._client = client.resolve()
        self._port_base = port_base
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        # The kernel kills a process when the thread that made it ends: all are made by one that stays.
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="validators")
        self.endpoints: Final = tuple(
            f"http://{LOOPBACK}:{self._port(index, 1)}" for index in range(len(plan.validators))
        )

    def start(self, index: int) -> None:
        """Start a validator, and wait until it answers. One that runs is left alone.

        Raises:
            NetworkError: it ends at once, or does not answer in time; its log is quoted.
        """
        if self.is_running(index):
            return
        self._launch(index, arguments(self.plan, self._prepare(index)))
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
        places = [self._prepare(index) for index in range(len(self.endpoints))]
        for index, place in enumerate(places):
            self._launch(index, arguments(self.plan, place))
        for index in range(len(self.endpoints)):
            self._wait_for_answer(index)

    def _port(self, index: int, of: int) -> int:
        return self._port_base + PORTS * index + of

    def _prepare(self, index: int) -> Place:
        """Write what a validator reads, and block 0 where the client wants that done before."""
        key = self.plan.validators[index].key.file
        if not key.exists():
            message = f"{key} is not here: its member starts that validator"
            raise NetworkError(message)
        data = self.folder / "run" / str(index + 1)
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        enodes = [
            each.key.enode(LOOPBACK, self._port(at, 0))
            + ("" if self.plan.client == "besu" else "?discport=0")
            for at, each in enumerate(self.plan.validators)
        ]
        shutil.copyfile(self.folder / "genesis.json", data / "genesis.json")
        for name in ("static-nodes.json", "permissioned-nodes.json"):
            (data / name).write_text(json.dumps(enodes), "utf-8")
        permissions = f"nodes-allowlist={json.dumps(enodes)}\n"
        (data / "permissions_config.toml").write_text(permissions, "utf-8")
        place = Place(
            data=data,
            key=self.folder / "members" / str(index + 1) / "nodekey",
            files=data,
            address=LOOPBACK,
            peer_address=LOOPBACK,
            peers=f"{LOOPBACK}/32",
            peer_port=self._port(index, 0),
            http_port=self._port(index, 1),
            metrics_port=self._port(index, 2),
        )
        if self.plan.client == "goquorum" and not (data / "geth" / "chaindata").exists():
            self._initialise(index, place)
        return place

    def _initialise(self, index: int, place: Place) -> None:
        process = self._launch(index, initialise(place))
        try:
            failed = process.wait(READY_SECONDS)
        except subprocess.TimeoutExpired:
            failed = 1
            process.kill()
            process.wait()
        del self._processes[index]
        if failed:
            message = f"block 0 of validator {index} was not written: {self._log(index)}"
            raise NetworkError(message)

    def _launch(self, index: int, given: Sequence[str]) -> subprocess.Popen[bytes]:
        process = self._starter.submit(self._spawn, index, given).result()
        self._processes[index] = process
        return process

    def _spawn(self, index: int, given: Sequence[str]) -> subprocess.Popen[bytes]:
        besu = self.plan.client == "besu"
        limits = [sys.executable, "-I", "-S", capped.__file__, str(-1 if besu else ADDRESS_SPACE)]
        data = self.folder / "run" / str(index + 1)
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(data),
            "PRIVATE_CONFIG": "ignore",
            "GOMEMLIMIT": HEAP,
            "JAVA_OPTS": "-Xmx512m",
            **({"JAVA_HOME": os.environ["JAVA_HOME"]} if "JAVA_HOME" in os.environ else {}),
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


def free_port_base(members: int) -> int:
    """Return a base from which all ports of so many validators are free at this moment.

    Raises:
        NetworkError: there is none.
    """
    for base in range(23_000, 60_000, PORTS * members):
        with ExitStack() as held:
            try:
                for port in range(base, base + PORTS * members):
                    held.enter_context(socket.socket()).bind((LOOPBACK, port))
            except OSError:
                continue
            return base
    raise NetworkError("no free ports on this machine")


@contextmanager
def running(
    folder: Path, client: Path, *, port_base: int | None = None
) -> Iterator[RunningNetwork]:
    """Run a written network until the end of the block.

    Args:
        folder: where ``make_network`` wrote it.
        client: the program, of the kind that the network was written for.
        port_base: first port; ``None`` for the one it was written with, 0 for free ones.

    Raises:
        NetworkError: there is no network or no program, or a validator does not start; all are stopped then.
    """
    plan = load_network(folder)
    if not os.access(client, os.X_OK) or client.is_dir():
        message = f"{client} is no program"
        raise NetworkError(message)
    if port_base == 0:
        port_base = free_port_base(len(plan.validators))
    network = RunningNetwork(
        folder, client, plan, plan.port_base if port_base is None else port_base
    )
    try:
        network.start_all()
        yield network
    finally:
        network.close()
