"""Four banks on a Clique network of four signers, under load, while everything fails at random.

``SOAK_MINUTES`` says how long, ``SOAK_SEED`` which faults. Afterwards everything is healed, and then:

1. every acknowledged item stands under its bank's anchor on chain, and ``log audit`` finds no problem;
2. packages of a sample of them are proved by the shipped verifier under a trust file that the banks signed;
3. the chain holds no anchor twice: per member the sizes grow, and each follows the one before;
4. the members agree: no alarm with a proof, every mirror equals its log, all cosigned all last checkpoints.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPException
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import Any, Final

import pytest
from harness.founders import Institution, found_together, make_institution
from harness.rpc_node import post, until
from harness.serving import Served, make_token
from harness.soaking import (
    START_SECONDS,
    Archive,
    BankTroubles,
    ChainTroubles,
    Diary,
    go_on,
    start_bank,
)
from networks.clique import CliqueWishes, clique_description, make_clique
from networks.clique_running import CliqueNetwork, running_clique
from networks.geth import find_geth

from ledger.evidence import tiles
from ledger.evidence.tiles import HASH_BYTES, TileName
from ledger.primitives.merkle import verify_inclusion
from ledger.proof.anchor_event import TOPIC
from ledger.proof.report import ExitCode
from ledger.services import proving
from ledger.store import anchors, logs, statements, witnessed
from node.settings import write_settings
from node.wiring import Node

MINUTES: Final = float(os.environ.get("SOAK_MINUTES", "20"))
SEED: Final = int(os.environ.get("SOAK_SEED", "20261124"))
BANKS: Final = 4
SETTLE_SECONDS: Final = 420.0
PACKAGES: Final = 4
"""Of each bank; making one takes a second."""
GETH: Final = find_geth()

pytestmark = [
    pytest.mark.skipif(GETH is None, reason="geth 1.13 is not installed: scripts/networks/geth.py"),
    pytest.mark.soak,
    pytest.mark.timeout(int(MINUTES * 60) + 1200),
]


@dataclass(frozen=True)
class Soaked:
    """A bank after the trouble.

    Attributes:
        bank: with its commands.
        served: its node.
        archive: that sealed.
    """

    bank: Institution
    served: Served
    archive: Archive


def _found(folder: Path, network: CliqueNetwork) -> list[Institution]:
    banks = [
        make_institution(folder, network.endpoints[at], at, origin="lianzheng.example/soak")
        for at in range(BANKS)
    ]
    settings = clique_description(network.plan)["settings"]
    for each in banks:
        write_settings(each.cli.home, {**settings, "worker_seconds": 1})
    found_together(folder, banks, threshold=BANKS // 2 + 1)
    return banks


@contextmanager
def _serving(banks: Sequence[Institution]) -> Iterator[list[Soaked]]:
    with ExitStack() as ending:
        found = []
        for bank in banks:
            token, own = make_token(bank.cli), replace(bank.cli, inside=False)
            idle = subprocess.Popen(["true"], text=True)
            idle.wait()
            served = Served(own, bank.port, idle)
            ending.callback(served.stop)
            start_bank(served)
            found.append(Soaked(bank, served, Archive(served, token)))
        yield found


def _trouble(banks: Sequence[Soaked], network: CliqueNetwork, diary: Diary) -> "Heads":
    """Let the archives seal while everything fails at random; in the end all are there again."""
    ended, sealing_ended, heads = Event(), Event(), Heads(network)
    choices = [random.Random(SEED + at) for at in range(2)]  # noqa: S311 - moments, not secrets
    served = [each.served for each in banks]
    with ThreadPoolExecutor(len(banks) + 3) as pool:
        sealing = [
            pool.submit(each.archive.run, sealing_ended, at) for at, each in enumerate(banks)
        ]
        watching = pool.submit(heads.run, sealing_ended)
        failing = [
            pool.submit(BankTroubles(served, diary, choices[0]).run, ended),
            pool.submit(ChainTroubles(network, diary, choices[1]).run, ended),
        ]
        try:
            deadline = time.monotonic() + MINUTES * 60
            while time.monotonic() < deadline and not any(e.done() for e in (*failing, *sealing)):
                time.sleep(1)
        finally:
            ended.set()
            try:
                for each in failing:
                    each.result(timeout=3 * START_SECONDS)
            finally:
                sealing_ended.set()
        for each in (*sealing, watching):
            each.result(timeout=START_SECONDS)
    diary.write("healed")
    return heads


class Heads:
    """Every head that a signer was seen with, to count what was reorganised away."""

    def __init__(self, network: CliqueNetwork) -> None:
        self._network: Final = network
        self._seen: Final[set[tuple[int, str]]] = set()

    def run(self, ended: Event) -> None:
        while not ended.wait(0.5):
            for endpoint in self._network.endpoints:
                try:
                    block = post(endpoint, "eth_getBlockByNumber", "latest", False)
                except (OSError, HTTPException):
                    continue  # stopped, or killed while it answered
                self._seen.add((int(block["number"], 16), block["hash"]))

    def reorganised(self) -> int:
        """Return how many of them are not on the chain now."""
        endpoint = self._network.endpoints[0]
        return sum(
            post(endpoint, "eth_getBlockByNumber", hex(number), False)["hash"] != name
            for number, name in self._seen
        )


def _is_settled(each: Soaked, sizes: dict[str, int]) -> bool:
    """Tell whether all that a bank has is anchored, cosigned by all, and all of the others' is mirrored."""
    with each.bank.node() as node, node.database.read() as connection:
        generation = node.log.generation
        size, waiting = sizes[each.bank.name], statements.count_waiting(connection)
        frozen = anchors.frozen_size(connection, generation)
        cosigned = logs.cosigned_sizes(connection, generation)
        mirrored = {log.member: log.mirrored for log in witnessed.read_all(connection)}
    others = [value for name, value in sizes.items() if name != each.bank.name]
    return (
        (waiting, frozen) == (0, size)
        and sorted(cosigned.values()) == [size] * (BANKS - 1)
        and sorted(mirrored.values()) == sorted(others)
    )


