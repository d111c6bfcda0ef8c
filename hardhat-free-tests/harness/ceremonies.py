"""Runs a ceremony among holders in one process, over a channel that keeps what each of them posted.

A test makes a holder misbehave by giving a function for one of its postings, or for its envelopes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import Secret, fill_random
from blacklist.domain.keygen.ceremony import Dealers, Outcome, Terms
from blacklist.domain.keygen.dealing_round import dealers_of
from blacklist.domain.keygen.envelopes import take_out
from blacklist.domain.keygen.holder import Dealing, Holder
from blacklist.domain.keygen.judging import judge
from blacklist.domain.keygen.postings import CeremonyPhase
from blacklist.domain.keygen.shares import DealtShare

Tamper = Callable[[bytes], bytes | None]
"""What a cheat posts instead of the honest bytes; ``None`` for nothing."""


@dataclass(frozen=True)
class Ceremony:
    """One ceremony, run to its end when asked.

    Attributes:
        terms: as the contract would have fixed them.
        old_shares: the present shares, by index, in a resharing.
        cheats: what is posted instead, by phase and holder.
        stolen: envelopes that arrive changed, by dealer and receiver; ``None`` for none at all.
    """

    terms: Terms
    old_shares: Mapping[int, Scalar] = field(default_factory=dict)
    cheats: dict[tuple[CeremonyPhase, int], Tamper] = field(default_factory=dict)
    stolen: dict[tuple[int, int], bytes | None] = field(default_factory=dict)
    postings: dict[CeremonyPhase, dict[int, bytes]] = field(default_factory=dict)
    received: dict[int, dict[int, DealtShare]] = field(default_factory=dict)
    holders: dict[int, Holder] = field(default_factory=dict)
    dealings: dict[int, Dealing] = field(default_factory=dict)

    def run(self) -> Outcome:
        """Run all phases before attesting and judge them."""
        everybody = sorted({*self.terms.holders, *self.old_shares})
        self.holders.update({each: Holder(each, self.terms, _seed()) for each in everybody})
        for index in self.terms.holders:
            self._post(CeremonyPhase.JOINING, index, self.holders[index].joining())
        self._deal()
        self._answer_each_other()
        return judge(self.terms, self.postings)

    def share(self, index: int, outcome: Outcome) -> Scalar:
        """Return what a holder ends with."""
        return self.holders[index].final_share(self.postings, outcome, self.received[index])

    def _deal(self) -> None:
        envelopes: dict[int, dict[int, bytes]] = {}
        for dealer in dealers_of(self.terms, self.postings):
            holder = self.holders[dealer]
            self.dealings[dealer] = holder.dealing(self.old_shares.get(dealer))
            posted, envelopes[dealer] = holder.deal(self.postings, self.dealings[dealer])
            self._post(CeremonyPhase.DEALING, dealer, posted)
        for receiver in self.postings[CeremonyPhase.JOINING]:
            self.received[receiver] = {
                dealer: share
                for dealer, boxes in envelopes.items()
                if (share := self._open(dealer, receiver, boxes.get(receiver))) is not None
            }

    def _open(self, dealer: int, receiver: int, box: bytes | None) -> DealtShare | None:
        arrived = self.stolen.get((dealer, receiver), box)
        key = self.holders[receiver].receiver_key
        return None if arrived is None else take_out(arrived, key)

    def _answer_each_other(self) -> None:
        for receiver in self.received:
            posted = self.holders[receiver].complaints(self.postings, self.received[receiver])
            self._post(CeremonyPhase.COMPLAINING, receiver, posted)
        for dealer in self.dealings:
            posted = self.holders[dealer].revealing(self.postings, self.dealings[dealer])
            self._post(CeremonyPhase.REVEALING, dealer, posted)
        if self.terms.dealers is not None:
            return
        for dealer, dealing in self.dealings.items():
            self._post(CeremonyPhase.OPENING, dealer, self.holders[dealer].opening(dealing))
        for phase in (CeremonyPhase.ACCUSING, CeremonyPhase.RECONSTRUCTING):
            for receiver, shares in self.received.items():
                holder = self.holders[receiver]
                say = (
                    holder.accusations if phase is CeremonyPhase.ACCUSING else holder.reconstruction
                )
                self._post(phase, receiver, say(self.postings, shares))

    def _post(self, phase: CeremonyPhase, index: int, honest: bytes) -> None:
        cheat = self.cheats.get((phase, index))
        posted = honest if cheat is None else cheat(honest)
        if posted is not None:
            self.postings.setdefault(phase, {})[index] = posted


def generation(
    threshold: int,
    holders: int,
    cheats: Mapping[tuple[CeremonyPhase, int], Tamper] | None = None,
    stolen: Mapping[tuple[int, int], bytes | None] | None = None,
) -> Ceremony:
    """Return a key generation among holders 1 … ``holders``."""
    needed = min(2 * threshold - 1, holders)
    terms = Terms(7, threshold, tuple(range(1, holders + 1)), needed)
    return Ceremony(terms, cheats=dict(cheats or {}), stolen=dict(stolen or {}))


def resharing(
    before: Ceremony,
    outcome: Outcome,
    holders: tuple[int, ...],
    cheats: Mapping[tuple[CeremonyPhase, int], Tamper] | None = None,
) -> Ceremony:
    """Return a resharing of what ``before`` made, to ``holders``."""
    assert outcome.keys is not None
    dealers = Dealers(outcome.keys.share_keys, outcome.keys.key)
    terms = Terms(8, before.terms.threshold, holders, before.terms.threshold, dealers)
    shares = {index: before.share(index, outcome) for index in outcome.keys.share_keys}
    return Ceremony(terms, old_shares=shares, cheats=dict(cheats or {}))


def _seed() -> Secret:
    seed = Secret(32)
    fill_random(seed)
    return seed
