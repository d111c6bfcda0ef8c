"""Members that evaluate for each other, with databases of their own and no network between them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from harness.evm_blacklist import MemoryShareKeys
from harness.exchanges import verify
from harness.ledger import Ledger, TestClock

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import fill_random
from blacklist.domain.chronicle.events import BlockTime, CeremonyKind, CeremonyOpened
from blacklist.domain.chronicle.keys import CeremonyRecord, HeldKey, KeyState
from blacklist.domain.identifiers.identifier import IdentifierType
from blacklist.domain.keygen.ceremony import PublicKeys
from blacklist.domain.keygen.polynomials import Polynomial
from blacklist.domain.protocol.combining import blind_all
from blacklist.domain.protocol.conviction import Exchange
from blacklist.domain.protocol.purposes import Purpose
from blacklist.domain.protocol.requests import BlacklistPlace
from blacklist.services.asking import AskedServer, Asker, Asking
from blacklist.services.evaluating import CallingMember, Evaluator
from blacklist.services.holding import ShareHolding
from blacklist.services.inquiring import Inquirer
from blacklist.services.own_share import WithOwnShare
from blacklist.store import silences
from ledger.errors import RefusedError, UnavailableError
from ledger.keys.key_store import SqlRecordKeys
from ledger.ports.master_key import MasterKeys
from ledger.ports.signer import StatementSigner
from ledger.primitives.digest import sha256
from node.database import (
    BLACKLIST_VERSIONS,
    KEY_STORE_VERSIONS,
    LEDGER_VERSIONS,
    Database,
)

PLACE = BlacklistPlace(20261124, b"\x22" * 20)
EPOCH = (1, 1)
Meddle = Callable[[bytes], bytes]
"""What becomes of a server's frame on its way, or of the elements that it signs."""


