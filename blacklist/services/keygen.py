"""Taking part in ceremonies: a round looks at the chain, says what is to be said, keeps what came of it.

* A round can be broken off anywhere: seeds are stored before anything is posted, sealed shares before their
  digest is, the final share before the seed is destroyed. The next round goes on.
* What the contract refuses (posted already, another phase by now) is no error of this member.
* A seed is destroyed when its ceremony has ended in a final block and the share, if there is one, is kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import Fill, Secret
from blacklist.domain.chronicle.events import CeremonyKind
from blacklist.domain.chronicle.keys import (
    DUAL_READ,
    CeremonyRecord,
    HeldKey,
    KeyState,
    is_over,
)
from blacklist.domain.keygen.envelopes import envelopes_digest, take_out
from blacklist.domain.keygen.holder import Holder
from blacklist.domain.keygen.judging import judge
from blacklist.domain.keygen.postings import CeremonyPhase, decode_deal
from blacklist.domain.keygen.shares import DealtShare
from blacklist.domain.keygen.steps import (
    Activate,
    Fetch,
    Kept,
    Post,
    Step,
    Wait,
    confirmed_share,
    missing_shares,
    next_step,
)
from blacklist.ports.colleagues import Colleagues
from blacklist.ports.contract import BlacklistContract
from blacklist.ports.share_keys import ShareKeys
from blacklist.services.following import Follower
from blacklist.services.holding import ShareHolding
from blacklist.store import ceremonies
from ledger.errors import (
    ConfigurationError,
    IntegrityError,
    LedgerError,
    MalformedError,
    RefusedError,
    UnavailableError,
)
from ledger.ports.clock import Clock
from ledger.store.transactions import Begin

SEED_BYTES: Final = 32


SEED_LOST: Final = frozenset({"share-key-missing", "share-damaged"})
"""Codes of a seed that will never open again."""
_USES_SHARE: Final = frozenset({CeremonyPhase.DEALING, CeremonyPhase.REVEALING})


@dataclass(frozen=True, slots=True)
class KeyAlarm:
    """What a person has to look at.

    Attributes:
        code: of the catalogue.
        identifiers: number of the identifier type whose key it is about.
    """

    code: str
    identifiers: int


@dataclass(frozen=True, slots=True)
class KeygenRound:
    """What a round did.

    Attributes:
        steps: what was posted, fetched or put into force, as words of the catalogue.
        alarms: what a person has to look at.
    """

    steps: tuple[str, ...] = ()
    alarms: tuple[KeyAlarm, ...] = ()


@dataclass
class _Told:
    """What a round tells, as it goes on."""

    steps: list[str] = field(default_factory=list)
    alarms: list[KeyAlarm] = field(default_factory=list)

    def alarm(self, record: CeremonyRecord, code: str) -> None:
        """Tell people of something about a ceremony's key."""
        self.alarms.append(KeyAlarm(code, record.opened.identifiers))


