"""The real blacklist contract on an in-process chain, behind the contract port; one object a member."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from contract.consortium import Consortium, admin_of, found, member_id
from contract.evm import Chain, Contract, Refused
from eth_utils import keccak

from blacklist.chain.decoding import CONTRACT, decode_event
from blacklist.curve.secret import Secret, hold
from blacklist.domain.keygen.postings import CeremonyPhase
from blacklist.ports.contract import ContractEvent, RawLog
from contracts import artifact
from ledger.errors import ConfigurationError, RefusedError, UnavailableError

PHASE_SECONDS = 3600
DEPLOYER = "0x" + "dd" * 20


def operator_of(number: int) -> str:
    return "0x" + keccak(text=f"operator {number}")[12:].hex()


@dataclass
class EvmBlacklist:
    """The contract with everything that ever happened in it; each call is a block of its own."""

    consortium: Consortium
    contract: Contract
    logs: list[RawLog] = field(default_factory=list)

    @classmethod
    def deploy(cls, members: int) -> "EvmBlacklist":
        """Found a consortium, deploy, and let each member name its operator."""
        consortium = found(members, 1)
        chain = consortium.chain
        registry = consortium.registry.address
        contract = chain.deploy(DEPLOYER, artifact(CONTRACT), registry, PHASE_SECONDS)
        made = cls(consortium, contract)
        for number in range(members):
            made.send(admin_of(number), "setOperator", operator_of(number))
        return made

    @property
    def chain(self) -> Chain:
        return self.consortium.chain

    def send(self, sender: str, name: str, *arguments: object) -> None:
        """Call the contract in a block of its own, and keep its events."""
        self.chain.advance(seconds=1)
        data = self.contract.encode(name, *arguments)
        try:
            _, logs = self.chain.transact(sender, self.contract.address, data)
        except Refused as error:
            raise RefusedError("contract-reverted", why=error.name) from error
        for place, log in enumerate(logs):
            topics, plain = log.data
            words = tuple(bytes(each) for each in topics)
            raw = RawLog(self.chain.number, place, self.chain.timestamp, words, bytes(plain))
            self.logs.append(raw)


@dataclass
class EvmContract:
    """Implements the contract port for one member."""

    shared: EvmBlacklist
    number: int
    silent: bool = False

    def phase_seconds(self) -> int:
        return PHASE_SECONDS

    def final_block(self) -> int:
        if self.silent:
            raise UnavailableError("chain-unreachable", detail="test")
        return self.shared.chain.number

    def logs(self, first: int, last: int) -> Sequence[RawLog]:
        return [each for each in self.shared.logs if first <= each.block <= last]

    def decode(self, log: RawLog) -> ContractEvent | None:
        return decode_event(log)

    def open_ceremony(self, identifiers: int, *, resharing: bool) -> None:
        self._send("openResharing" if resharing else "openGeneration", identifiers)

    def post(self, ceremony: int, phase: CeremonyPhase, data: bytes) -> None:
        self._send("post", ceremony, int(phase), data)

    def close(self, ceremony: int) -> None:
        self._send("close", ceremony)

    def activate(self, ceremony: int, keys: bytes) -> None:
        self._send("activate", ceremony, keys)

    def _send(self, name: str, *arguments: object) -> None:
        self.shared.send(operator_of(self.number), name, *arguments)


@dataclass
class MemoryShareKeys:
    """Share keys that last as long as the test; sealing is told by name."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def seal(self, name: str, secret: Secret) -> bytes:
        pad = self.kept.setdefault(name, keccak(text=name + str(id(self)))[: secret.size])
        return bytes(left ^ right for left, right in zip(pad, secret.reveal(), strict=True))

    def open(self, name: str, sealed: bytes) -> Secret:
        pad = self.kept.get(name)
        if pad is None:
            raise ConfigurationError("share-key-missing")
        return hold(bytes(left ^ right for left, right in zip(pad, sealed, strict=True)))

    def destroy(self, name: str) -> None:
        self.kept.pop(name, None)


@dataclass
class DirectColleagues:
    """Asks the other services of the same process; those that are away do not answer."""

    services: dict[bytes, object]
    away: set[bytes] = field(default_factory=set)
    changed: dict[int, Mapping[int, bytes]] = field(default_factory=dict)

    def envelopes(self, asked: bytes, ceremony: int, dealer: int) -> Mapping[int, bytes]:
        if asked in self.away:
            raise UnavailableError("peer-unavailable", peer="test", why="away")
        if asked == member_id(dealer - 1) and dealer in self.changed:
            return self.changed[dealer]
        found: Mapping[int, bytes] = self.services[asked].envelopes(ceremony, dealer)  # type: ignore[attr-defined]  # the services of this test
        if not found:
            raise UnavailableError("peer-unavailable", peer="test", why="nothing here")
        return found
