"""A consortium with a blacklist: operators, and ceremonies whose postings are of their form and mean nothing.

What postings mean is nothing to the contract; ``test_blacklist_real_ceremony`` runs the real holders.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from contract.consortium import DEPLOYER, Consortium, address_of, admin_of, found, member_id
from contract.evm import Chain, Contract, Outcome
from eth_utils import keccak

from contracts import artifact

(
    NO_PHASE,
    JOINING,
    DEALING,
    COMPLAINING,
    REVEALING,
    OPENING,
    ACCUSING,
    RECONSTRUCTING,
    ATTESTING,
    ACTIVATED,
    FAILED,
) = range(11)
GENERATION, RESHARING = range(2)
ID_NUMBER = 1
PHASE_SECONDS = 3_600


def operator_of(number: int) -> str:
    return address_of("operator", number)


def index_of(number: int) -> int:
    """Return the index of a member, where all named their operators in order."""
    return number + 1


def word_of(*parts: object) -> bytes:
    """Return 32 bytes that stand for something."""
    return keccak(text=" ".join(map(str, parts)))


def keys_of(indices: Iterable[int], name: object = "key") -> bytes:
    """Return keys as they are activated: K, then index and K_j."""
    rows = (index.to_bytes(2, "big") + word_of("share", name, index) for index in sorted(indices))
    return word_of("key", name) + b"".join(rows)


def attested(ceremony: int, keys: bytes) -> bytes:
    """Return what holders attest, by docs/spec/blacklist-ceremonies.md."""
    parts = (b"lz-blacklist/v1/attest", ceremony.to_bytes(8, "big"), keys)
    return hashlib.sha256(b"".join(len(part).to_bytes(2, "big") + part for part in parts)).digest()


@dataclass
class Blacklist:
    consortium: Consortium
    contract: Contract
    members: list[int] = field(default_factory=list)

    @property
    def chain(self) -> Chain:
        return self.consortium.chain

    @property
    def now(self) -> int:
        return self.chain.timestamp

    def act(self, number: int, name: str, *arguments: Any) -> Outcome:
        """Send one transaction as a member's operator."""
        return self.contract.send(operator_of(number), name, *arguments)

    def read(self, name: str, *arguments: Any) -> Any:
        return self.contract.read(name, *arguments)

    def name_operator(self, number: int, operator: str | None = None) -> Outcome:
        return self.contract.send(admin_of(number), "setOperator", operator or operator_of(number))

    def suspend(self, number: int) -> None:
        voters = [other for other in self.members if other != number]
        self.consortium.decide("suspendMember", member_id(number), by=voters)

    def reinstate(self, number: int) -> None:
        voters = [other for other in self.members if other != number]
        self.consortium.decide("reinstateMember", member_id(number), by=voters)

    def open(self, kind: int = GENERATION, identifier_type: int = ID_NUMBER, by: int = 0) -> int:
        name = "openGeneration" if kind == GENERATION else "openResharing"
        return int(self.act(by, name, identifier_type).result)

    def ceremony(self, ceremony: int) -> Any:
        return self.read("ceremony", ceremony)

    def phase(self, ceremony: int) -> int:
        return int(self.ceremony(ceremony)["phase"])

    def post(self, ceremony: int, phase: int, number: int, data: bytes) -> Outcome:
        return self.act(number, "post", ceremony, phase, data)

    def close(self, ceremony: int) -> Outcome:
        """Let the present phase's time run out, and close it."""
        self.run_out(ceremony)
        return self.act(0, "close", ceremony)

    def run_out(self, ceremony: int) -> None:
        """Go to the first second that is too late."""
        self.chain.advance(seconds=self.ceremony(ceremony)["phaseEnds"] + 1 - self.now)

    def posting(self, ceremony: int, phase: int, number: int, keys: bytes = b"") -> bytes:
        """Return something of the form that a phase asks for, as short as it can be."""
        state = self.ceremony(ceremony)
        points = b"".join(
            word_of(ceremony, phase, number, place) for place in range(state["threshold"])
        )
        if phase == JOINING:
            return word_of(ceremony, "ceremony key", number)
        if phase == DEALING:
            if state["kind"] == RESHARING:
                points = self.share_key(state["identifierType"], index_of(number)) + points[32:]
            return points + word_of(ceremony, "envelopes", number)
        if phase == OPENING:
            return points
        return attested(ceremony, keys) if phase == ATTESTING else b""

    def share_key(self, identifier_type: int, index: int) -> bytes:
        state = self.read("keyState", identifier_type)
        epochs = state["keyEpoch"], state["shareEpoch"]
        return bytes(self.read("shareKey", identifier_type, *epochs, index))

    def post_all(self, ceremony: int, phase: int, numbers: Iterable[int] | None = None) -> None:
        for number in self.members if numbers is None else numbers:
            self.post(ceremony, phase, number, self.posting(ceremony, phase, number))

    def reach(self, ceremony: int, phase: int) -> None:
        """Let everybody who has a part post the shortest there is, until the phase."""
        while (present := self.phase(ceremony)) != phase:
            for number in self.members:
                may_join, deals, posted = self.read("partOf", ceremony, index_of(number))
                dealing = self.ceremony(ceremony)["kind"] == RESHARING and present == DEALING
                joined = may_join if present == JOINING else posted >> JOINING & 1
                if deals if dealing else joined:
                    self.post(ceremony, present, number, self.posting(ceremony, present, number))

    def attest_all(self, ceremony: int, keys: bytes) -> None:
        for number in self.members:
            self.post(ceremony, ATTESTING, number, attested(ceremony, keys))

    def make_key(self, kind: int = GENERATION, identifier_type: int = ID_NUMBER) -> bytes:
        """Run a whole ceremony of all members, and return the keys."""
        ceremony = self.open(kind, identifier_type)
        self.reach(ceremony, ATTESTING)
        epoch = self.ceremony(ceremony)["keyEpoch"]
        indices = [index_of(number) for number in self.members]
        keys = keys_of(indices, (identifier_type, epoch))
        self.attest_all(ceremony, keys)
        self.act(0, "activate", ceremony, keys)
        return keys


def found_blacklist(
    members: int = 4,
    *,
    named: bool = True,
    chain: Chain | None = None,
    phase_seconds: int = PHASE_SECONDS,
) -> Blacklist:
    """Found a consortium, deploy the contract, and let all members name their operators, in order."""
    consortium = found(members, 2, chain=chain)
    contract = consortium.chain.deploy(
        DEPLOYER, artifact("FraudBlacklist"), consortium.registry.address, phase_seconds
    )
    blacklist = Blacklist(consortium, contract, list(range(members)))
    for number in range(members if named else 0):
        blacklist.name_operator(number)
    return blacklist
