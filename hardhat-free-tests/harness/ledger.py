"""A bank's node on a database, a vault, a key store and a chain in memory, put together by ``node.wiring``.

Homes and databases are copied from one template, so that a ledger costs milliseconds. ``restarted`` opens the
same home again, as after a crash; ``cloned`` copies it, as a restored backup or a second copy.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from harness.chain import MemoryChain
from harness.network import ANCHOR_CODE, ANCHOR_CONTRACT, REGISTRY_CONTRACT, Network
from harness.trusting import trust_of

from ledger.evidence.log import LogIdentity
from ledger.evidence.statement import SignedStatement, read_leaf
from ledger.proof.trust import Trust, TrustedContract
from ledger.services.composing import Item
from ledger.services.intake import Receipt
from ledger.store import logs, statements
from node.database import (
    BLACKLIST_VERSIONS,
    KEY_STORE_VERSIONS,
    LEDGER_VERSIONS,
    NODE_VERSIONS,
    Database,
)
from node.founding import create_node
from node.keyring import Keyring
from node.master_key import source_of
from node.settings import load_settings, write_settings
from node.ticking import Tick, tick
from node.wiring import Node

ORIGIN = "lianzheng.example/bank-a"
RECORDING = bytes(range(256)) * 20
"""5,120 bytes: above what is committed as a field, below what gets a file of its own."""


class TestClock:
    """A clock that stands still until it is moved."""

    __test__ = False

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 24, 8, tzinfo=UTC)

    def now(self) -> datetime:
        """See ``ports.clock``."""
        return self.moment

    def move(self, seconds: float) -> None:
        """Move forward, or back."""
        self.moment += timedelta(seconds=seconds)


@dataclass(frozen=True)
class HeldTrust:
    """A trust source that holds what it was given."""

    trust: Trust

    def current(self) -> Trust:
        """See ``node.trust_source``."""
        return self.trust


class Databases(Protocol):
    """Makes databases for homes: files in the home, or databases of a server."""

    def attach(self, home: Path) -> None:
        """Give a fresh home its own empty, migrated databases."""
        ...

    def copy(self, source: Path, target: Path) -> None:
        """Give ``target``, a copy of the home ``source``, copies of its databases."""
        ...


Wrap = Callable[[str, Any], Any]
"""Replaces a part (``database``, ``chain``, …) by one that fails on demand."""


@dataclass
class Ledger:
    """A node with everything around it.

    Attributes:
        home: its folder.
        node: put together by ``node.wiring``.
        network: the chain that all share.
        chain: this node's view of it.
        clock: of this machine.
        databases: copies them.
        receipts: every acknowledged receipt.
        others: restarts and clones, to be closed with this one.
    """

    home: Path
    node: Node
    network: Network
    chain: MemoryChain
    clock: TestClock
    databases: Databases
    receipts: list[Receipt] = field(default_factory=list)
    others: list["Ledger"] = field(default_factory=list)

    def seal(self, content: bytes | None = RECORDING, **described: Any) -> Receipt:
        """Seal one item; a recording unless the caller says otherwise."""
        (receipt,) = self.seal_many([make_item(content, **described)])
        if not isinstance(receipt, Receipt):
            raise receipt
        return receipt

    def seal_many(self, items: list[Item]) -> list[Any]:
        """Seal items, and remember what was acknowledged."""
        outcomes = self.node.intake.seal_many(items)
        self.receipts += [each for each in outcomes if isinstance(each, Receipt)]
        return outcomes

    def seal_numbers(self, count: int) -> None:
        """Seal ``count`` promises without a case."""
        items = [make_item(None, kind="promise_to_pay", fields={"n": n}) for n in range(count)]
        for start in range(0, count, 2000):
            self.seal_many(items[start : start + 2000])

    def tick(self) -> Tick:
        """Do one round of the worker."""
        return tick(self.node)

    def anchor(self) -> Tick:
        """Sequence and anchor until the proof is frozen."""
        done = self.tick()
        for _ in range(8):
            if done.progress.frozen:
                return done
            self.network.mine()
            done = self.tick()
        raise AssertionError(done)

    def export(self, receipt: Receipt, name: str = "package.zip", **options: Any) -> bytes:
        """Export a package and return its bytes."""
        from ledger.services.certifying import ExportOptions  # noqa: PLC0415 - one use

        target = self.home / name
        self.node.certifier.export(receipt.leaf_hash, target, ExportOptions(**options))
        data = target.read_bytes()
        target.unlink()
        return data

    def statement(self, receipt: Receipt) -> SignedStatement:
        """Return what was sealed."""
        with self.node.database.read() as connection:
            row = statements.by_leaf_hash(connection, receipt.leaf_hash)
        assert row is not None
        return read_leaf(row.leaf)

    def size(self) -> int:
        """Return how many leaves have a place."""
        with self.node.database.read() as connection:
            log = logs.current(connection)
        assert log is not None
        return log.size

    def restarted(self, wrap: Wrap | None = None) -> "Ledger":
        """Return the same node, started again."""
        self.close()
        again = open_ledger(
            self.home, self.network, self.clock, self.databases, receipts=self.receipts, wrap=wrap
        )
        self.others.append(again)
        return again

    def cloned(self, target: Path) -> "Ledger":
        """Return a copy of the node with its own databases and vault; this one stays."""
        self.close()
        shutil.copytree(self.home, target)
        self.databases.copy(self.home, target)
        copy = open_ledger(
            target, self.network, self.clock, self.databases, receipts=[*self.receipts]
        )
        self.others.append(copy)
        return copy

    def close(self) -> None:
        """Let go of the databases; using the node opens them again."""
        for other in self.others:
            other.close()
        self.node.database.dispose()
        self.node.key_database.dispose()


def make_item(content: bytes | None = RECORDING, **described: Any) -> Item:
    """Return an item; a call recording unless the caller says otherwise."""
    source = None if content is None else BytesIO(content)
    return Item(**{"kind": "call_recording", "source": source, **described})


def make_template(home: Path) -> None:
    """Make a node's home with its keys, not yet on a database."""
    create_node(home, name="示范银行", origin=ORIGIN)
    write_settings(home, {"registry": REGISTRY_CONTRACT.hex(), "anchor": ANCHOR_CONTRACT.hex()})


