"""Members with whole blacklists on the real contract, without a network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from contract.consortium import member_id
from harness.evaluators import Signer, verify
from harness.evm_blacklist import (
    DirectColleagues,
    EvmBlacklist,
    EvmContract,
    MemoryShareKeys,
    operator_of,
)
from harness.key_members import NATIONAL_ID, ChainClock
from sqlalchemy import select

from blacklist.chain.entry_contract import STANDINGS
from blacklist.chain.entry_keys import EthEntryKeys
from blacklist.curve.secret import fill_random
from blacklist.domain.chronicle.keys import DUAL_READ, HeldKey, KeyState
from blacklist.domain.entries.facts import Basis, Facts
from blacklist.domain.entries.grounds import REQUIRED, Ground, Severity
from blacklist.domain.entries.law import RunningMode
from blacklist.domain.entries.standing import EntryStanding
from blacklist.domain.identifiers.canonicalise import canonicalise
from blacklist.domain.identifiers.identifier import Identifier, IdentifierType
from blacklist.domain.protocol.documents import SignedDocument
from blacklist.domain.protocol.requests import BlacklistPlace
from blacklist.ports.entry_contract import (
    ListingCall,
    RecoverableSignature,
    RenewalCall,
    Ruling,
)
from blacklist.ports.index_peers import Delivered
from blacklist.services.asking import AskedServer, Asker
from blacklist.services.evaluating import CallingMember, Evaluator
from blacklist.services.following import Follower
from blacklist.services.holding import ShareHolding
from blacklist.services.indexing import Index
from blacklist.services.inquiring import Inquirer
from blacklist.services.keygen import KeygenService
from blacklist.services.listing import Listing
from blacklist.services.matching import Matcher
from blacklist.services.own_book import OwnBook
from blacklist.services.own_share import WithOwnShare
from blacklist.services.preparing import EntryPreparer
from blacklist.services.querying import Person, Querying
from blacklist.services.revising import Revising
from blacklist.services.sealed_records import SealedRecords
from blacklist.services.succession import Succession
from blacklist.services.vouching import Vouching
from blacklist.store import ceremonies
from blacklist.store.entry_tables import entry_row
from ledger.errors import UnavailableError
from ledger.keys.key_store import SqlRecordKeys
from ledger.ports.master_key import MasterKeys
from ledger.ports.signer import StatementSigner
from ledger.primitives.digest import sha256
from node.database import BLACKLIST_VERSIONS, KEY_STORE_VERSIONS, Database

LEAF = b"\x11" * 32


def specimen(number: int) -> str:
    """An ID number that is nobody's, with its check digit."""
    body = f"71010119900101{number:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def identifier(raw: str) -> Identifier:
    return canonicalise(IdentifierType.NATIONAL_ID, raw, today=date(2026, 11, 24))


def facts(today: date, ground: Ground = Ground.FORGED_DOCUMENTS) -> Facts:
    """Facts that break no rule."""
    return Facts(
        ground=ground,
        severity=Severity.SERIOUS,
        proofs=tuple(sorted(REQUIRED[ground])),
        evidence=LEAF,
        basis=Basis.CONSENT,
        basis_evidence=LEAF,
        notice=LEAF,
        notified_on=today - timedelta(days=20),
        conduct_ended=today - timedelta(days=60),
    )


@dataclass
class EvmEntries:
    """Implements the entry contract port for one member."""

    shared: EvmBlacklist
    number: int

    def standing(self, entry: bytes) -> EntryStanding | None:
        return STANDINGS[int(self.shared.contract.read("standing", entry))]

    def list_entries(self, listings: Sequence[ListingCall]) -> None:
        rows = [
            (
                each.nonce, each.commitment, each.facts, "0x" + each.key.hex(),
                int(each.expires_at.timestamp()), each.key_epoch, each.identifiers,
            )
            for each in listings
        ]  # fmt: skip
        self._send("list", rows)

    def renew(self, renewals: Sequence[RenewalCall]) -> None:
        rows = [
            (
                each.old, each.nonce, each.commitment, each.facts, "0x" + each.key.hex(),
                each.key_epoch,
            )
            for each in renewals
        ]  # fmt: skip
        self._send("renew", rows)

    def corroborate(self, entry: bytes, date: datetime, signature: RecoverableSignature) -> None:
        second = int(date.timestamp())
        self._send("corroborate", entry, second, signature.v, signature.r, signature.s)

    def dispute(self, entry: bytes, statement: bytes) -> None:
        self._send("dispute", entry, statement)

    def decide(self, entry: bytes, ruling: Ruling) -> None:
        expires = 0 if ruling.expires_at is None else int(ruling.expires_at.timestamp())
        facts_ = bytes(32) if ruling.facts is None else ruling.facts
        self._send("decide", entry, int(ruling.decision), ruling.reasons, facts_, expires)

    def correct(self, entry: bytes, facts: bytes, expires_at: datetime) -> None:
        self._send("correct", entry, facts, int(expires_at.timestamp()))

    def withdraw(self, entry: bytes, reasons: bytes) -> None:
        self._send("withdraw", entry, reasons)

    def _send(self, name: str, *arguments: object) -> None:
        self.shared.send(operator_of(self.number), name, *arguments)


