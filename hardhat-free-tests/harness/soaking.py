"""Banks under load and trouble: archives that seal without end, and faults at random until a moment.

* An archive sends a request key, and sends again until it is answered, as archives do.
* ``BankTroubles`` kills, stops and holds nodes of banks, one at a time. ``ChainTroubles`` does the same to
  signers of a Clique network, and cuts it. Each undoes its fault before the next; the two go on side by side.
* Of four signers at most one is away for long. Two at once are away for seconds: the chain halts and goes on.
* A cut leaves one signer alone, or two against two: then both sides halt, each on a fork of its own.
* Clique has no rule between forks of one weight whose signers have all just sealed. Such a halt is ended as
  an operator ends it (``untangle``): all but one fork are taken back.

The choices come from a seed; what they meet does not repeat.
"""

import http.client
import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Final

from harness.commands import Cli
from harness.rpc_node import until
from harness.serving import Served
from networks.clique_running import CliqueNetwork
from networks.errors import NetworkError

START_SECONDS: Final = 180.0
"""On a machine that does other things besides."""
HALT_SECONDS: Final = 40.0
"""geth looks every ten seconds for peers that are ahead; a block is there a second later."""
PAUSE: Final = (0.05, 0.4)
"""Seconds between two items of one archive."""
BUSY: Final = frozenset({http.client.SERVICE_UNAVAILABLE, http.client.TOO_MANY_REQUESTS})


@dataclass
class Diary:
    """What was done, with the seconds since the start.

    Attributes:
        lines: in order.
        counts: faults, by name.
    """

    lines: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    _start: float = field(default_factory=time.monotonic)

    def write(self, text: str) -> None:
        """Note something."""
        self.lines.append(f"{time.monotonic() - self._start:7.1f} {text}")

    def fault(self, name: str, whom: object, seconds: float) -> None:
        """Note a fault."""
        self.counts[name] = self.counts.get(name, 0) + 1
        self.write(f"{name} {whom} for {seconds:.1f} s")


@dataclass
class Archive:
    """A bank's archive.

    Attributes:
        served: the bank's node.
        token: of the archive.
        acknowledged: request key → evidence id.
        doubles: keys that were answered with two ids.
        again: how often something was sent again.
    """

    served: Served
    token: str
    acknowledged: dict[str, str] = field(default_factory=dict)
    doubles: list[str] = field(default_factory=list)
    again: int = 0

    def run(self, ended: Event, seed: int) -> None:
        """Seal one item after the other, each again until it is answered, until ``ended``."""
        generator, at = random.Random(seed), 0  # noqa: S311 - moments, not secrets
        while not ended.is_set():
            self._seal(f"item-{at}", at)
            time.sleep(generator.uniform(*PAUSE))
            at += 1

    def _seal(self, key: str, at: int) -> None:
        described = {"kind": "letter", "case": f"c{at % 7}", "request_key": key}
        content = f"{self.served.port} {key} ".encode() * (9000 if at % 10 == 0 else 40)
        body = json.dumps(described).encode() + b"\n" + content
        while True:
            try:
                status, answer = self.served.ask(
                    "POST", "/v1/evidence", token=self.token, body=body,
                    media_type="application/vnd.lianzheng.item",
                )  # fmt: skip
            except OSError:
                status, answer = http.client.SERVICE_UNAVAILABLE, None
            if status in {http.client.CREATED, http.client.OK}:
                if self.acknowledged.setdefault(key, answer["id"]) != answer["id"]:
                    self.doubles.append(key)
                return
            assert status in BUSY, (status, answer)
            self.again += 1
            time.sleep(0.2)


@dataclass
class BankTroubles:
    """Faults of banks' nodes.

    Attributes:
        banks: that serve.
        diary: where it is written.
        generator: of choices.
    """

    banks: list[Served]
    diary: Diary
    generator: random.Random

    def run(self, ended: Event) -> None:
        """Do one fault after the other until ``ended``; at the end all banks serve."""
        while not ended.wait(self.generator.uniform(1, 6)):
            at = self.generator.randrange(len(self.banks))
            fault = self.generator.choice([self._killed, self._killed, self._stopped, self._held])
            fault(at, ended)

    def _killed(self, at: int, ended: Event) -> None:
        seconds = self.generator.uniform(0, 5)
        self.diary.fault("bank killed", at, seconds)
        self.banks[at].kill()
        ended.wait(seconds)
        start_bank(self.banks[at])

    def _stopped(self, at: int, ended: Event) -> None:
        seconds = self.generator.uniform(5, 45)
        self.diary.fault("bank stopped", at, seconds)
        self.banks[at].process.terminate()
        self.banks[at].process.wait(timeout=START_SECONDS)
        ended.wait(seconds)
        start_bank(self.banks[at])

    def _held(self, at: int, ended: Event) -> None:
        seconds = self.generator.uniform(2, 20)
        self.diary.fault("bank held", at, seconds)
        with held(self.banks[at].process.pid):
            ended.wait(seconds)