@dataclass
class Signer:
    """An evidence key."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self.key.sign(message)


@dataclass
class Server:
    """One holder."""

    index: int
    member: bytes
    signer: StatementSigner
    database: Database
    record_keys: SqlRecordKeys
    opened: list[Database]
    away: bool = False
    evaluator: Evaluator = field(init=False)

    @property
    def asked(self) -> AskedServer:
        return AskedServer(self.member, self.index, self.signer.public_key)


@dataclass
class Holders:
    """All holders of one key, and a caller that is one of them."""

    polynomial: Polynomial
    servers: dict[int, Server]
    held: HeldKey
    clock: TestClock
    accused: list[tuple[int, Exchange]] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    caller: int = 1

    @classmethod
    def make(
        cls, folder: Path, count: int, threshold: int, nodes: Mapping[int, Ledger] | None = None,
        members: Mapping[int, bytes] | None = None,
    ) -> "Holders":  # fmt: skip
        """Deal a key and give each holder its share.

        Whole nodes are at the indices of ``nodes``; ``members`` gives the ids, where they matter.
        """
        nodes, polynomial = nodes or {}, Polynomial.random(threshold, fill_random)
        clock = next((each.clock for each in nodes.values()), TestClock())
        shares = {index: polynomial.at(index) for index in range(1, count + 1)}
        keys = PublicKeys(
            points.multiply_base(polynomial.coefficients[0]),
            {index: points.multiply_base(share) for index, share in shares.items()},
        )
        held = HeldKey(1, *EPOCH, threshold, 1, keys)
        members = dict(members or {index: bytes([index]) * 32 for index in shares})
        for index, ledger in nodes.items():
            members[index] = bytes.fromhex(ledger.node.settings.member)
        state = KeyState(members=members, ceremonies={1: _ceremony(held)}, keys={1: held})
        servers = {}
        for index, share in shares.items():
            member = members[index]
            whole = nodes.get(index)
            parts = (
                _parts(folder, index, member) if whole is None else _parts_of(whole, index, member)
            )
            parts.evaluator = _evaluator(parts, share, held, state, clock)
            servers[index] = parts
        return cls(polynomial, servers, held, clock)

    def close(self) -> None:
        for server in self.servers.values():
            for database in server.opened:
                database.dispose()

    def asker(self) -> Asker:
        """The caller's side."""
        own = self.servers[self.caller]
        return Asker(
            own.member, PLACE, own.signer, verify, self, self.clock,
            lambda server, exchange: self.accused.append((server.index, exchange)),
        )  # fmt: skip

    def inquirer(self) -> Inquirer:
        """The caller's side with its log and its own share, as a node puts it together."""
        own = self.servers[self.caller]
        asker = replace(self.asker(), colleagues=WithOwnShare(self.calling(), own.evaluator, self))
        return Inquirer(
            own.database.write, own.evaluator.state, own.record_keys,
            lambda _state, _held: self.order(), asker, self.clock, sha256,
        )  # fmt: skip

    def asking(self, *identifiers: bytes, purpose: Purpose = Purpose.QUERY) -> Asking:
        """A question about some identifiers."""
        blinds = [Scalar.random(fill_random) for _ in identifiers]
        request_id = Scalar.random(fill_random).reveal()[:16]
        return Asking(
            request_id, IdentifierType.NATIONAL_ID, self.held, purpose, b"\x05" * 32,
            blind_all(identifiers, blinds),
        )  # fmt: skip

    def order(self) -> list[AskedServer]:
        return [server.asked for server in self.servers.values()]

    def expected(self, identifier: bytes) -> bytes:
        """Y under the whole key."""
        one = Scalar.of(1)
        batch = blind_all([identifier], [one])
        key = self.polynomial.coefficients[0]
        return batch.secrets([points.multiply(key, batch.elements[0])])[0].reveal()

    def calling(self) -> CallingMember:
        own = self.servers[self.caller]
        return CallingMember(own.member, own.signer.public_key)

    # The colleagues port.

    def evaluate(self, asked: bytes, body: bytes) -> bytes:
        server = self._present(asked)
        return server.evaluator.answer_frame(self.calling(), body)

    def prove(self, asked: bytes, body: bytes) -> bytes:
        server = self._present(asked)
        return server.evaluator.prove_frame(self.calling(), body)

    def envelopes(self, asked: bytes, ceremony: int, dealer: int) -> Mapping[int, bytes]:
        raise NotImplementedError

    def challenged(self, asked: bytes, request: bytes) -> bytes:
        with self._present(asked).database.read() as connection:
            row = silences.by_digest(connection, request)
        if row is None:
            raise RefusedError("evaluation-unknown")
        return row.frame

    def _present(self, asked: bytes) -> Server:
        server = next(each for each in self.servers.values() if each.member == asked)
        self.asked.append(server.index)
        if server.away:
            raise UnavailableError("peer-unavailable", peer="test", why="away")
        return server


def _ceremony(held: HeldKey) -> CeremonyRecord:
    where = BlockTime(1, datetime(2026, 11, 1, tzinfo=UTC))
    opened = CeremonyOpened(
        where, held.ceremony, held.identifiers, CeremonyKind.GENERATION, held.key_epoch,
        held.share_epoch, held.threshold, held.threshold, tuple(sorted(held.keys.share_keys)), (),
    )  # fmt: skip
    return CeremonyRecord(opened, None, where.at, keys=held.keys)


def _parts(folder: Path, index: int, member: bytes) -> Server:
    database = Database(f"sqlite:///{folder / f'holder-{index}.db'}")
    database.migrate(LEDGER_VERSIONS)
    database.migrate(BLACKLIST_VERSIONS)
    key_database = Database(f"sqlite:///{folder / f'keys-{index}.db'}")
    key_database.migrate(KEY_STORE_VERSIONS)
    record_keys = SqlRecordKeys(key_database.write, MasterKeys(b"\x0b" * 32))
    opened = [database, key_database]
    return Server(index, member, Signer(), database, record_keys, opened)


def _parts_of(ledger: Ledger, index: int, member: bytes) -> Server:
    node = ledger.node
    return Server(index, member, node.evidence_key, node.database, node.record_keys, [])


def _evaluator(
    server: Server, share: Scalar, held: HeldKey, state: KeyState, clock: TestClock
) -> Evaluator:
    holding = ShareHolding(server.database.write, MemoryShareKeys(), clock)
    holding.put(held, share)
    return Evaluator(
        server.database.write, server.member, PLACE, lambda: state, holding, server.signer, verify,
        clock, fill_random,
    )  # fmt: skip
