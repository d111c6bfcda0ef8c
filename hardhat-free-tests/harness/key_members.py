"""Members of a blacklist in one process: the real contract, a database each, no network between them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from contract.consortium import ACTIVE, member_id
from harness.evm_blacklist import (
    PHASE_SECONDS,
    DirectColleagues,
    EvmBlacklist,
    EvmContract,
    MemoryShareKeys,
)

from blacklist.curve import points
from blacklist.curve.secret import fill_random
from blacklist.domain.chronicle.keys import HeldKey
from blacklist.domain.oprf.threshold import combine
from blacklist.services.following import Follower
from blacklist.services.holding import ShareHolding
from blacklist.services.keygen import KeyAlarm, KeygenRound, KeygenService
from blacklist.services.upkeep import KeyUpkeep, Participants
from node.database import BLACKLIST_VERSIONS, Database

NATIONAL_ID = 1


@dataclass
class ChainClock:
    """The chain's time as this machine's."""

    shared: EvmBlacklist

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.shared.chain.timestamp, UTC)


@dataclass
class Member:
    """One member's blacklist."""

    number: int
    database: Database
    contract: EvmContract
    share_keys: MemoryShareKeys
    service: KeygenService
    upkeep: KeyUpkeep

    @property
    def index(self) -> int:
        return self.number + 1

    def held(self) -> HeldKey:
        return self.service.follower.refresh().keys[NATIONAL_ID]


@dataclass
class Members:
    """Several members on one contract."""

    folder: Path
    shared: EvmBlacklist
    colleagues: DirectColleagues = field(default_factory=lambda: DirectColleagues({}))
    members: list[Member] = field(default_factory=list)

    def add(self, number: int) -> Member:
        """Make a member's services, with a database of its own."""
        database = Database(f"sqlite:///{self.folder / f'member-{number}.db'}")
        database.migrate(BLACKLIST_VERSIONS)
        clock, keys = ChainClock(self.shared), MemoryShareKeys()
        contract = EvmContract(self.shared, number)
        address = bytes.fromhex(self.shared.contract.address[2:])
        follower = Follower(database.write, database.read, contract, address)
        holding = ShareHolding(database.write, keys, clock)
        service = KeygenService(
            database.write, member_id(number), contract, follower, keys, holding,
            self.colleagues, clock, fill_random,
        )  # fmt: skip
        upkeep = KeyUpkeep(
            database.read,
            member_id(number),
            contract,
            follower.state,
            holding,
            self.participants,
            clock,
        )
        made = Member(number, database, contract, keys, service, upkeep)
        self.colleagues.services[member_id(number)] = service
        self.members.append(made)
        return made

    def rounds(self, count: int = 12, without: tuple[int, ...] = ()) -> list[KeygenRound]:
        """Let every member but some do rounds, one after the other."""
        self.colleagues.away = {member_id(number) for number in without}
        return [
            member.service.run()
            for _ in range(count)
            for member in self.members
            if member.number not in without
        ]

    def participants(self) -> Participants:
        """Who is active by the registry; who is away does not answer."""
        registry = self.shared.consortium.registry
        numbers = range(len(self.members))
        active = {
            each for each in numbers if registry.read("standingOf", member_id(each))[0] == ACTIVE
        }
        return Participants(frozenset(map(member_id, active)), frozenset(self.colleagues.away))

    def looked_after(self, count: int = 12, without: tuple[int, ...] = ()) -> list[KeyAlarm]:
        """Let members do rounds with upkeep, as their nodes do; return the alarms of the last round."""
        self.colleagues.away = {member_id(number) for number in without}
        found: list[KeyAlarm] = []
        for _ in range(count):
            found = []
            for member in self.members:
                if member.number not in without:
                    found += member.service.run().alarms
                    found += member.upkeep.run().alarms
        return found

    def phase(self, without: tuple[int, ...] = ()) -> None:
        """Let one phase run out: rounds at its beginning, after its half, and at its end."""
        for _ in range(2):
            self.rounds(2, without)
            self.shared.chain.advance(seconds=PHASE_SECONDS // 2 + 1)
        self.rounds(1, without)

    def assert_whole(self, holding: list[int] | None = None) -> HeldKey:
        """Every member's share fits, and any threshold of them gives the key."""
        numbers = [each.number for each in self.members] if holding is None else holding
        held = self.members[numbers[0]].held()
        for number in numbers:
            member = self.members[number]
            assert member.held() == held
            share = member.service.holding.open(held, member.index)
            assert share is not None
            assert points.multiply_base(share) == held.keys.share_keys[member.index]
        chosen = [number + 1 for number in numbers][: held.threshold]
        assert combine({index: held.keys.share_keys[index] for index in chosen}) == held.keys.key
        return held


def told(rounds: list[KeygenRound]) -> set[KeyAlarm]:
    """Everything that rounds told people."""
    return {alarm for done in rounds for alarm in done.alarms}
