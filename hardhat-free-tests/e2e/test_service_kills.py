"""Node, worker and database killed at random moments while clients seal: nothing acknowledged is lost.

Clients behave as archives do: they send a request key, and send again when no answer came. Afterwards
every item has one place, under an anchor, and the audit is clean.
"""

import http.client
import json
import random
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Lock

import pytest
from harness.commands import Cli, DevelopmentChain
from harness.postgres import Server, find_tools, restartable
from harness.serving import Served, make_token, serving, until_anchored

from node.settings import write_settings

pytestmark = pytest.mark.anvil
SEED = 20261124
CLIENTS = 3


@dataclass
class Clients:
    """Archives that seal until they are stopped.

    Attributes:
        served: whom they ask.
        token: with which.
        acknowledged: request key → evidence id.
        doubles: keys that were answered with two ids.
    """

    served: Served
    token: str
    acknowledged: dict[str, str] = field(default_factory=dict)
    doubles: list[str] = field(default_factory=list)
    stopped: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    def run(self, number: int) -> None:
        """Seal one item after the other; each again until it is answered."""
        at = 0
        while not self.stopped.is_set():
            self._seal_until_answered(f"{number}-{at}", at)
            at += 1

    def _seal_until_answered(self, key: str, at: int) -> None:
        described = {"kind": "letter", "case": f"c{at % 3}", "request_key": key}
        content = key.encode() * (9000 if at % 2 else 40)
        body = json.dumps(described).encode() + b"\n" + content
        while True:
            try:
                status, answer = self.served.ask(
                    "POST", "/v1/evidence", token=self.token, body=body,
                    media_type="application/vnd.lianzheng.item",
                )  # fmt: skip
            except OSError:
                time.sleep(0.1)
                continue
            if status in {http.client.CREATED, http.client.OK}:
                with self.lock:
                    if self.acknowledged.setdefault(key, answer["id"]) != answer["id"]:
                        self.doubles.append(key)
                return
            # The database may be gone for a moment; a clear answer says so, and to try again.
            assert status == http.client.SERVICE_UNAVAILABLE, answer
            time.sleep(0.1)


def survives(
    bank: Cli,
    kills: list[str],
    server: "Server | None" = None,
    chain: DevelopmentChain | None = None,
) -> None:
    generator = random.Random(SEED)  # noqa: S311 - moments, not secrets
    token = make_token(bank)
    apart = "worker" in kills
    with serving(bank, *(["--no-worker"] if apart else []), seconds=0.2) as served:
        worker = served.worker() if apart else None
        clients = Clients(served, token)
        with ThreadPoolExecutor(CLIENTS) as pool:
            running = [pool.submit(clients.run, number) for number in range(CLIENTS)]
            try:
                for target in kills:
                    time.sleep(generator.uniform(0.3, 1.5))
                    if target == "node":
                        served.kill()
                        served.start_again()
                    elif target == "database" and server is not None:
                        server.crash()
                    elif target == "chain" and chain is not None:
                        chain.kill()
                        chain.start()
                    elif worker is not None:
                        worker.send_signal(signal.SIGKILL)
                        worker.communicate(timeout=30)
                        worker = served.worker()
                time.sleep(1)
            finally:
                clients.stopped.set()
            for each in running:
                each.result(timeout=120)
        assert clients.doubles == []
        assert clients.acknowledged
        until_anchored(served, token, clients.acknowledged.values())
    report = Cli(bank.home, bank.url, bank.environment, inside=True).ok("log", "audit")
    assert (report["problems"], report["waiting"]) == ([], 0)


def on_postgres(bank: Cli, server: Server, name: str) -> Cli:
    """Let a founded bank keep its ledger in PostgreSQL from the beginning."""
    server.run(f"CREATE DATABASE {name}")
    own = Cli(bank.home.with_name(name), bank.url)
    own.ok("init", "--name", "示范银行", "--origin", f"lianzheng.example/{name}")
    write_settings(own.home, {"database_url": server.url(name), "replica_group": name})
    own.ok("chain", "deploy")
    return own


@pytest.mark.soak
def test_a_node_that_is_killed_while_clients_seal_loses_nothing(bank: Cli) -> None:
    survives(bank, ["node"] * 3)


@pytest.mark.soak
def test_a_worker_that_is_killed_is_followed_by_another(bank: Cli) -> None:
    survives(bank, ["worker", "node", "worker"])


@pytest.mark.soak
@pytest.mark.postgres
def test_a_database_that_crashes_and_comes_back_loses_nothing(bank: Cli, tmp_path: Path) -> None:
    tools = find_tools()
    if tools is None:
        pytest.skip("PostgreSQL is not installed: no initdb on PATH or in /usr/lib/postgresql")
    with restartable(tools) as server:
        survives(on_postgres(bank, server, "crashing"), ["database", "node", "database"], server)
    assert tmp_path.exists()


def own_chain(folder: Path) -> tuple[Cli, DevelopmentChain]:
    """Return a founded bank on a chain of its own, running."""
    chain = DevelopmentChain(folder)
    chain.start()
    bank = Cli(folder / "home", chain.url)
    bank.ok("init", "--name", "示范银行", "--origin", "lianzheng.example/own-chain")
    bank.ok("chain", "deploy")
    return bank, chain


@pytest.mark.soak
def test_a_chain_that_is_killed_and_comes_back_loses_nothing(tmp_path: Path) -> None:
    bank, chain = own_chain(tmp_path)
    try:
        survives(bank, ["chain", "node", "chain"], chain=chain)
    finally:
        chain.stop()


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_two_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    generator = random.Random(SEED)  # noqa: S311 - moments, not secrets
    bank, chain = own_chain(tmp_path)
    targets = generator.choices(["node", "worker", "chain"], weights=[5, 5, 1], k=199)
    try:
        survives(bank, ["worker", *targets], chain=chain)
    finally:
        chain.stop()


@pytest.mark.postgres
def test_a_standby_takes_over_within_seconds_when_the_leader_is_killed(
    bank: Cli, postgres_server: Server
) -> None:
    """Two workers with homes of their own on one database: one leads, and the other waits."""
    own = on_postgres(bank, postgres_server, "standby")
    token = make_token(own)
    with serving(own, "--no-worker", seconds=0.2) as served:
        leader = served.worker()
        shutil.copytree(own.home, own.home.with_name("replica"))
        first = _seal(served, token, 1)
        until_anchored(served, token, [first])
        replica = replace(served.cli, home=own.home.with_name("replica"))
        served.others.append(replica.start("worker", "--json-logs"))
        time.sleep(2)
        leader.send_signal(signal.SIGKILL)
        leader.communicate(timeout=30)
        killed = time.monotonic()
        until_anchored(served, token, [_seal(served, token, 2)])
        assert time.monotonic() - killed < 10


def _seal(served: Served, token: str, number: int) -> str:
    value = {"kind": "promise_to_pay", "fields": {"n": number}}
    status, answer = served.ask("POST", "/v1/evidence", value, token=token)
    assert status == http.client.CREATED, answer
    found: str = answer["id"]
    return found
