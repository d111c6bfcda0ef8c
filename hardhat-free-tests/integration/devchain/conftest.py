"""A client of the chain, accounts without money, and the supervisor as a process of its own."""

import http.client
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from eth_account import Account
from eth_utils.address import to_checksum_address

SCRIPT = Path(__file__).parents[3] / "scripts" / "dev_chain.py"
CHAIN_ID = 20261124
LOGGER = "600b600c600039600b6000f3" + "60aa60006000a143600055"
"""Creates a contract that emits an event and stores the block's number in slot 0."""
_keys = itertools.count(1)


class Client:
    """JSON-RPC over one kept connection."""

    def __init__(self, url: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)

    def post(self, value: object, **headers: str) -> Any:
        headers = {"Content-Type": "application/json", **headers}
        self.connection.request("POST", "/", json.dumps(value), headers)
        return json.loads(self.connection.getresponse().read())

    def ask(self, method: str, *params: object) -> dict[str, Any]:
        answer: dict[str, Any] = self.post(
            {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
        )
        return answer

    def call(self, method: str, *params: object) -> Any:
        return self.ask(method, *params)["result"]

    def mined(self, transaction: str) -> dict[str, Any]:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            receipt: dict[str, Any] | None = self.call("eth_getTransactionReceipt", transaction)
            if receipt is not None:
                return receipt
            time.sleep(0.02)
        raise AssertionError(transaction)

    def hashes(self) -> list[str]:
        height = int(self.call("eth_blockNumber"), 16)
        return [
            self.call("eth_getBlockByNumber", hex(number), False)["hash"]
            for number in range(height + 1)
        ]

    def close(self) -> None:
        self.connection.close()


class Sender:
    """A fresh account that signs its transactions in order."""

    def __init__(self) -> None:
        self._account = Account.from_key(next(_keys).to_bytes(32, "big"))
        self.nonce = 0
        self.address: str = self._account.address

    def sign(self, *, nonce: int | None = None, **fields: object) -> str:
        used = self.nonce if nonce is None else nonce
        self.nonce = used + 1
        request = {"chainId": CHAIN_ID, "nonce": used, "value": 0, "gas": 100_000, "gasPrice": 0}
        if "data" not in fields:
            request["to"] = self.address
        if "to" in fields:
            fields["to"] = to_checksum_address(str(fields["to"]))
        signed = self._account.sign_transaction({**request, **fields})
        return "0x" + signed["raw_transaction"].hex()


class Running:
    """The supervisor as a process of its own, and what may be done to it."""

    def __init__(self, data: Path, *options: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(SCRIPT), str(data), "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    @property
    def supervisor(self) -> int:
        return self._process.pid

    @property
    def anvil(self) -> int:
        tasks = Path(f"/proc/{self.supervisor}/task").glob("*/children")
        (child,) = [int(pid) for task in tasks for pid in task.read_text().split()]
        return child

    def until_it_waits(self) -> None:
        """Return when it catches SIGTERM: before, the signal ends it as kill -9 would."""
        bit = 1 << (signal.SIGTERM - 1)
        status = Path(f"/proc/{self.supervisor}/status")
        while not int(status.read_text().split("SigCgt:")[1].split()[0], 16) & bit:
            time.sleep(0.01)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        if self._process.poll() is None:
            os.kill(self.supervisor, number)
        _, errors = self._process.communicate(timeout=20)
        return self._process.returncode, errors


@pytest.fixture
def client() -> Iterator[Callable[[str], Client]]:
    made: list[Client] = []

    def make(url: str) -> Client:
        made.append(Client(url))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def sender() -> Callable[[], Sender]:
    return Sender


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    made: list[Running] = []

    def start(*options: str, data: Path | None = None) -> Running:
        made.append(Running(data or tmp_path / "chain", *options))
        return made[-1]

    yield start
    for each in made:
        each.end(signal.SIGKILL)


@pytest.fixture
def logger_code() -> str:
    return "0x" + LOGGER
