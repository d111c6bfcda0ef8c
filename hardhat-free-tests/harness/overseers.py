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
from blacklist.curve.secret import fill_random
from blacklist.domain.auditing.drawing import SETTLED_AFTER
from blacklist.domain.chronicle.oversight import OversightEvent, OversightState
from blacklist.ports.audit_peers import AuditedMember
from blacklist.services.accusing import Accuser
from blacklist.services.asking import Asker
from blacklist.services.challenging import Challenging, Silences
from blacklist.services.drawing import Drawing
from blacklist.services.evaluating import CallingMember
from blacklist.services.opening_log import LogOpener
from blacklist.services.sampling import SampleAuditor
from ledger.errors import UnavailableError
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

    def draw_round(self, index: int) -> list[str]:
        """One member's round of draws."""
        server = self.holders.servers[index]
        drawing = Drawing(
            server.database.write, server.member, EvmOversight(self.shared, index - 1),
            self.holders.clock,
        )  # fmt: skip
        done = drawing.run(server.evaluator.state(), self.oversight())
        self.set_clock()
        return list(done)

    def complete_draw(self, showing: Sequence[int] | None = None) -> int:
        """Open a draw, let everybody commit, and all or some show their values; return its number."""
        EvmOversight(self.shared, 0).open_draw()
        self.set_clock()
        for index in self.holders.servers:
            self.draw_round(index)
        self.wait(PHASE_SECONDS)
        for index in self.holders.servers if showing is None else showing:
            self.draw_round(index)
        self.wait(PHASE_SECONDS + PHASE_SECONDS // SETTLED_AFTER)
        return max(self.oversight().draws)

    def opener(self, index: int) -> LogOpener:
        """A member's side of an audit."""
        server = self.holders.servers[index]
        return LogOpener(
            server.database.read, server.member, self.oversight, server.record_keys, server.signer,
            self.holders.clock,
        )  # fmt: skip

    def auditor(self, index: int) -> SampleAuditor:
        """The auditor's side."""
        server = self.holders.servers[index]
        return SampleAuditor(
            server.database.write, server.member, DirectAudits(self), self.oversight, verify,
            self.holders.clock, fill_random,
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


@dataclass
class DirectAudits:
    """Implements the audit peers port without a network; who is away does not answer."""

    overseers: Overseers

    def members(self) -> list[AuditedMember]:
        return [
            AuditedMember(each.member, [each.signer.public_key])
            for each in self.overseers.holders.servers.values()
        ]

    def listing(self, asked: bytes, draw: int, caller: bytes, first: int) -> bytes:
        return self._present(asked).listing(draw, caller, first)

    def evaluation(self, asked: bytes, draw: int, caller: bytes, request_id: bytes) -> bytes:
        return self._present(asked).evaluation(draw, caller, request_id)

    def opening(self, asked: bytes, draw: int, request_id: bytes, recipient: bytes) -> bytes:
        return self._present(asked).opening(draw, request_id, recipient)

    def _present(self, asked: bytes) -> LogOpener:
        servers = self.overseers.holders.servers.values()
        (server,) = (each for each in servers if each.member == asked)
        if server.away:
            raise UnavailableError("peer-unavailable", peer="test", why="away")
        return self.overseers.opener(server.index)
