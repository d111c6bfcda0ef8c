"""One anvil process: found, started under a memory cap, asked, and killed.

* It listens on a random port of 127.0.0.1 and has no unlocked accounts. Only the supervisor talks to it, one
  call at a time.
* Any trouble in talking to it is ``ProcessDiedError``: what it did with the last call is unknown, so it is
  killed and another one is built from the journal.
"""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.errors import ConfigurationError

TOOL_VARIABLE: Final = "LIANZHENG_ANVIL"
STATES_KEPT: Final = 64
"""State proofs answer for this many blocks, which is plenty for an anchor that is final at once."""
START_SECONDS: Final = 60.0
"""A dump of a hundred thousand blocks loads within this."""
CALL_SECONDS: Final = 60.0
"""Longer is a spinning process (seen under load), not a busy one."""
_ROOT: Final = Path(__file__).resolve().parents[2]
_CAPPED: Final = Path(__file__).with_name("capped.py")


class ProcessDiedError(Exception):
    """Raised when the process did not answer; restart it from the journal."""


class AnsweredError(Exception):
    """Raised when the process answered a call of ours with an error.

    Args:
        error: the JSON-RPC error object.
    """

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(str(error.get("message", ""))[:200])
        self.error = error


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start the process.

    Attributes:
        tool: path of anvil.
        chain_id: as in EIP-155.
        time: of block 0, Unix seconds.
        gas_limit: of every block.
        memory_cap: bytes of address space.
        dump: state to begin with; ``None`` begins at block 0.
    """

    tool: Path
    chain_id: int
    time: int
    gas_limit: int
    memory_cap: int
    dump: Path | None = None

    def command(self, port: int) -> list[str]:
        """Return program and arguments."""
        options = ["--host", "127.0.0.1", "--port", str(port), "--silent", "--no-cors"]
        # Blocks come from the supervisor alone, with transactions in the order of their arrival.
        options += ["--no-mining", "--order", "fifo", "--accounts", "0", "--threads", "1"]
        options += ["--disable-min-priority-fee", "--gas-price", "0"]
        options += ["--block-base-fee-per-gas", "0", "--hardfork", "london"]
        options += ["--disable-default-create2-deployer", "--prune-history", str(STATES_KEPT)]
        options += ["--chain-id", str(self.chain_id), "--timestamp", str(self.time)]
        options += ["--gas-limit", str(self.gas_limit)]
        if self.dump is not None:
            options += ["--load-state", str(self.dump)]
        return [str(self.tool), *options]


class Process:
    """A running anvil.

    Args:
        launch: how to start it.
        spawner: runs the start; its thread must outlive the process, because Linux sends the parent-death
            signal when the starting *thread* ends.

    Raises:
        ProcessDiedError: it did not come up.
    """

    def __init__(self, launch: Launch, spawner: Executor) -> None:
        self.port: Final = _free_port()
        head = [sys.executable, "-I", "-S", str(_CAPPED), str(launch.memory_cap), str(os.getpid())]
        self._child: Final = spawner.submit(
            subprocess.Popen,
            [*head, *launch.command(self.port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ).result()
        self._connection: Final = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=CALL_SECONDS
        )
        try:
            self._wait_until_up(launch.chain_id)
        except ProcessDiedError:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        """Of the operating system."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._child.poll() is None

    def kill(self) -> None:
        """End it; it has nothing that is worth a farewell."""
        self._connection.close()
        self._child.kill()
        self._child.wait()

    def call(self, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON
        """Return the result of one call.

        Raises:
            AnsweredError: it answered with an error.
            ProcessDiedError: it did not answer.
        """
        answer = self.post({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)})
        if not isinstance(answer, dict) or not ("result" in answer or "error" in answer):
            raise ProcessDiedError
        if "error" in answer:
            raise AnsweredError(answer["error"])
        return answer["result"]

    def post(self, request: dict[str, Any] | Sequence[dict[str, Any]]) -> Any:  # noqa: ANN401 - JSON
        """Return the answer to one JSON-RPC request or batch as it stands.

        Raises:
            ProcessDiedError: it did not answer.
        """
        body = json.dumps(request, separators=(",", ":")).encode()
        try:
            self._connection.request("POST", "/", body, {"Content-Type": "application/json"})
            return json.loads(self._connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ProcessDiedError from error

    def _wait_until_up(self, chain_id: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.alive:
            try:
                if int(self.call("eth_chainId"), 16) == chain_id and self.alive:
                    return
                break
            except (ProcessDiedError, AnsweredError):
                self._connection.close()
                time.sleep(0.01)
        raise ProcessDiedError


def find_tool() -> Path:
    """Return the path of anvil: from ``LIANZHENG_ANVIL``, from the project's npm packages, or from PATH.

    Raises:
        ConfigurationError: there is none.
    """
    named = os.environ.get(TOOL_VARIABLE)
    candidates = (
        [Path(named)] if named else sorted(_ROOT.glob("node_modules/@foundry-rs/*/bin/anvil"))
    )
    for candidate in candidates:
        if os.access(candidate, os.X_OK):
            return candidate.resolve()
    found = None if named else shutil.which("anvil")
    if found is None:
        raise ConfigurationError("devchain-tool-missing")
    return Path(found).resolve()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
