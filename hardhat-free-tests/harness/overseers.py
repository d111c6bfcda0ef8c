"""Holders that challenge and audit each other over the real contract, on an in-process chain."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from contract.consortium import member_id
from harness.evaluators import Holders, Server
from harness.evm_blacklist import PHASE_SECONDS, EvmBlacklist, operator_of
from harness.exchanges import verify

from blacklist.chain.decoding import decode_event
from blacklist.domain.chronicle.oversight import OversightEvent, OversightState
from blacklist.services.accusing import Accuser
from blacklist.services.asking import Asker
from blacklist.services.challenging import Challenging, Silences
from blacklist.services.evaluating import CallingMember
from ledger.store import alarms
from ledger.store.alarms import PeerAlarm


@dataclass
class EvmOversight:
    """Implements the oversight contract port for one member."""

    shared: EvmBlacklist
    number: int

    def challenge(self, server: bytes, request: bytes, blinded: Sequence[bytes]) -> None:
        self._send("challenge", server, request, b"".join(blinded))

    def answer(self, challenge: int, answer: bytes) -> None:
        self._send("answer", challenge, answer)

    def is_unanswered(self, challenge: int) -> bool:
        return bool(self.shared.contract.read("isUnanswered", challenge))

    def open_draw(self) -> None:
        self._send("openDraw")

    def commit_draw(self, draw: int, commitment: bytes) -> None:
        self._send("commitDraw", draw, commitment)

    def reveal_draw(self, draw: int, value: bytes) -> None:
        self._send("revealDraw", draw, value)

    def _send(self, name: str, *arguments: object) -> None:
        self.shared.send(operator_of(self.number), name, *arguments)


@dataclass
class Overseers:
    """All of them; the member with index n is number n - 1 of the consortium."""

    holders: Holders
    shared: EvmBlacklist
    challenging: dict[int, Challenging] = field(default_factory=dict)
    suspended: set[bytes] = field(default_factory=set)

    @classmethod
    def make(cls, folder: Path, count: int, threshold: int) -> "Overseers":
        shared = EvmBlacklist.deploy(count)
        members = {number + 1: member_id(number) for number in range(count)}
        made = cls(Holders.make(folder, count, threshold, members=members), shared)
        made.set_clock()
        for index, server in made.holders.servers.items():
            made.challenging[index] = made._challenging(server)
        return made

    def set_clock(self) -> None:
        """Let everybody's clock show the chain's time."""
        self.holders.clock.moment = datetime.fromtimestamp(self.shared.chain.timestamp, UTC)

    def wait(self, seconds: int) -> None:
        self.shared.chain.advance(seconds=seconds)
        self.set_clock()

    def oversight(self) -> OversightState:
        events = (decode_event(each) for each in self.shared.logs)
        found = [each for each in events if isinstance(each, OversightEvent)]
        return OversightState().after(found)

    def round(self, index: int) -> list[str]:
        """One member's round."""
        evaluator = self.holders.servers[index].evaluator
        done = self.challenging[index].run(evaluator.state(), self.oversight())
        self.set_clock()
        return list(done)

    def asker(self) -> Asker:
        """The caller's side, which notices who is silent and who is wrong."""
        own, plain = self.holders.servers[self.holders.caller], self.holders.asker()
        silences = self.silences(own)
        accuser = Accuser(
            own.database.write, own.evaluator.state, own.signer.public_key, verify,
            self.holders.clock,
        )  # fmt: skip
        return Asker(
            plain.member, plain.place, plain.signer, verify, self.holders, plain.clock,
            accuser.accuse, silences.silent, silences.heard,
        )  # fmt: skip

    def silences(self, server: Server) -> Silences:
        return Silences(server.database.write, server.database.read, self.holders.clock)

    def alarms(self, index: int) -> list[PeerAlarm]:
        """What a member has found about others, oldest first."""
        with self.holders.servers[index].database.read() as connection:
            return alarms.read_all(connection)[::-1]

    def _challenging(self, server: Server) -> Challenging:
        return Challenging(
            server.database.write,
            CallingMember(server.member, server.signer.public_key),
            EvmOversight(self.shared, server.index - 1),
            self.holders,
            server.evaluator,
            server.signer,
            verify,
            self._evidence_keys,
            timedelta(seconds=PHASE_SECONDS),
            self.holders.clock,
        )

    def _evidence_keys(self, member: bytes) -> list[bytes]:
        found = [each for each in self.holders.servers.values() if each.member == member]
        return [each.signer.public_key for each in found if member not in self.suspended]