def migrate(home: Path) -> None:
    """Bring the databases of a home to the present schema, with an empty log."""
    settings = load_settings(home)
    ledger, keys = Database(settings.ledger_url), Database(settings.keys_url)
    ledger.migrate(LEDGER_VERSIONS)
    ledger.migrate(NODE_VERSIONS)
    ledger.migrate(BLACKLIST_VERSIONS)
    keys.migrate(KEY_STORE_VERSIONS)
    identity = LogIdentity(bytes.fromhex(settings.member), settings.origin, 0)
    with ledger.write() as connection:
        logs.begin_generation(connection, identity, started_at="2026-11-24T08:00:00.000Z")
    ledger.dispose()
    keys.dispose()


def open_ledger(
    home: Path,
    network: Network,
    clock: TestClock,
    databases: Databases,
    *,
    receipts: list[Receipt] | None = None,
    wrap: Wrap | None = None,
) -> Ledger:
    """Open the node in ``home``, as ``node.wiring.open_node`` does, on a chain in memory."""
    settings = load_settings(home)
    chosen: Wrap = wrap or (lambda _name, part: part)
    node = Node(
        settings=settings,
        database=chosen("database", Database(settings.ledger_url)),
        key_database=Database(settings.keys_url),
        keyring=Keyring(settings, source_of(settings).load()),
        clock=clock,  # type: ignore[arg-type]  # the port's type is the protocol
    )
    parts = node.__dict__
    account = node.keyring.anchor.address
    member = bytes.fromhex(settings.member)
    if account not in network.institutions:
        network.admit(member, account)
    chain = MemoryChain(network, account)
    parts["chain"] = chosen("chain", chain)
    parts["record_keys"] = chosen("record_keys", node.record_keys)
    parts["vault"] = chosen("vault", node.vault)
    parts["evidence_key"] = chosen("evidence_key", node.evidence_key)
    parts["log_key"] = chosen("log_key", node.log_key)
    parts["_anchor_contract"] = TrustedContract(ANCHOR_CONTRACT, ANCHOR_CODE)
    parts["trust_source"] = HeldTrust(trust_of(node, network))
    return Ledger(home, node, network, chain, clock, databases, receipts or [])
