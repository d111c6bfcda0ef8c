"""A member's node on a real chain: founded, deployed, sealing, anchoring through the program's own code."""

import dataclasses
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.ledger import make_item
from harness.rpc_node import until

from ledger.errors import UnavailableError
from ledger.proof.report import Report
from ledger.services.auditing import AuditReport
from ledger.services.certifying import ExportOptions
from ledger.services.intake import Receipt
from ledger.verifier.reading import verify_file
from node.founding import create_node, deploy_contracts
from node.leading import leading
from node.settings import write_settings
from node.ticking import Tick, tick
from node.wiring import Node, open_node

ORIGIN = "lianzheng.example/bank-c"


@dataclasses.dataclass
class Member:
    """A node's home, and what was sealed and seen there.

    Attributes:
        home: its folder.
        receipts: every acknowledged receipt.
        alarms: every alarm of every tick.
    """

    home: Path
    receipts: list[Receipt] = dataclasses.field(default_factory=list)
    alarms: list[str] = dataclasses.field(default_factory=list)

    @classmethod
    def create(cls, home: Path, **settings: Any) -> "Member":
        """Make keys and settings."""
        create_node(home, name="示范银行", origin=ORIGIN)
        write_settings(home, settings)
        return cls(home)

    @contextmanager
    def node(self) -> Iterator[Node]:
        """Open the node, as every command does."""
        with open_node(self.home) as node:
            yield node

    @property
    def account(self) -> bytes:
        with self.node() as node:
            return node.keyring.anchor.address

    def configure(self, **settings: Any) -> None:
        """Change settings."""
        write_settings(self.home, settings)

    def deploy(self) -> None:
        with self.node() as node:
            deploy_contracts(node)

    def command(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command of the program in a process of its own."""
        start = "import sys; from node.cli.main import main; sys.exit(main())"
        return subprocess.Popen(
            [sys.executable, "-c", start, "--home", str(self.home), *arguments],
            stdout=subprocess.DEVNULL,
        )

    def seal(self, **described: Any) -> Receipt:
        with self.node() as node:
            (receipt,) = node.intake.seal_many([make_item(os.urandom(5000), **described)])
        assert isinstance(receipt, Receipt), receipt
        self.receipts.append(receipt)
        return receipt

    def tick(self) -> Tick:
        with self.node() as node, leading(node):
            done = tick(node)
        self.alarms += done.alarms
        return done

    def until(self, phase: str, seconds: float = 30.0) -> Tick:
        """Do rounds until the anchor is in a phase, or its proof is ``frozen``."""
        found: list[Tick] = []

        def reached() -> bool:
            try:
                found.append(self.tick())
            except UnavailableError as error:
                if error.code != "chain-block-moved":
                    raise
                return False
            progress = found[-1].progress
            now = None if progress.phase is None else progress.phase.value
            return progress.frozen if phase == "frozen" else now == phase

        until(reached, seconds, pause=0.15)
        return found[-1]

    def export(self, receipt: Receipt, **options: Any) -> Report:
        """Export a package and return what the verifier says under this node's trust file."""
        package = self.home / f"{os.urandom(4).hex()}.zip"
        with self.node() as node:
            node.certifier.export(receipt.leaf_hash, package, ExportOptions(**options))
            return verify_file(package, node.trust)

    def copy(self, target: Path) -> "Member":
        shutil.copytree(self.home, target)
        return Member(target, [*self.receipts])

    def audit(self) -> AuditReport:
        with self.node() as node:
            return node.auditor.run()