def _settled(banks: Sequence[Soaked]) -> bool:
    sizes = {}
    for each in banks:
        with each.bank.node() as node, node.database.read() as connection:
            log = logs.current(connection)
            assert log is not None
            sizes[each.bank.name] = log.size
    return all(_is_settled(each, sizes) for each in banks)


def _check_items(each: Soaked) -> None:
    """Prove every acknowledged item under the head that stands on chain."""
    assert each.archive.doubles == []
    assert each.archive.acknowledged
    with each.bank.node() as node:
        head = node.chain.head(node.log.member, node.log.generation)
        with node.database.read() as connection:
            for name in each.archive.acknowledged.values():
                leaf = bytes.fromhex(name)
                place = statements.place_of(connection, leaf)
                assert place is not None, f"acknowledged and lost: {name}"
                proof = proving.inclusion(
                    connection, place.generation, index=place.index, size=head.size
                )
                verify_inclusion(
                    leaf=leaf, index=place.index, size=head.size,
                    path=proof.path, root=head.root,
                )  # fmt: skip


def _check_chain(banks: Sequence[Soaked], network: CliqueNetwork) -> dict[str, int]:
    """Check the events of all members on each signer's chain; return how many each has."""
    found: dict[str, int] = {}
    for each in banks:
        with each.bank.node() as node:
            told = [_events(endpoint, node) for endpoint in network.endpoints]
            with node.database.read() as connection:
                kept = [row.size for row in anchors.all_of(connection, node.log.generation)]
        assert all(one == told[0] for one in told), "the signers disagree"
        sizes = [size for size, _, _ in told[0]]
        assert [index for _, index, _ in told[0]] == list(range(1, len(sizes) + 1))
        assert [previous for _, _, previous in told[0]] == [0, *sizes[:-1]]
        assert all(one < other for one, other in pairwise(sizes))
        assert sizes == sorted(kept), "the bank's anchors are not those on chain"
        found[each.bank.name] = len(sizes)
    return found


def _events(endpoint: str, node: Node) -> list[tuple[int, int, int]]:
    """Return size, running number and previous size of a member's anchors, in the chain's order."""
    wanted = {
        "fromBlock": "0x0",
        "address": f"0x{node.settings.anchor}",
        "topics": ["0x" + TOPIC.hex(), "0x" + node.log.member.hex()],
    }
    found = []
    for each in post(endpoint, "eth_getLogs", wanted):
        data = bytes.fromhex(each["data"][2:])
        words = [int.from_bytes(data[at : at + 32], "big") for at in range(0, len(data), 32)]
        found.append((int(each["topics"][3], 16), words[1], words[2]))
    return found