@dataclass(frozen=True, slots=True)
class KeygenService:
    """Takes part in ceremonies for one member.

    Attributes:
        begin: opens a write transaction.
        member: 32-byte id.
        contract: on chain.
        follower: of its events.
        share_keys: seal seeds.
        holding: this member's shares.
        colleagues: the other holders.
        clock: this machine's.
        fill: random bytes.
        dual_read: how long the key before the one in force stays readable.
    """

    begin: Begin
    member: bytes
    contract: BlacklistContract
    follower: Follower
    share_keys: ShareKeys
    holding: ShareHolding
    colleagues: Colleagues
    clock: Clock
    fill: Fill
    dual_read: timedelta = DUAL_READ

    def run(self) -> KeygenRound:
        """Do one round for every ceremony.

        Raises:
            UnavailableError: the chain does not answer.
        """
        state = self.follower.refresh()
        index = state.index_of(self.member)
        told = _Told()
        if index is not None:
            for number in state.running():
                self._advance(state, number, index, told)
            self._settle(state, index, told)
        return KeygenRound(tuple(told.steps), tuple(told.alarms))

    def envelopes(self, ceremony: int, dealer: int) -> Mapping[int, bytes]:
        """Return a dealer's sealed shares as far as they are here; for colleagues."""
        with self.begin() as connection:
            return ceremonies.envelopes(connection, ceremony, dealer)

    def _advance(self, state: KeyState, number: int, index: int, told: _Told) -> None:
        record = state.ceremonies[number]
        now, lasts = self.clock.now(), timedelta(seconds=self.contract.phase_seconds())
        over = is_over(record, now, lasts)
        holder = self._holder_or_alarm(state, number, index, told)
        if holder is None:
            step: Step = Wait()
        else:
            share = self._present_share(state, record, index, told)
            patient = now < record.phase_began + lasts / 2
            kept = Kept(share, self._received(holder, record), patient)
            step = next_step(record, holder, kept)
        if over and not isinstance(step, Activate):
            # Keys that were attested are put into force rather than given up.
            self._try(lambda: self.contract.close(number), told, "keygen-closed")
            return
        if holder is not None:
            self._carry_out(state, record, holder, step, told)

    def _carry_out(
        self, state: KeyState, record: CeremonyRecord, holder: Holder, step: Step, told: _Told
    ) -> None:
        number = record.opened.ceremony
        match step:
            case Post():
                self._post(record, holder, step, told)
            case Fetch():
                self._fetch(state, record, holder, step.dealers, told)
            case Activate():
                self._try(
                    lambda: self.contract.activate(number, step.keys), told, "keygen-activated"
                )
            case Wait() if step.why:
                told.alarm(record, step.why)
            case Wait():
                pass

    def _holder_or_alarm(
        self, state: KeyState, number: int, index: int, told: _Told
    ) -> Holder | None:
        """Return this member's part; a seed that cannot be opened takes it out of this ceremony only."""
        try:
            return self._holder(state, number, index)
        except (ConfigurationError, IntegrityError) as error:
            told.alarm(state.ceremonies[number], error.code)
            return None

    def _holder(self, state: KeyState, number: int, index: int) -> Holder | None:
        """Return this member's part; a seed is made when it joins, or deals to others."""
        with self.begin() as connection:
            sealed = ceremonies.seed(connection, number)
        if sealed is not None:
            seed = self.share_keys.open(_seed_name(number), sealed)
            return Holder(index, state.terms_of(number), seed)
        record = state.ceremonies[number]
        joining = record.phase is CeremonyPhase.JOINING and self._may_join(state, record)
        terms = state.terms_of(number)
        dealing = terms.dealers is not None and index in terms.dealers.share_keys
        if not joining and not dealing:
            return None
        seed = Secret(SEED_BYTES)
        self.fill(seed)
        sealed = self.share_keys.seal(_seed_name(number), seed)
        with self.begin() as connection:
            ceremonies.put_seed(connection, number, sealed)
        return Holder(index, terms, seed)

    def _may_join(self, state: KeyState, record: CeremonyRecord) -> bool:
        """Tell whether this member joins: a refresh by itself, a new key when there is none or people agreed.

        Joining is consent: a new key makes every entry under the old one be listed anew.
        """
        opened = record.opened
        if opened.kind is CeremonyKind.RESHARING or opened.identifiers not in state.keys:
            return True
        with self.begin() as connection:
            return ceremonies.has_agreed(connection, opened.identifiers, opened.key_epoch)

    def _present_share(
        self, state: KeyState, record: CeremonyRecord, index: int, told: _Told
    ) -> Scalar | None:
        """Return the share that is to be dealt anew, if it is needed and can be opened."""
        is_needed = record.phase in _USES_SHARE and not record.has_posted(index)
        if record.opened.kind is CeremonyKind.GENERATION or not is_needed:
            return None
        held = state.keys[record.opened.identifiers]
        try:
            return self.holding.open(held, index)
        except LedgerError as error:
            told.alarm(record, error.code)
            return None

    def _received(self, holder: Holder, record: CeremonyRecord) -> dict[int, DealtShare]:
        """Return the shares that came and can be opened; own ones among them."""
        if CeremonyPhase.DEALING not in record.postings:
            return {}
        with self.begin() as connection:
            boxes = ceremonies.to_receiver(connection, holder.terms.ceremony, holder.index)
        found: dict[int, DealtShare] = {}
        with holder.receiver_key as key:
            for dealer, box in boxes.items():
                share = take_out(box, key)
                if share is not None:
                    found[dealer] = share
        return found

    def _post(self, record: CeremonyRecord, holder: Holder, step: Post, told: _Told) -> None:
        number, phase = record.opened.ceremony, record.phase
        if phase is None:
            return
        data = step.data
        if step.envelopes is not None:
            data = self._kept_deal(number, holder, step)
        self._try(
            lambda: self.contract.post(number, phase, data), told, f"keygen-{phase.name.lower()}"
        )

    def _kept_deal(self, number: int, holder: Holder, step: Post) -> bytes:
        """Keep the sealed shares and return the deal; sealing is not repeatable, so what was kept counts."""
        assert step.envelopes is not None  # noqa: S101 - its caller looked
        with self.begin() as connection:
            kept = ceremonies.envelopes(connection, number, holder.index)
            if not kept:
                kept = dict(step.envelopes)
                ceremonies.put_envelopes(connection, number, holder.index, kept)
        digest = envelopes_digest(number, holder.index, kept)
        return step.data[: -len(digest)] + digest

    def _fetch(
        self,
        state: KeyState,
        record: CeremonyRecord,
        holder: Holder,
        dealers: tuple[int, ...],
        told: _Told,
    ) -> None:
        for dealer in dealers:
            asked = [
                dealer,
                *(each for each in record.joined() if each not in (dealer, holder.index)),
            ]
            for other in asked:
                if self._fetch_from(state, record, holder, dealer, other):
                    told.steps.append("keygen-fetched")
                    break

    def _fetch_from(
        self, state: KeyState, record: CeremonyRecord, holder: Holder, dealer: int, other: int
    ) -> bool:
        number = record.opened.ceremony
        posted = record.postings[CeremonyPhase.DEALING][dealer]
        try:
            expected = decode_deal(posted, record.opened.threshold).envelopes
            found = self.colleagues.envelopes(state.members[other], number, dealer)
        except (UnavailableError, RefusedError, MalformedError):
            return False
        if envelopes_digest(number, dealer, found) != expected or holder.index not in found:
            return False
        with self.begin() as connection:
            ceremonies.put_envelopes(connection, number, dealer, found)
        return True

    def _settle(self, state: KeyState, index: int, told: _Told) -> None:
        """Keep the shares of ceremonies that ended, then forget their seeds, and older shares."""
        with self.begin() as connection:
            seeds = ceremonies.seeds(connection)
        for number in seeds:
            record = state.ceremonies.get(number)
            if record is None or record.phase is not None:
                continue
            try:
                self._keep_share(state, record, index, told)
            except (ConfigurationError, IntegrityError) as error:
                told.alarm(record, error.code)
                if error.code not in SEED_LOST:
                    continue
            self.share_keys.destroy(_seed_name(number))
            with self.begin() as connection:
                ceremonies.forget_seed(connection, number)
            told.steps.append("keygen-settled")
        # Whoever was away still finds its sealed shares here, until the next epoch.
        readable = {
            identifiers: state.readable(identifiers, self.clock.now(), self.dual_read)
            for identifiers in state.keys
        }
        made = (held.ceremony for keys in readable.values() for held in keys)
        keeping = {*state.running(), *made}
        with self.begin() as connection:
            ceremonies.forget_envelopes(connection, keeping)
        for identifiers, keys in readable.items():
            self.holding.keep_only(identifiers, keys)

    def _keep_share(self, state: KeyState, record: CeremonyRecord, index: int, told: _Told) -> None:
        """Keep the share that a ceremony left this member with, if it did.

        Raises:
            ConfigurationError: the seed cannot be opened.
            IntegrityError: neither can it be opened, or the share cannot be confirmed yet.
        """
        number = record.opened.ceremony
        readable = state.readable(record.opened.identifiers, self.clock.now(), self.dual_read)
        held = next((each for each in readable if each.ceremony == number), None)
        if held is None or index not in held.keys.share_keys:
            return
        with self.begin() as connection:
            sealed = ceremonies.seed(connection, number)
        if sealed is None:
            return
        holder = Holder(
            index, state.terms_of(number), self.share_keys.open(_seed_name(number), sealed)
        )
        received = self._received(holder, record)
        self._fetch(state, record, holder, missing_shares(record, holder, received), told)
        with self._confirmed(record, holder, held) as share:
            self.holding.put(held, share)

    def _confirmed(self, record: CeremonyRecord, holder: Holder, held: HeldKey) -> Scalar:
        outcome = judge(holder.terms, record.judged)
        if outcome.keys != held.keys:
            raise IntegrityError("ceremony-judged-otherwise", ceremony=held.ceremony)
        return confirmed_share(record, holder, outcome, self._received(holder, record))

    def _try(self, call: Callable[[], None], told: _Told, word: str) -> None:
        """Call the contract; what it refuses somebody else was faster with, or the phase is over."""
        try:
            call()
        except RefusedError:
            return
        told.steps.append(word)


def _seed_name(ceremony: int) -> str:
    return f"ceremony-{ceremony}"