@dataclass
class ChainTroubles:
    """Faults of signers and of the network between them.

    Attributes:
        network: that runs.
        diary: where it is written.
        generator: of choices.
    """

    network: CliqueNetwork
    diary: Diary
    generator: random.Random

    def run(self, ended: Event) -> None:
        """Do one fault after the other until ``ended``; at the end all signers run and are connected."""
        faults: list[Callable[[Event], None]] = [
            self._killed, self._stopped, self._held, self._two_killed,
            self._cut, self._cut, self._halved, self._halved,
        ]  # fmt: skip
        while not ended.wait(self.generator.uniform(2, 8)):
            self.generator.choice(faults)(ended)
            self._settle()

    def _settle(self) -> None:
        self.diary.write(f"chain at {go_on(self.network, 1, self.diary)}")

    def _one(self) -> int:
        return self.generator.randrange(len(self.network.endpoints))

    def _killed(self, ended: Event) -> None:
        at, seconds = self._one(), self.generator.uniform(0, 20)
        self.diary.fault("signer killed", at, seconds)
        self.network.kill(at)
        ended.wait(seconds)
        self.network.start(at)

    def _stopped(self, ended: Event) -> None:
        at, seconds = self._one(), self.generator.uniform(10, 60)
        self.diary.fault("signer stopped", at, seconds)
        self.network.stop(at)
        ended.wait(seconds)
        self.network.start(at)

    def _held(self, ended: Event) -> None:
        at, seconds = self._one(), self.generator.uniform(2, 15)
        self.diary.fault("signer held", at, seconds)
        with held(self.network._processes[at].pid):
            ended.wait(seconds)

    def _two_killed(self, ended: Event) -> None:
        pair = self.generator.sample(range(len(self.network.endpoints)), 2)
        seconds = self.generator.uniform(2, 8)
        self.diary.fault("two signers killed", pair, seconds)
        for at in pair:
            self.network.kill(at)
        ended.wait(seconds)
        for at in pair:
            self.network.start(at)

    def _cut(self, ended: Event) -> None:
        at, seconds = self._one(), self.generator.uniform(5, 30)
        others = [each for each in range(len(self.network.endpoints)) if each != at]
        self.diary.fault("signer cut off", at, seconds)
        self.network.partition([at], others)
        ended.wait(seconds)
        self.network.heal()

    def _halved(self, ended: Event) -> None:
        seconds, signers = self.generator.uniform(5, 15), list(range(len(self.network.endpoints)))
        self.generator.shuffle(signers)
        one, other = signers[::2], signers[1::2]
        self.diary.fault("network halved", one, seconds)
        self.network.partition(one, other)
        ended.wait(seconds)
        self.network.heal()


def go_on(network: CliqueNetwork, blocks: int, diary: Diary) -> int:
    """Wait for blocks, ending halts as an operator does; return the height."""
    deadline = time.monotonic() + START_SECONDS * 2
    while True:
        try:
            return network.wait_for_blocks(blocks, seconds=HALT_SECONDS)
        except NetworkError:
            if time.monotonic() > deadline:
                raise
            untangle(network, diary)


def untangle(network: CliqueNetwork, diary: Diary) -> None:
    """Take all but the heaviest fork back to where they part, and let them follow before they seal again."""
    signers = range(len(network.endpoints))
    heads = [_block(network, at, "latest") for at in signers]
    weights = [(int(each["totalDifficulty"], 16), each["hash"]) for each in heads]
    kept = weights.index(max(weights))
    told = [f"{int(each['number'], 16)} {each['hash'][:8]}" for each in heads]
    diary.write(f"halt at {told}, peers {[network.peers(at) for at in signers]}, kept {kept}")
    diary.counts["halt"] = diary.counts.get("halt", 0) + 1
    strays = [at for at in signers if heads[at]["hash"] != heads[kept]["hash"]]
    for at in strays:
        network.operate(at, "miner_stop")
    time.sleep(1.1)  # geth carries out two orders in any order
    for at in strays:
        _take_back(network, at, kept, heads)
    with suppress(TimeoutError):
        until(lambda: all(_has(network, at, heads[kept]) for at in strays), HALT_SECONDS, 0.5)
    for at in strays:
        network.operate(at, "miner_start")


def _take_back(network: CliqueNetwork, at: int, kept: int, heads: Sequence[Any]) -> None:
    top = int(heads[at]["number"], 16)
    height = min(top, int(heads[kept]["number"], 16))
    while _block(network, at, hex(height))["hash"] != _block(network, kept, hex(height))["hash"]:
        height -= 1
    if height < top:
        network.operate(at, "debug_setHead", hex(height))


def _has(network: CliqueNetwork, at: int, block: Any) -> bool:
    found = _block(network, at, block["number"])
    return found is not None and found["hash"] == block["hash"]


def _block(network: CliqueNetwork, at: int, which: str) -> Any:
    return network.operate(at, "eth_getBlockByNumber", which, False)


@contextmanager
def held(pid: int) -> Iterator[None]:
    """Hold a process, as a machine does that swaps or migrates; its connections stay open."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def start_bank(served: Served) -> None:
    """Start a bank's node and wait until it answers."""
    own: Cli = served.cli
    options: dict[str, Any] = {}
    with (own.home / "serve.log").open("a", encoding="utf-8") as log:
        options["stdout"] = options["stderr"] = log
        served.process = own.start("serve", "--json-logs", *served.arguments, **options)
    served.until_answering(START_SECONDS)
