"""Members with whole blacklists on the real contract, each a whole node besides: what the desk works on."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from contract.consortium import member_id
from harness.entry_members import Bank, Banks, ChainClock
from harness.ledger import Ledger, migrate, open_ledger
from harness.network import Network

from ledger.keys.key_store import SqlRecordKeys
from ledger.ports.signer import StatementSigner
from ledger.services.composing import Item
from ledger.store import alarms
from node.blacklist.desk import Desk
from node.blacklist.dispute_alarms import raise_alarms
from node.blacklist.entries import Entries
from node.blacklist.letters import LETTER
from node.database import Database
from node.founding import create_node
from node.settings import write_settings
from node.wiring import Node


@dataclass
class NodeBanks(Banks):
    """Banks whose stores, keys and evidence logs are those of nodes."""

    ledgers: dict[int, Ledger] = field(default_factory=dict)

    def node(self, number: int) -> Node:
        return self.ledgers[number].node

    def entries(self, number: int) -> Entries:
        bank = self.banks[number]
        return Entries(
            self.node(number),
            bank.follower,
            bank.listing,
            bank.succession,
            bank.revising,
            bank.vouching,
            bank.querying,
            bank.index,
        )

    def desk(self, number: int) -> Desk:
        """The desk of a member; statements go straight to the other one's."""
        own = self.banks[number].member

        def hand_over(reporter: bytes, body: bytes) -> None:
            bank: Bank = self.present(reporter)
            self.desk(bank.number).receive(own, body)

        return Desk(self.entries(number), hand_over)

    def sealed(self, number: int, text: str, kind: str = LETTER) -> bytes:
        """Seal a text and return its leaf hash."""
        source = None if kind == "decision" else BytesIO(text.encode())
        item = Item(kind=kind, fields={"text": text}, source=source)
        return self.node(number).intake.seal(item).leaf_hash

    def alarms(self, number: int) -> set[tuple[bytes, str]]:
        """Do a round of alarms and return those that go on."""
        raise_alarms(self.entries(number))
        with self.node(number).database.read() as connection:
            found = alarms.read_all(connection)
        return {(each.member, each.code) for each in found if each.ended_at is None}

    def close(self) -> None:
        super().close()
        for ledger in self.ledgers.values():
            ledger.close()

    def _databases(self, number: int) -> tuple[Database, Database]:
        home = self.folder / f"bank-{number}"
        create_node(home, name=f"第{number}银行", origin=f"lianzheng.example/bank-{number}")
        write_settings(home, {"member": member_id(number).hex()})
        migrate(home)
        clock = ChainClock(self.shared)
        ledger = open_ledger(home, Network(), clock, _NoCopies())  # type: ignore[arg-type]
        self.ledgers[number] = ledger
        return ledger.node.database, ledger.node.key_database

    def _signer(self, number: int) -> StatementSigner:
        return self.node(number).evidence_key

    def _subject_index(self, number: int) -> Callable[[bytes], bytes]:
        return self.node(number).lookups.subject

    def _record_keys(self, number: int, key_database: Database) -> SqlRecordKeys:
        del key_database
        return self.node(number).record_keys


class _NoCopies:
    """These homes are never copied."""

    def attach(self, home: Path) -> None:
        raise NotImplementedError(home)

    def copy(self, source: Path, target: Path) -> None:
        shutil.copytree(source, target)
