"""A service whose node is one of several banks with a blacklist on the real contract, without a network."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from io import BytesIO
from pathlib import Path

from contract.consortium import member_id
from fastapi import FastAPI
from fastapi.testclient import TestClient
from harness.entry_members import Bank, Banks, ChainClock
from harness.evm_blacklist import EvmBlacklist
from harness.ledger import Ledger
from harness.service import Api

from ledger.keys.accounts import create_transaction_key
from ledger.keys.key_store import SqlRecordKeys
from ledger.services.composing import Item
from node.api.application import create_app
from node.blacklist.answering import BlacklistAnswering
from node.blacklist.entries import Entries
from node.blacklist.entry_rounds import work_entries
from node.console.pages import add_console
from node.database import Database
from node.identity.permissions import Role
from node.key_places import KEYS, OPERATOR_KEY
from node.service import serving
from node.settings import Settings

OWN = 0
"""Which of the banks the node is."""
CONTRACT = "bb" * 20


@dataclass
class BanksWithNode(Banks):
    """Banks of which the first one's stores are a node's."""

    ledger: Ledger | None = None

    def _databases(self, number: int) -> tuple[Database, Database]:
        if number != OWN or self.ledger is None:
            return super()._databases(number)
        return self.ledger.node.database, self.ledger.node.key_database

    def _record_keys(self, number: int, key_database: Database) -> SqlRecordKeys:
        if number != OWN or self.ledger is None:
            return super()._record_keys(number, key_database)
        return self.ledger.node.record_keys

    def _subject_index(self, number: int) -> Callable[[bytes], bytes]:
        if number != OWN or self.ledger is None:
            return super()._subject_index(number)
        return self.ledger.node.lookups.subject


@dataclass
class BankApi(Api):
    """A service of a bank, and the others.

    Attributes:
        banks: all of them; the first one is the service's.
        entries: the service's own.
    """

    banks: Banks
    entries: Entries

    @property
    def others(self) -> list[Bank]:
        return self.banks.banks[1:]

    def paper(self, kind: str = "letter") -> str:
        """Seal a text of its own and return its evidence id."""
        source = BytesIO(os.urandom(8))
        item = Item(kind=kind, fields={"about": "a listing"}, source=source)
        return self.entries.node.intake.seal(item).leaf_hash.hex()

    @cached_property
    def papers(self) -> dict[str, str]:
        """What a listing rests on, sealed once: evidence, consent and notice."""
        evidence, consent = self.paper("valuation_report"), self.paper()
        return {"evidence": evidence, "basis_evidence": consent, "notice": self.paper()}

    @cached_property
    def second(self) -> dict[str, str]:
        """Headers of somebody who decides what others asked for."""
        self.operator("second", Role.SUPERVISOR)
        return self.sign_in("second")

    def work(self) -> None:
        """Let everybody read the chain and do a round."""
        for _ in range(2):
            assert work_entries(self.entries) == []
            self.banks.settle()


def _blacklisted(settings: Settings) -> Settings:
    return settings.model_copy(update={"blacklist": CONTRACT, "member": member_id(OWN).hex()})


def take_part(ledger: Ledger) -> None:
    """Let a node take part in a blacklist that nobody answers for: what is read last is nothing."""
    node = ledger.node
    create_transaction_key(node.settings.home / KEYS / OPERATOR_KEY, node.master_keys.newest)
    node.settings = node.settings.model_copy(update={"blacklist": CONTRACT})


@contextmanager
def bank_service(ledger: Ledger, folder: Path) -> Iterator[BankApi]:
    """Run a service, pages included, of a bank that has found a key for ID numbers with two others."""
    node = ledger.node
    node.settings = _blacklisted(node.settings)
    shared = EvmBlacklist.deploy(3)
    node.clock = ChainClock(shared)  # type: ignore[assignment]  # the port's type is the protocol
    banks = BanksWithNode.found(folder, 3, ledger=ledger, shared=shared)
    entries = _entries_of(ledger, banks.banks[OWN])
    with serving(node, with_worker=False) as service:
        answering = BlacklistAnswering(node, entries)
        running = replace(service, blacklist=answering)
        app: FastAPI = add_console(create_app(running), running)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield BankApi(ledger, running, client, banks, entries)
    for bank in banks.banks[1:]:
        bank.database.dispose()
        bank.key_database.dispose()


def _entries_of(ledger: Ledger, bank: Bank) -> Entries:
    return Entries(
        node=ledger.node,
        follower=bank.follower,
        listing=bank.listing,
        succession=bank.succession,
        revising=bank.revising,
        vouching=bank.vouching,
        querying=bank.querying,
        index=bank.index,
    )
