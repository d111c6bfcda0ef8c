"""Random histories of a consortium against the plain model: same refusals and same state at every step."""

from collections.abc import Callable
from typing import Any

from contract.consortium import (
    MEMBER,
    NOBODY,
    OBSERVER,
    RETIRED,
    Consortium,
    address_word,
    admin_of,
    anchor_key_of,
    found,
    member_id,
    newcomer,
)
from contract.evm import Refused
from contract.model import Change, Model, Refusal
from contract.tree import Tree, leaf_hash
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

NUMBERS = st.integers(0, 6)
# Mostly keys that somebody holds.
KEYS = st.one_of(st.integers(0, 2), st.integers(0, 12))
ROLES = st.sampled_from([MEMBER, OBSERVER, MEMBER | OBSERVER])
PERIOD = 86_400
FIRST_ANCHOR_RECORD = 2

CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.tuples(st.just("setThreshold"), st.tuples(st.integers(0, 6))),
    st.tuples(st.just("admitMember"), st.tuples(NUMBERS, ROLES)),
    st.tuples(st.just("setRoles"), st.tuples(NUMBERS, ROLES)),
    st.tuples(
        st.sampled_from(["suspendMember", "reinstateMember", "removeMember", "revokeKey"]),
        st.tuples(NUMBERS),
    ),
    st.tuples(st.just("addKey"), st.tuples(NUMBERS, st.integers(7, 12))),
)


def log_of(number: int, generation: int) -> Tree:
    """Return the honest log of one member and generation: its first leaf is its own."""
    return Tree(((0, leaf_hash(bytes([number, generation]))),))


def encode(consortium: Consortium, change: Change) -> bytes:
    """Turn the model's change into the registry's."""
    name, (number, *rest) = change
    arguments: tuple[Any, ...]
    if name == "setThreshold":
        arguments = (number,)
    elif name == "admitMember":
        arguments = (newcomer(number, roles=rest[0]),)
    elif name == "addKey":
        arguments = (member_id(number), (2, address_word(anchor_key_of(rest[0])), b""))
    elif name == "revokeKey":
        arguments = (member_id(number), FIRST_ANCHOR_RECORD, RETIRED, 0)
    elif name == "openGeneration":
        arguments = (member_id(number), rest[0], rest[1], rest[2].to_bytes(32, "big"))
    else:
        arguments = (member_id(number), *rest)
    return consortium.change(name, *arguments)