def _leaf_hashes(size: int, read: Any) -> bytes:
    names = [TileName(0, number) for number in range(-(-size // tiles.WIDTH))]
    found: dict[TileName, bytes] = read(names)
    return b"".join(found[name] for name in names)[: size * HASH_BYTES]


def _check_mirrors(banks: Sequence[Soaked]) -> None:
    own: dict[str, bytes] = {}
    for each in banks:
        with each.bank.node() as node, node.database.read() as connection:
            log = logs.current(connection)
            assert log is not None
            generation = log.identity.generation
            own[node.log.checkpoint_origin] = _leaf_hashes(
                log.size,
                lambda names, c=connection, g=generation: logs.read_tiles(c, g, names),
            )
    for each in banks:
        with each.bank.node() as node, node.database.read() as connection:
            mirrored = witnessed.read_all(connection)
            assert len(mirrored) == len(banks) - 1
            for log in mirrored:
                hashes = _leaf_hashes(
                    log.mirrored,
                    lambda names, c=connection, o=log.origin: witnessed.read_tiles(c, o, names),
                )
                assert hashes == own[log.origin], f"{each.bank.name} mirrors {log.origin} wrongly"


def _check_packages(banks: Sequence[Soaked], trust: Path, verifier: Path) -> None:
    choice = random.Random(SEED)  # noqa: S311 - a sample
    for each in banks:
        ids = list(each.archive.acknowledged.values())
        for name in choice.sample(ids, min(PACKAGES, len(ids))):
            package = trust.with_name(f"{name[:16]}.zip")
            each.bank.cli.ok("evidence", "export", name, "-o", package)
            command = [sys.executable, "-I", "-S", verifier, package, "--trust", trust, "--json"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == ExitCode.PROVED.value, done.stdout + done.stderr


def _check(banks: Sequence[Soaked], network: CliqueNetwork, diary: Diary, trust: Path) -> None:
    for each in banks:
        alarms = each.bank.cli.ok("peer", "alarms")
        assert [alarm for alarm in alarms if alarm["proof"] or alarm["ended_at"] is None] == []
        diary.write(f"{each.bank.name} alarms {[alarm['code'] for alarm in alarms]}")
        _check_items(each)
    _check_mirrors(banks)
    diary.write(f"anchors {_check_chain(banks, network)}")
    # While all serve: they sign the trust file.
    banks[0].bank.cli.ok("trust", "collect", "-o", trust)
    for each in banks:
        each.served.stop()
        report = each.bank.cli.ok("log", "audit")
        assert (report["problems"], report["waiting"]) == ([], 0)
        assert report["compared_with_chain"]


def test_a_consortium_in_trouble_loses_nothing_and_stays_of_one_mind(
    tmp_path: Path, verifier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert GETH is not None
    diary = Diary()
    make_clique(tmp_path / "chain", CliqueWishes(signers=BANKS))
    try:
        with running_clique(tmp_path / "chain", GETH, port_base=0) as network:
            go_on(network, 2, diary)
            banks = _found(tmp_path, network)
            diary.write("founded")
            with _serving(banks) as served:
                heads = _trouble(served, network, diary)
                go_on(network, 3, diary)
                until(lambda: _settled(served), SETTLE_SECONDS, 1)
                diary.write("settled")
                for each in served:
                    sealed, again = len(each.archive.acknowledged), each.archive.again
                    diary.write(f"{each.bank.name} sealed {sealed}, sent again {again}")
                diary.write(f"heads reorganised away {heads.reorganised()}")
                _check(served, network, diary, tmp_path / "trust.json")
                _check_packages(served, tmp_path / "trust.json", verifier)
    finally:
        diary.write(f"seed {SEED}, faults {diary.counts}")
        (tmp_path / "diary.txt").write_text("\n".join(diary.lines), "utf-8")
        with capsys.disabled():
            print("", *diary.lines, sep="\n")  # noqa: T201 - what happened is the result of a long run
