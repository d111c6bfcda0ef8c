"""What random histories of a blacklist share: contract and model side by side, and ceremonies."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from contract.blacklist import (
    ACCUSING,
    ATTESTING,
    COMPLAINING,
    DEALING,
    GENERATION,
    JOINING,
    OPENING,
    RESHARING,
    attested,
    found_blacklist,
    keys_of,
    operator_of,
    word_of,
)
from contract.blacklist_entries import DAY
from contract.blacklist_entries_model import BlacklistModel
from contract.blacklist_model import Ceremony, refused
from contract.consortium import admin_of, member_id
from contract.evm import Refused
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

MEMBERS = 5
PHASE_SECONDS = 3 * DAY
NUMBERS = st.sampled_from(range(MEMBERS))


class BlacklistHistory(RuleBasedStateMachine):
    def start(self, named: int) -> None:
        self.blacklist = found_blacklist(MEMBERS, named=False, phase_seconds=PHASE_SECONDS)
        self.model = BlacklistModel(MEMBERS, PHASE_SECONDS)
        for number in range(named):
            self.name(number)

    @property
    def now(self) -> int:
        return self.blacklist.now

    def both(self, on_model: Callable[[], object], on_chain: Callable[[], object]) -> None:
        """Do the same on both sides and expect the same end."""
        before = deepcopy(self.model)
        expected = refused(on_model)
        if expected is not None:
            self.model = before
        actual = None
        try:
            on_chain()
        except Refused as refusal:
            actual = refusal.name
        assert actual == expected

    def act(self, number: int, name: str, *arguments: Any) -> Callable[[], object]:
        return lambda: self.blacklist.act(number, name, *arguments)

    def name(self, number: int) -> None:
        self.both(
            lambda: self.model.name_operator(number),
            lambda: self.blacklist.contract.send(
                admin_of(number), "setOperator", operator_of(number)
            ),
        )

    def move(self, number: int) -> None:
        """Suspend an active member and reinstate a suspended one, by vote; two stay active."""
        active = self.model.active
        voters = sorted(active - {number})
        if number not in active:
            self.blacklist.consortium.decide("reinstateMember", member_id(number), by=voters)
            active.add(number)
        elif len(voters) > 1:
            self.blacklist.consortium.decide("suspendMember", member_id(number), by=voters)
            active.remove(number)

    def begin(self, number: int, kind: int, identifier_type: int) -> None:
        name = "openGeneration" if kind == GENERATION else "openResharing"
        self.both(
            lambda: self.model.open(number, kind, identifier_type, self.now),
            self.act(number, name, identifier_type),
        )

    def say(self, number: int, ceremony: int, phase: int, variant: str) -> None:
        found = self.model.ceremonies.get(ceremony)
        data = self._posting(found, number, phase, variant) if found else b""
        self.both(
            lambda: self.model.post(number, ceremony, phase, data, self.now),
            self.act(number, "post", ceremony, phase, data),
        )

    def say_all(self, ceremony: int, variant: str) -> None:
        """Let all who are awaited in the present phase post."""
        found = self.model.ceremonies.get(ceremony)
        if found is None or found.ended:
            return
        phase = found.phase
        for number, index in list(self.model.indices.items()):
            found = self.model.ceremonies[ceremony]
            awaited = index in found.speakers() and index not in found.who_posted(phase)
            if found.phase == phase and awaited:
                self.say(number, ceremony, phase, variant)

    def end(self, ceremony: int, variant: str) -> None:
        found = self.model.ceremonies.get(ceremony)
        keys = self._keys(found, variant) if found else b""
        self.both(
            lambda: self.model.activate(ceremony, keys), self.act(0, "activate", ceremony, keys)
        )

    def run_to_the_end(self, ceremony: int) -> None:
        for _ in range(ATTESTING):
            self.say_all(ceremony, "honest")
        self.end(ceremony, "honest")

    def _keys(self, ceremony: Ceremony, variant: str) -> bytes:
        indices = ceremony.present | ({9} if variant == "torn" else set())
        keys = keys_of(indices, (ceremony.number, variant == "other"))
        key = self.model.keys.get(ceremony.identifier_type)
        if ceremony.kind == RESHARING and key is not None and variant != "other":
            return key.key + keys[32:]
        return keys

    def _posting(self, ceremony: Ceremony, number: int, phase: int, variant: str) -> bytes:
        if variant == "empty":
            return b""
        points = ceremony.threshold * word_of("point", ceremony.number, phase, number)
        if phase == ATTESTING:
            return attested(ceremony.number, self._keys(ceremony, variant))
        honest = b""
        if phase == JOINING:
            honest = word_of("ceremony key", number)
        elif phase == OPENING:
            honest = points
        elif phase == DEALING:
            key = self.model.keys.get(ceremony.identifier_type)
            if ceremony.kind == RESHARING and key and variant != "other":
                own = key.shares.get(self.model.indices.get(number, 0), bytes(32))
                points = own + points[32:]
            honest = points + word_of("envelopes")
        elif variant == "contest":
            honest = b"\0\x01" if phase == COMPLAINING else bytes(66)
        elif variant == "other" and phase == ACCUSING:
            honest = bytes(66 * MEMBERS)
        return honest + b"x" if variant == "torn" else honest
