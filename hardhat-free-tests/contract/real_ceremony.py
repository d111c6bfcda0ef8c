"""Runs a ceremony of real holders through the contract: its events are all that they hear of each other.

Envelopes go from hand to hand, as they go over the peer API; a test can lose one, or let a holder post
something else than its honest bytes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from contract.blacklist import GENERATION, RESHARING, Blacklist
from contract.evm import Event, Outcome

from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import Secret, fill_random
from blacklist.domain.keygen.ceremony import Dealers, Terms
from blacklist.domain.keygen.ceremony import Outcome as Judgement
from blacklist.domain.keygen.envelopes import envelopes_digest, take_out
from blacklist.domain.keygen.holder import Dealing, Holder
from blacklist.domain.keygen.judging import judge
from blacklist.domain.keygen.postings import CeremonyPhase, decode_deal
from blacklist.domain.keygen.shares import DealtShare

Cheat = Callable[[bytes], bytes]


@dataclass
class RealCeremony:
    """One ceremony.

    Attributes:
        blacklist: with the contract that it runs through.
        number: of the ceremony, as the contract gave it.
        members: number of the member by index; only they take part.
        old_shares: present shares by index, in a resharing.
        cheats: what is posted instead of the honest bytes, by phase and index.
        lost: envelopes that never arrive, by dealer and receiver.
    """

    blacklist: Blacklist
    number: int
    members: Mapping[int, int]
    old_shares: Mapping[int, Scalar] = field(default_factory=dict)
    cheats: Mapping[tuple[CeremonyPhase, int], Cheat] = field(default_factory=dict)
    lost: frozenset[tuple[int, int]] = frozenset()
    events: list[Event] = field(default_factory=list)
    holders: dict[int, Holder] = field(default_factory=dict)
    dealings: dict[int, Dealing] = field(default_factory=dict)
    envelopes: dict[int, dict[int, bytes]] = field(default_factory=dict)

    def terms(self) -> Terms:
        """Return what the contract fixed."""
        state = self.blacklist.ceremony(self.number)
        parts = {
            index: self.blacklist.read("partOf", self.number, index)
            for index in range(1, max(self.members) + 1)
        }
        dealers = None
        if state["kind"] == RESHARING:
            kind = state["identifierType"]
            dealers = Dealers(
                {
                    index: self.blacklist.share_key(kind, index)
                    for index, (_, deals, _) in parts.items()
                    if deals
                },
                self.blacklist.read("keyState", kind)["key"],
            )
        holders = tuple(index for index, (may_join, _, _) in parts.items() if may_join)
        return Terms(self.number, state["threshold"], holders, state["presentNeeded"], dealers)

    def postings(self) -> dict[CeremonyPhase, dict[int, bytes]]:
        """Return what was posted, read from the contract's events alone."""
        found: dict[CeremonyPhase, dict[int, bytes]] = {}
        for event in self.events:
            if event.name == "Posted" and event.values["ceremony"] == self.number:
                posted = found.setdefault(CeremonyPhase(event.values["phase"]), {})
                posted[event.values["index"]] = event.values["data"]
        return found

    def run(self) -> Judgement:
        """Run all phases before attesting, and judge them."""
        terms = self.terms()
        self.holders = {index: Holder(index, terms, _seed()) for index in self.members}
        steps: dict[CeremonyPhase, Callable[[int], bytes]] = {
            CeremonyPhase.JOINING: lambda index: self.holders[index].joining(),
            CeremonyPhase.DEALING: self._deal,
            CeremonyPhase.COMPLAINING: lambda index: self.holders[index].complaints(
                self.postings(), self.shares(index)
            ),
            CeremonyPhase.REVEALING: lambda index: self.holders[index].revealing(
                self.postings(), self.dealings[index]
            ),
            CeremonyPhase.OPENING: lambda index: self.holders[index].opening(self.dealings[index]),
            CeremonyPhase.ACCUSING: lambda index: self.holders[index].accusations(
                self.postings(), self.shares(index)
            ),
            CeremonyPhase.RECONSTRUCTING: lambda index: self.holders[index].reconstruction(
                self.postings(), self.shares(index)
            ),
        }
        while (phase := CeremonyPhase(self.blacklist.phase(self.number))) in steps:
            self._post_all(phase, steps[phase])
        return judge(terms, self.postings())

    def attest(self, judgement: Judgement) -> dict[int, Scalar]:
        """Let everybody confirm its share and attest, activate, and return the shares."""
        assert judgement.keys is not None
        digest = judgement.keys.digest(self.number)
        shares = {}
        for index in self.postings()[CeremonyPhase.JOINING]:
            shares[index] = self.holders[index].final_share(
                self.postings(), judgement, self.shares(index)
            )
            self._post(CeremonyPhase.ATTESTING, index, digest)
        keys = judgement.keys.encode()
        self._hear(self.blacklist.act(self.members[1], "activate", self.number, keys))
        return shares

    def shares(self, receiver: int) -> dict[int, DealtShare]:
        """Return the shares that a receiver could open, by dealer, from envelopes that are what was dealt."""
        found = {}
        for dealer, boxes in self.envelopes.items():
            deal = decode_deal(
                self.postings()[CeremonyPhase.DEALING][dealer], self.holders[dealer].terms.threshold
            )
            assert envelopes_digest(self.number, dealer, boxes) == deal.envelopes
            if (dealer, receiver) in self.lost or receiver not in boxes:
                continue
            share = take_out(boxes[receiver], self.holders[receiver].receiver_key)
            if share is not None:
                found[dealer] = share
        return found

    def _deal(self, index: int) -> bytes:
        holder = self.holders[index]
        self.dealings[index] = holder.dealing(self.old_shares.get(index))
        posted, self.envelopes[index] = holder.deal(self.postings(), self.dealings[index])
        return posted

    def _post_all(self, phase: CeremonyPhase, say: Callable[[int], bytes]) -> None:
        before = self.postings()
        for index in self.members:
            may_join, deals, posted = self.blacklist.read("partOf", self.number, index)
            anew = self.blacklist.ceremony(self.number)["kind"] != GENERATION
            if phase is CeremonyPhase.JOINING:
                has_part = may_join
            elif anew and phase in (CeremonyPhase.DEALING, CeremonyPhase.REVEALING):
                has_part = deals
            else:
                has_part = bool(posted >> CeremonyPhase.JOINING & 1)
            if has_part:
                self._post(phase, index, say(index))
        assert self.postings() != before

    def _post(self, phase: CeremonyPhase, index: int, honest: bytes) -> None:
        cheat = self.cheats.get((phase, index))
        posted = honest if cheat is None else cheat(honest)
        self._hear(self.blacklist.post(self.number, phase, self.members[index], posted))

    def _hear(self, outcome: Outcome) -> None:
        self.events += outcome.events


def _seed() -> Secret:
    seed = Secret(32)
    fill_random(seed)
    return seed
