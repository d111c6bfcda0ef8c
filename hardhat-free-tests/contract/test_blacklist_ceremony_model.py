"""Random histories of ceremonies against the plain model: same refusals and same state at every step."""

from contract.blacklist import GENERATION, JOINING, RESHARING
from contract.blacklist_history import MEMBERS, NUMBERS, PHASE_SECONDS, BlacklistHistory
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

# One of the six types that most histories are about, and one that does not exist.
TYPES = st.sampled_from([1, 1, 1, 1, 2, 0])
# How many were opened since: mostly the last one, sometimes one that does not exist.
BACK = st.sampled_from([0, 0, 0, 0, 0, 1, 1, 2, -1])
KINDS = st.sampled_from([GENERATION, RESHARING])


class CeremonyHistory(BlacklistHistory):
    @initialize(
        named=st.sampled_from([MEMBERS, MEMBERS, MEMBERS, 4, 3, 2, 1]),
        has_key=st.booleans(),
    )
    def found(self, named: int, has_key: bool) -> None:
        self.start(named)
        if has_key:
            self.open_and_run(0, GENERATION, 1)
        else:
            self.open(0, GENERATION, 1)

    def recent(self, back: int) -> int:
        return max(0, len(self.model.ceremonies) - back)

    @rule(number=NUMBERS)
    def name_operator(self, number: int) -> None:
        self.name(number)

    @rule(number=NUMBERS)
    def suspend_or_reinstate(self, number: int) -> None:
        self.move(number)

    @rule(seconds=st.sampled_from([1, PHASE_SECONDS, PHASE_SECONDS + 1]))
    def wait(self, seconds: int) -> None:
        self.blacklist.chain.advance(seconds=seconds)

    @rule(number=NUMBERS, kind=KINDS, identifier_type=TYPES)
    def open(self, number: int, kind: int, identifier_type: int) -> None:
        self.begin(number, kind, identifier_type)

    @rule(
        number=NUMBERS,
        back=BACK,
        stray=st.sampled_from([0, 0, 0, 0, 1, -1, 9]),
        variant=st.sampled_from(
            ["honest", "honest", "honest", "contest", "other", "torn", "empty"]
        ),
    )
    def post(self, number: int, back: int, stray: int, variant: str) -> None:
        found = self.model.ceremonies.get(self.recent(back))
        phase = min(10, max(0, (found.phase if found else JOINING) + stray))
        self.say(number, self.recent(back), phase, variant)

    @rule(number=NUMBERS, back=BACK, phase=st.sampled_from(range(11)))
    def post_late(self, number: int, back: int, phase: int) -> None:
        """Post when a phase is over, in whatever phase."""
        self.blacklist.chain.advance(seconds=PHASE_SECONDS + 1)
        self.say(number, self.recent(back), phase, "honest")

    @rule(back=BACK, variant=st.sampled_from(["honest", "honest", "contest", "other", "torn"]))
    def everybody_posts(self, back: int, variant: str) -> None:
        self.say_all(self.recent(back), variant)

    @rule(back=BACK, times=st.sampled_from([2, 3, 4, 5, 6]))
    def go_on(self, back: int, times: int) -> None:
        for _ in range(times):
            self.say_all(self.recent(back), "honest")

    @rule(number=NUMBERS, kind=KINDS, identifier_type=TYPES)
    def open_and_run(self, number: int, kind: int, identifier_type: int) -> None:
        self.open(number, kind, identifier_type)
        self.run_to_the_end(self.recent(0))

    @rule(back=BACK)
    def close(self, back: int) -> None:
        ceremony = self.recent(back)
        self.both(lambda: self.model.close(ceremony, self.now), self.act(0, "close", ceremony))

    @rule(back=BACK)
    def close_when_it_is_over(self, back: int) -> None:
        self.blacklist.chain.advance(seconds=PHASE_SECONDS + 1)
        self.close(back)

    @rule(number=NUMBERS, kind=KINDS, variant=st.sampled_from(["honest", "other", "torn"]))
    def open_and_agree(self, number: int, kind: int, variant: str) -> None:
        """Bring a ceremony before its activation, with keys that may be of no use."""
        self.open(number, kind, 1)
        self.go_on(0, 5)
        self.everybody_posts(0, variant)
        self.activate(0, "honest")
        self.activate(0, variant)

    @rule(back=BACK, variant=st.sampled_from(["honest", "honest", "other", "torn"]))
    def activate(self, back: int, variant: str) -> None:
        self.end(self.recent(back), variant)

    @invariant()
    def ceremonies_stand_as_in_the_model(self) -> None:
        assert self.blacklist.read("ceremonyCount") == len(self.model.ceremonies)
        for number, expected in self.model.ceremonies.items():
            state = self.blacklist.ceremony(number)
            assert (state["phase"], state["phaseEnds"]) == (expected.phase, expected.ends)
            assert (state["kind"], state["threshold"]) == (expected.kind, expected.threshold)
            epochs = expected.key_epoch, expected.share_epoch
            assert (state["keyEpoch"], state["shareEpoch"]) == epochs
            assert state["eligible"] == len(expected.roster)
            assert state["presentNeeded"] == expected.needed
            assert state["joined"] == len(expected.present)
            assert state["dealers"] == len(expected.dealers)
            for index in range(1, MEMBERS + 1):
                phases = sum(
                    1 << phase for phase, posted in expected.posted.items() if index in posted
                )
                part = index in expected.roster, index in expected.old_dealers, phases
                assert self.blacklist.read("partOf", number, index) == part

    @invariant()
    def keys_are_those_of_the_model(self) -> None:
        for identifier_type in (1, 2):
            running = self.model.running(identifier_type)
            expected = running.number if running else 0
            assert self.blacklist.read("runningCeremony", identifier_type) == expected
            state = self.blacklist.read("keyState", identifier_type)
            key = self.model.keys.get(identifier_type)
            if key is None:
                assert not any(state["key"])
                continue
            assert state["key"] == key.key
            assert (state["keyEpoch"], state["shareEpoch"]) == (key.key_epoch, key.share_epoch)
            assert (state["threshold"], state["ceremony"]) == (key.threshold, key.ceremony)
            assert state["holders"] == len(key.shares)
        for place, share in self.model.share_keys.items():
            assert self.blacklist.read("shareKey", *place) == share

    @invariant()
    def a_type_has_one_running_ceremony_at_most(self) -> None:
        running = [
            each.identifier_type for each in self.model.ceremonies.values() if not each.ended
        ]
        assert len(running) == len(set(running))


TestCeremonyHistory = CeremonyHistory.TestCase
TestCeremonyHistory.settings = settings(
    max_examples=max(30, settings().max_examples // 2),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
