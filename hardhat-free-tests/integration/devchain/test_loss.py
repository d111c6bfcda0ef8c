"""Kill -9 of anvil, of the supervisor, and of both, under load: nothing acknowledged is lost."""

import contextlib
import http.client
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.anvil, pytest.mark.timeout(120)]
SENDERS = 3
EACH = 40
Make = Callable[..., Any]


class Load:
    """Clients that send until they are through or the chain is gone, and a reader of blocks."""

    def __init__(self, url: str, client: Make, sender: Make) -> None:
        signers = [sender() for _ in range(SENDERS)]
        self.raws = [[each.sign() for _ in range(EACH)] for each in signers]
        self.acknowledged: list[str] = []
        self.seen: dict[int, str] = {}
        self.threads = [
            threading.Thread(target=self._send, args=(client(url), raws)) for raws in self.raws
        ]
        self.threads.append(threading.Thread(target=self._read, args=(client(url),)))

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def join(self) -> None:
        for thread in self.threads:
            thread.join()

    def _send(self, chain: Any, raws: list[str]) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            for raw in raws:
                self.acknowledged.append(chain.call("eth_sendRawTransaction", raw))

    def _read(self, chain: Any) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            while any(thread.is_alive() for thread in self.threads[:-1]):
                block = chain.call("eth_getBlockByNumber", "latest", False)
                self.seen[int(block["number"], 16)] = block["hash"]
                time.sleep(0.01)


@pytest.mark.parametrize("victims", ["anvil", "supervisor", "both"])
def test_acknowledged_transactions_and_seen_blocks_survive_kill_nine(
    victims: str, run: Make, client: Make, sender: Make
) -> None:
    seed = random.randrange(1 << 32)  # noqa: S311 - kill points, no secrets
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails, to repeat it
    chance = random.Random(seed)  # noqa: S311 - kill points, no secrets
    acknowledged: list[str] = []
    seen: dict[int, str] = {}
    for _ in range(3):
        chain = run("--block-time", "0.1")
        load = Load(chain.url, client, sender)
        load.start()
        point = chance.randrange(5, SENDERS * EACH - 20)
        while len(load.acknowledged) < point:
            time.sleep(0.001)
        anvil = chain.anvil
        if victims != "anvil":
            os.kill(chain.supervisor, signal.SIGKILL)
        if victims != "supervisor":
            with contextlib.suppress(ProcessLookupError):  # it dies with its supervisor
                os.kill(anvil, signal.SIGKILL)
        load.join()
        if victims == "anvil":
            assert len(load.acknowledged) == SENDERS * EACH
        acknowledged += load.acknowledged
        seen |= load.seen
        chain.end(signal.SIGKILL)
        assert not os.path.exists(f"/proc/{anvil}") or _is_zombie(anvil)  # noqa: PTH110 - procfs
    chain = client(run("--block-time", "0.1").url)
    assert all(chain.mined(name)["status"] == "0x1" for name in acknowledged)
    hashes = chain.hashes()
    assert {number: hashes[number] for number in seen} == seen


def _is_zombie(pid: int) -> bool:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as file:  # noqa: PTH123 - procfs
        return file.read().rpartition(")")[2].split()[0] == "Z"
    return True
