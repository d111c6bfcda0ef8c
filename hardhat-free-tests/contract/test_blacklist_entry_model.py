"""Random histories of entries against the plain model: same refusals and same state at every step."""

from contract.blacklist import GENERATION, ID_NUMBER, RESHARING, word_of
from contract.blacklist_entries import (
    DAY,
    DECIDED_CORRECTED,
    DISPUTE_PAUSE,
    DISPUTE_TERM,
    MAX_TERM,
    NO_DIGEST,
    NO_STANDING,
    REASONS,
    STATEMENT,
    digest_of,
    entry_key,
    id_of,
    listing,
    renewal,
    signature_of,
)
from contract.blacklist_history import MEMBERS, NUMBERS, BlacklistHistory
from contract.consortium import member_id
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

NAMES = [(reporter, name) for reporter in (0, 1) for name in "abcdef"]
PICKS = st.sampled_from(range(12))
OTHER = st.sampled_from([0, 0, 0, 0, 0, 1])
EXPIRIES = st.sampled_from(
    [400 * DAY, 800 * DAY, 1200 * DAY, MAX_TERM, 30 * DAY, 1, 0, -1, MAX_TERM + 1]
)
WAITS = [1, DAY, DISPUTE_TERM, DISPUTE_TERM + 1, DISPUTE_PAUSE - 1, DISPUTE_PAUSE]