@dataclass
class Bank:
    """One member."""

    number: int
    signer: StatementSigner
    database: Database
    key_database: Database
    follower: Follower
    keygen: KeygenService
    evaluator: Evaluator
    inquirer: Inquirer
    listing: Listing
    succession: Succession
    revising: Revising
    vouching: Vouching
    querying: Querying
    index: Index
    away: bool = False

    @property
    def member(self) -> bytes:
        return member_id(self.number)

    def list(self, raw: str, said: Facts) -> bytes:
        """Ask, release and send at once; return the entry's id."""
        entry = self.listing.ask(identifier(raw), said, "officer")
        self.listing.release(entry)
        self.follower.refresh()
        self.listing.prepare()
        self.listing.send()
        return entry

    def tags(self) -> dict[bytes, bytes]:
        """Entry of each tag in this member's index."""
        with self.database.read() as connection:
            query = select(entry_row.c.tag, entry_row.c.entry)
            return {row.tag: row.entry for row in connection.execute(query)}

    def person(self, raw: str) -> Person:
        return Person((identifier(raw),), "authorisation 1", "customer 1")


@dataclass
class Banks:
    """All of them; also each other's network."""

    folder: Path
    shared: EvmBlacklist
    colleagues: DirectColleagues = field(default_factory=lambda: DirectColleagues({}))
    banks: list[Bank] = field(default_factory=list)

    @classmethod
    def found(cls, folder: Path, count: int, **more: Any) -> Self:
        """Deploy unless it stands, and make a key for ID numbers by a real ceremony."""
        shared = more.pop("shared", None) or EvmBlacklist.deploy(count)
        made = cls(folder, shared, **more)
        for number in range(count):
            made.banks.append(made._bank(number))
        made.make_key(1)
        return made

    def make_key(self, key_epoch: int) -> None:
        """Make the key of a key epoch by a real ceremony that everybody agreed to."""
        for bank in self.banks:
            with bank.database.write() as connection:
                at = "2026-01-01T00:00:00.000Z"
                ceremonies.agree(connection, NATIONAL_ID, key_epoch, at=at)
        self.shared.send(operator_of(0), "openGeneration", NATIONAL_ID)
        for _ in range(12):
            for bank in self.banks:
                bank.keygen.run()
        held = [bank.follower.refresh().keys[NATIONAL_ID] for bank in self.banks]
        assert {each.key_epoch for each in held} == {key_epoch}

    def close(self) -> None:
        for bank in self.banks:
            bank.database.dispose()
            bank.key_database.dispose()

    def settle(self) -> None:
        """Let everybody read the chain and do a round of its index."""
        for bank in self.banks:
            bank.follower.refresh()
            bank.index.round()

    def today(self) -> date:
        return ChainClock(self.shared).now().date()

    def move(self, **span: float) -> None:
        """Let time pass on chain."""
        self.shared.chain.advance(seconds=int(timedelta(**span).total_seconds()))

    def by_member(self, member: bytes) -> Bank:
        return next(each for each in self.banks if each.member == member)

    def present(self, member: bytes) -> Bank:
        bank = self.by_member(member)
        if bank.away:
            raise UnavailableError("peer-unavailable", peer="test", why="away")
        return bank

    def _bank(self, number: int) -> Bank:
        database, key_database = self._databases(number)
        member, clock = member_id(number), ChainClock(self.shared)
        signer, share_keys = self._signer(number), MemoryShareKeys()
        contract = EvmContract(self.shared, number)
        address = bytes.fromhex(self.shared.contract.address[2:])
        follower = Follower(database.write, database.read, contract, address)
        holding = ShareHolding(database.write, share_keys, clock)
        keygen = KeygenService(
            database.write, member, contract, follower, share_keys, holding, self.colleagues, clock,
            fill_random,
        )  # fmt: skip
        self.colleagues.services[member] = keygen
        place = BlacklistPlace(self.shared.chain.evm.env.cfg.chain_id, address)
        evaluator = Evaluator(
            database.write, member, place, follower.state, holding, signer, verify, clock,
            fill_random,
        )  # fmt: skip
        record_keys = self._record_keys(number, key_database)
        own = CallingMember(member, signer.public_key)
        network = BankNetwork(self, own)
        asker = Asker(member, place, signer, verify, WithOwnShare(own, evaluator, network), clock)
        inquirer = Inquirer(
            database.write, follower.state, record_keys, self._servers, asker, clock,
            self._subject_index(number),
        )  # fmt: skip
        records, entry_keys = SealedRecords(record_keys), EthEntryKeys()
        preparer = EntryPreparer(follower.state, inquirer, entry_keys, signer, clock)
        book = OwnBook(database.write, member, records, clock)
        entries = EvmEntries(self.shared, number)
        listing = Listing(book, preparer, entries, RunningMode.TEST, timedelta(0))
        revising = Revising(listing, entries, place)
        matcher = Matcher(database.write, database.read, entry_keys, clock)
        return Bank(
            number, signer, database, key_database, follower, keygen, evaluator, inquirer, listing,
            Succession(listing), revising, Vouching(revising, records),
            Querying(follower.state, inquirer, matcher, records, RunningMode.TEST),
            Index(
                database.write, database.read, member, network, signer, verify, clock, listing.row,
                lambda: follower.state().oldest_readable(clock.now(), DUAL_READ),
            ),
        )  # fmt: skip

    def _databases(self, number: int) -> tuple[Database, Database]:
        database = Database(f"sqlite:///{self.folder / f'bank-{number}.db'}")
        database.migrate(BLACKLIST_VERSIONS)
        key_database = Database(f"sqlite:///{self.folder / f'bank-keys-{number}.db'}")
        key_database.migrate(KEY_STORE_VERSIONS)
        return database, key_database

    def _signer(self, number: int) -> StatementSigner:
        del number
        return Signer()

    def _subject_index(self, number: int) -> Callable[[bytes], bytes]:
        del number
        return sha256

    def _record_keys(self, number: int, key_database: Database) -> SqlRecordKeys:
        del number
        keys = MasterKeys(b"\x01" * 32)
        return SqlRecordKeys(key_database.write, keys, lambda: keys)

    def _servers(self, state: KeyState, held: HeldKey) -> list[AskedServer]:
        return [
            AskedServer(bank.member, index, bank.signer.public_key)
            for bank in self.banks
            if (index := state.index_of(bank.member)) is not None and index in held.keys.share_keys
        ]


@dataclass
class BankNetwork:
    """How one bank reaches the others: colleagues and index peers."""

    banks: Banks
    own: CallingMember

    def envelopes(self, asked: bytes, ceremony: int, dealer: int) -> object:
        return self.banks.colleagues.envelopes(asked, ceremony, dealer)

    def evaluate(self, asked: bytes, body: bytes) -> bytes:
        return self.banks.present(asked).evaluator.answer_frame(self.own, body)

    def prove(self, asked: bytes, body: bytes) -> bytes:
        return self.banks.present(asked).evaluator.prove_frame(self.own, body)

    def members(self) -> list[bytes]:
        return [each.member for each in self.banks.banks if each.member != self.own.member]

    def evidence_keys(self, member: bytes) -> list[bytes]:
        return [self.banks.by_member(member).signer.public_key]

    def rows(self, asked: bytes, entries: Sequence[bytes]) -> Delivered:
        return self.banks.present(asked).index.deliver(entries)

    def receipts(self, asked: bytes, entries: Sequence[bytes]) -> Sequence[SignedDocument]:
        return self.banks.present(asked).index.receipts(entries)

    def acknowledgement(self, asked: bytes) -> SignedDocument:
        return self.banks.present(asked).index.acknowledgement()