class ConsortiumHistory(RuleBasedStateMachine):
    @initialize(founders=st.integers(1, 5), data=st.data())
    def found(self, founders: int, data: st.DataObject) -> None:
        threshold = data.draw(st.integers(1, founders))
        self.consortium = found(founders, threshold, voting_period=PERIOD)
        self.model = Model(founders, threshold, PERIOD)
        self.best: dict[tuple[int, int], tuple[int, bytes]] = {}

    def both(self, on_model: Callable[[], object], on_chain: Callable[[], object]) -> None:
        """Do the same on both sides and expect the same end."""
        expected = actual = None
        try:
            on_model()
        except Refusal as refusal:
            expected = str(refusal)
        try:
            on_chain()
        except Refused as refused:
            actual = refused.name
        assert actual == expected

    def act(self, actor: int, name: str, *arguments: Any) -> Callable[[], object]:
        return lambda: self.consortium.registry.send(admin_of(actor), name, *arguments)

    @property
    def now(self) -> int:
        return self.consortium.chain.timestamp

    @rule(actor=NUMBERS, change=CHANGES)
    def propose(self, actor: int, change: Change) -> None:
        self.both(
            lambda: self.model.propose(actor, change, self.now),
            self.act(actor, "propose", encode(self.consortium, change)),
        )

    @rule(actor=NUMBERS, proposal=st.integers(0, 10))
    def vote(self, actor: int, proposal: int) -> None:
        self.both(
            lambda: self.model.vote(actor, proposal, self.now), self.act(actor, "vote", proposal)
        )

    @rule(actor=NUMBERS, proposal=st.integers(1, 10))
    def withdraw(self, actor: int, proposal: int) -> None:
        self.both(
            lambda: self.model.withdraw(actor, proposal, self.now),
            self.act(actor, "withdrawVote", proposal),
        )

    @rule(actor=NUMBERS, proposal=st.integers(1, 10))
    def execute(self, actor: int, proposal: int) -> None:
        self.both(
            lambda: self.model.execute(actor, proposal, self.now),
            self.act(actor, "execute", proposal),
        )

    @rule(change=CHANGES)
    def decide(self, change: Change) -> None:
        """Let everybody vote for a change, so that histories get somewhere."""
        self._decide(change)

    @rule(number=NUMBERS, ahead=st.sampled_from([1, 1, 1, 2]), honest=st.booleans())
    def decide_on_a_new_generation(self, number: int, ahead: int, honest: bool) -> None:
        institution = self.model.institutions.get(number)
        generation = institution.generation if institution else 0
        size, root, _ = self.model.head(number, generation)
        named = size if honest else size + 1
        self._decide(
            ("openGeneration", (number, generation + ahead, named, int.from_bytes(root, "big")))
        )

    def _decide(self, change: Change) -> None:
        first, *others = sorted(self.model.voters())
        self.propose(first, change)
        proposal = len(self.model.proposals)
        for actor in others:
            self.vote(actor, proposal)

    @rule(actor=NUMBERS)
    def resign(self, actor: int) -> None:
        self.both(lambda: self.model.resign(actor), self.act(actor, "resign"))

    @rule(number=st.integers(0, 2), growth=st.integers(1, 9))
    def anchor_before_and_after_a_suspension(self, number: int, growth: int) -> None:
        self.anchor(number, growth, 0, forged=False)
        self._decide(("suspendMember", (number,)))
        self.anchor(number, growth, 0, forged=False)

    @rule(number=st.integers(0, 2), growth=st.integers(1, 9))
    def anchor_before_and_after_a_new_generation(self, number: int, growth: int) -> None:
        self.anchor(number, growth, 0, forged=False)
        self.decide_on_a_new_generation(number, 1, honest=True)
        self.anchor(number, growth, -1, forged=False)
        self.anchor(number, growth, 0, forged=False)

    @rule(seconds=st.sampled_from([1, PERIOD // 2, PERIOD, PERIOD + 1]))
    def wait(self, seconds: int) -> None:
        self.consortium.chain.advance(seconds=seconds)

    @rule(
        key=KEYS,
        growth=st.integers(-2, 300),
        stray=st.sampled_from([0, 0, 0, 1, -1]),
        forged=st.booleans(),
    )
    def anchor(self, key: int, growth: int, stray: int, forged: bool) -> None:
        number = self.model.key_holders.get(key, 0)
        institution = self.model.institutions.get(number)
        generation = max(0, (institution.generation if institution else 0) + stray)
        tree = log_of(number, generation)
        old = self.model.head(number, generation)[0]
        size = max(0, old + growth)
        # A first anchor has nothing to be consistent with, so that no root can be a forged one.
        forged = forged and old > 0
        root = leaf_hash(b"forged") if forged else tree.root(size) if size else bytes(32)
        proof = tree.consistency(old, size) if 0 < old < size else []
        before = {
            who: self.consortium.head(who) for who in self.model.institutions if who != number
        }
        self.both(
            lambda: self.model.anchor(key, generation, size, root, consistent=not forged),
            lambda: self.consortium.anchors.send(
                anchor_key_of(key), "anchor", generation, size, root, proof
            ),
        )
        # Nobody anchors for another, whatever the model says.
        assert before == {who: self.consortium.head(who) for who in before}

    @invariant()
    def the_threshold_can_be_reached_and_somebody_votes(self) -> None:
        voters = self.consortium.registry.read("voterCount")
        assert voters == len(self.model.voters())
        assert self.consortium.registry.read("threshold") == self.model.threshold
        assert 1 <= self.model.threshold <= voters

    @invariant()
    def institutions_stand_as_in_the_model(self) -> None:
        registry = self.consortium.registry
        for number, expected in self.model.institutions.items():
            member = registry.read("member", member_id(number))
            assert member["status"] == expected.status
            assert member["roles"] == expected.roles
            assert member["generation"] == expected.generation
        for key, holder in self.model.key_holders.items():
            institution = self.model.institutions[holder]
            may_anchor = institution.open_key == key and holder in self.model.voters()
            expected_member = member_id(holder) if may_anchor else NOBODY
            assert registry.read("memberOfAnchorKey", anchor_key_of(key)) == expected_member

    @invariant()
    def proposals_stand_as_in_the_model(self) -> None:
        voters = self.model.voters()
        for number, expected in self.model.proposals.items():
            proposal = self.consortium.registry.read("proposal", number)
            assert proposal["executed"] == expected.executed
            assert set(proposal["voters"]) == {member_id(voter) for voter in expected.voters}
            assert proposal["votes"] == len(expected.voters & voters)

    @invariant()
    def logs_only_grow(self) -> None:
        for (number, generation), expected in self.model.heads.items():
            size, index, _, root = self.consortium.head(number, generation)
            assert (size, root, index) == expected
            best_size, best_root = self.best.get((number, generation), (0, bytes(32)))
            assert size > best_size or (size, root) == (best_size, best_root)
            self.best[number, generation] = (size, root)


TestConsortiumHistory = ConsortiumHistory.TestCase
TestConsortiumHistory.settings = settings(
    max_examples=max(30, settings().max_examples // 2),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