class EntryHistory(BlacklistHistory):
    @initialize()
    def found(self) -> None:
        self.start(MEMBERS)
        self.new_epoch(GENERATION)
        for names in (NAMES[0], NAMES[1], NAMES[2], NAMES[6]):
            self.list(*names, 0, 1200 * DAY)

    def pick(self, pick: int) -> tuple[int, str]:
        """Return an entry that was listed, or any at all in one case of six."""
        known = [names for names in NAMES if id_of(*names) in self.model.entries]
        return NAMES[pick % len(NAMES)] if pick > 9 or not known else known[pick % len(known)]

    @rule(kind=st.sampled_from([GENERATION, RESHARING]))
    def new_epoch(self, kind: int) -> None:
        self.begin(min(self.model.active), kind, ID_NUMBER)
        self.run_to_the_end(len(self.model.ceremonies))

    @rule(number=NUMBERS)
    def suspend_or_reinstate(self, number: int) -> None:
        self.move(number)

    @rule(seconds=st.sampled_from(WAITS))
    def wait(self, seconds: int) -> None:
        self.blacklist.chain.advance(seconds=seconds)

    @rule(
        names=st.sampled_from(NAMES),
        stray=st.sampled_from([0, 0, 0, 0, 1, -1]),
        ahead=EXPIRIES,
    )
    def list_one(self, names: tuple[int, str], stray: int, ahead: int) -> None:
        self.list(*names, stray, ahead)

    def list(self, reporter: int, name: str, stray: int, ahead: int) -> None:
        key = self.model.keys.get(ID_NUMBER)
        epoch, expires = max(0, (key.key_epoch if key else 0) + stray), self.now + ahead
        self.both(
            lambda: self.model.list(
                reporter,
                id_of(reporter, name),
                identifier_type=ID_NUMBER,
                key_epoch=epoch,
                expires_at=expires,
                facts=word_of("facts", name),
                now=self.now,
            ),
            self.act(reporter, "list", [listing(name, keyEpoch=epoch, expiresAt=expires)]),
        )

    @rule(
        pick=PICKS,
        into=st.sampled_from("abcdef"),
        other=OTHER,
        stray=st.sampled_from([0, 0, 0, 0, 1, -1]),
        same=st.sampled_from([True, True, True, False]),
    )
    def renew(self, pick: int, into: str, other: int, stray: int, same: bool) -> None:
        reporter, name = self.pick(pick)
        number, old = (reporter + other) % MEMBERS, id_of(reporter, name)
        known, key = self.model.entries.get(old), self.model.keys.get(ID_NUMBER)
        epoch = max(0, (key.key_epoch if key else 0) + stray)
        facts = known.facts if known and same else word_of("other facts")
        self.both(
            lambda: self.model.renew(
                number, old, id_of(number, into), facts=facts, key_epoch=epoch, now=self.now
            ),
            self.act(number, "renew", [renewal(old, into, facts, epoch)]),
        )

    @rule(pick=PICKS, into=st.sampled_from("abcdef"))
    def replace_the_key_and_renew(self, pick: int, into: str) -> None:
        self.new_epoch(GENERATION)
        self.renew(pick, into, 0, 0, same=True)

    @rule(pick=PICKS, number=NUMBERS, signed=st.sampled_from([True, True, True, False]))
    def corroborate(self, pick: int, number: int, signed: bool) -> None:
        reporter, name = self.pick(pick)
        entry = id_of(reporter, name)
        key = entry_key(name if signed else "another")
        signature = signature_of(digest_of(self.blacklist, entry, number, self.now), key)
        self.both(
            lambda: self.model.corroborate(number, entry, self.now, signed=signed),
            self.act(number, "corroborate", entry, self.now, *signature),
        )

    @rule(pick=PICKS, number=NUMBERS)
    def dispute(self, pick: int, number: int) -> None:
        entry = id_of(*self.pick(pick))
        self.both(
            lambda: self.model.dispute(number, entry, self.now),
            self.act(number, "dispute", entry, STATEMENT),
        )

    @rule(
        pick=PICKS,
        other=OTHER,
        decision=st.sampled_from([1, 1, 1, 2, 2, 3, 0]),
        fits=st.sampled_from([True, True, True, False]),
        ahead=EXPIRIES,
    )
    def decide(self, pick: int, other: int, decision: int, fits: bool, ahead: int) -> None:
        names = self.pick(pick)
        number, entry = (names[0] + other) % MEMBERS, id_of(*names)
        with_facts = (decision == DECIDED_CORRECTED) == fits
        facts = word_of("facts", ahead) if with_facts else NO_DIGEST
        expires = self.now + ahead if with_facts else 0
        self.both(
            lambda: self.model.decide(number, entry, decision, facts, expires, self.now),
            self.act(number, "decide", entry, decision, REASONS, facts, expires),
        )

    @rule(pick=PICKS, number=NUMBERS, wait=st.sampled_from(WAITS), decision=st.sampled_from([1, 2]))
    def dispute_and_decide(self, pick: int, number: int, wait: int, decision: int) -> None:
        self.dispute(pick, number)
        self.wait(wait)
        self.decide(pick, 0, decision, fits=True, ahead=400 * DAY)

    @rule(pick=PICKS, other=OTHER, ahead=EXPIRIES)
    def correct(self, pick: int, other: int, ahead: int) -> None:
        names = self.pick(pick)
        number, entry = (names[0] + other) % MEMBERS, id_of(*names)
        facts, expires = word_of("facts", ahead), self.now + ahead
        self.both(
            lambda: self.model.correct(number, entry, facts, expires, self.now),
            self.act(number, "correct", entry, facts, expires),
        )

    @rule(pick=PICKS, other=OTHER, sure=st.sampled_from([False, False, True]))
    def withdraw(self, pick: int, other: int, sure: bool) -> None:
        if not sure:
            return  # a history in which all is withdrawn says little
        names = self.pick(pick)
        number, entry = (names[0] + other) % MEMBERS, id_of(*names)
        self.both(
            lambda: self.model.withdraw(number, entry),
            self.act(number, "withdraw", entry, REASONS),
        )

    @invariant()
    def entries_stand_as_in_the_model(self) -> None:
        for names in NAMES:
            entry = id_of(*names)
            expected = self.model.entries.get(entry)
            standing = self.blacklist.read("standing", entry)
            if expected is None:
                assert standing == NO_STANDING
                continue
            assert standing == expected.standing(self.now)
            stored = self.blacklist.read("entry", entry)
            assert stored["reporter"] == member_id(expected.reporter)
            assert (stored["keyEpoch"], stored["listedAt"]) == (
                expected.key_epoch,
                expected.listed_at,
            )
            assert (stored["facts"], stored["expiresAt"]) == (expected.facts, expected.expires_at)
            assert stored["disputedAt"] == (expected.disputed_at or 0)
            assert (stored["corrected"], stored["withdrawn"]) == (
                expected.corrected,
                expected.withdrawn,
            )
            assert stored["corroborations"] == len(expected.corroborators)
            for number in range(MEMBERS):
                vouched = self.blacklist.read("hasCorroborated", entry, member_id(number))
                assert vouched == (number in expected.corroborators)

    @invariant()
    def no_entry_counts_beyond_the_term_of_its_listing(self) -> None:
        for entry in self.model.entries.values():
            assert entry.expires_at <= entry.listed_at + MAX_TERM


TestEntryHistory = EntryHistory.TestCase
TestEntryHistory.settings = settings(
    max_examples=max(20, settings().max_examples // 2),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
