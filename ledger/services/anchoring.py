"""Anchoring: drives the life cycle of ``evidence.anchoring`` against the chain, one tick at a time.

A tick reads the state, observes the chain, commits the next state, and only then carries out the effects.
Whatever crashes in between, the next tick finds a committed state and goes on from there: signed bytes are
stored before they are sent, and sending them again is harmless. So nothing is anchored twice, and nothing
that was acknowledged is forgotten.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ledger.errors import IntegrityError, RefusedError
from ledger.evidence.anchoring import (
    Alarm,
    AnchorState,
    Attempt,
    Broadcast,
    Effect,
    Finalized,
    Freeze,
    Inclusion,
    Mined,
    NotMined,
    Observation,
    Phase,
    Prepared,
    Rejected,
    Replace,
    Sign,
    Step,
    advance,
    begin,
)
from ledger.evidence.instants import format_instant
from ledger.evidence.log import LogIdentity
from ledger.ports.chain import AnchorCall, Chain, ChainProof, SignedTransaction
from ledger.ports.clock import Clock
from ledger.services import proving
from ledger.services.sequencing import current_log
from ledger.store import anchors, logs
from ledger.store.anchors import AnchorRow
from ledger.store.transactions import Begin

MAX_STEPS: Final = 8
"""Observations a tick: sign, send, mined, final fit; more would mean that the chain contradicts itself."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a tick found and did.

    Attributes:
        phase: of the anchor that was worked on; ``None`` when there was nothing to anchor.
        size: its size.
        frozen: whether its chain proof was verified and stored in this tick.
        alarms: codes that people have to look at.
    """

    phase: Phase | None
    size: int
    frozen: bool
    alarms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Anchorer:
    """Anchors checkpoints and freezes their proofs.

    Attributes:
        begin: opens a write transaction.
        chain: the chain.
        clock: this machine's time.
        verify_proof: runs the shipped verifier on a fresh chain proof; raises when it is not convinced.
    """

    begin: Begin
    chain: Chain
    clock: Clock
    verify_proof: Callable[[LogIdentity, AnchorRow, ChainProof], None]

    def tick(self) -> Progress:
        """Do everything that can be done now, without waiting for a block.

        Raises:
            UnavailableError: the chain does not answer; the next tick goes on from the same state.
        """
        row = self._in_flight() or self._plan()
        if row is None:
            return Progress(None, 0, frozen=self._freeze_all(), alarms=())
        state, alarms = self._drive(row)
        return Progress(state.phase, row.size, frozen=self._freeze_all(), alarms=alarms)

    def retry_refused(self) -> bool:
        """Plan the newest refused anchor again, after people removed the reason; ``False`` for none."""
        with self.begin() as connection:
            generation = current_log(connection).identity.generation
            row = anchors.newest_refused(connection, generation)
            if row is not None:
                anchors.set_state(connection, row.anchor_id, AnchorState())
            return row is not None

    def _in_flight(self) -> AnchorRow | None:
        with self.begin() as connection:
            return anchors.in_flight(connection, current_log(connection).identity.generation)

    def _plan(self) -> AnchorRow | None:
        """Plan an anchor of the newest checkpoint, unless it is anchored or was refused."""
        with self.begin() as connection:
            generation = current_log(connection).identity.generation
            checkpoint = logs.latest_checkpoint(connection, generation)
            newest = anchors.newest(connection, generation)
            anchored = newest.size if newest else 0
            if checkpoint is None or checkpoint.size <= anchored:
                return None
            refused = anchors.newest_refused(connection, generation)
            if refused is not None and refused.size > anchored:
                return None
            return anchors.plan(
                connection,
                generation=generation,
                size=checkpoint.size,
                root=checkpoint.root,
                previous_size=anchored,
                planned_at=format_instant(self.clock.now()),
            )

    def _drive(self, row: AnchorRow) -> tuple[AnchorState, tuple[str, ...]]:
        alarms: list[str] = []
        step = self._resume(row)
        for _ in range(MAX_STEPS):
            observation: Observation | None = None
            for effect in step.effects:
                observation = self._carry_out(row, effect, alarms) or observation
            if observation is None:
                observation = self._observe(row, step.state)
            following = advance(step.state, observation)
            if following.state == step.state and following.effects == step.effects:
                break
            self._commit(row, following.state)
            step = following
            if step.state.phase in (Phase.FINAL, Phase.REFUSED):
                alarms.extend(e.code for e in step.effects if isinstance(e, Alarm))
                break
        return step.state, tuple(dict.fromkeys(alarms))

    def _resume(self, row: AnchorRow) -> Step:
        """Return the first step; a plan that was mined after all is never signed a second time.

        A reorganisation, or a retry after a refusal, makes the state forget attempts that may still be mined.
        """
        if (
            row.state.phase is Phase.PLANNED
            and (mined := self._find_forgotten(row, ())) is not None
        ):
            step = advance(row.state, Mined(mined))
            self._commit(row, step.state)
            return step
        return begin(row.state)

    def _find_forgotten(self, row: AnchorRow, known: tuple[bytes, ...]) -> Inclusion | None:
        """Return where a stored transaction of this anchor succeeded that its state no longer names."""
        with self.begin() as connection:
            stored = anchors.transactions_of(connection, row.anchor_id)
        for transaction in stored:
            found = None if transaction in known else self.chain.find([transaction])
            if found is not None and found.succeeded:
                return found
        return None

    def _commit(self, row: AnchorRow, state: AnchorState) -> None:
        with self.begin() as connection:
            anchors.set_state(connection, row.anchor_id, state)

    def _observe(self, row: AnchorRow, state: AnchorState) -> Observation:
        """Ask the chain where the attempts stand."""
        latest = self.chain.latest()
        nonce = self.chain.next_nonce()
        known = tuple(attempt.transaction for attempt in state.attempts)
        inclusion = self.chain.find(known) or self._find_forgotten(row, known)
        if inclusion is None:
            return NotMined(latest_block=latest.number, account_nonce=nonce)
        final = self.chain.final()
        if final is not None and inclusion.block_number <= final.number:
            return Finalized(inclusion)
        return Mined(inclusion)

    def _carry_out(self, row: AnchorRow, effect: Effect, alarms: list[str]) -> Observation | None:
        match effect:
            case Sign():
                return self._sign(row, nonce=None, above=None)
            case Replace(nonce, price):
                return self._sign(row, nonce=nonce, above=price)
            case Broadcast(transaction):
                self._fill_gap(transaction)
                return self._broadcast(transaction)
            case Alarm(code):
                alarms.append(code)
                return None
            case Freeze():
                return None

    def _sign(self, row: AnchorRow, *, nonce: int | None, above: int | None) -> Observation:
        call = self._call(row)
        try:
            signed = self.chain.sign_anchor(call, nonce=nonce, above_price=above)
        except RefusedError as error:
            return Rejected(error.code)
        self._store(row, signed)
        return Prepared(
            Attempt(signed.transaction, signed.nonce, signed.price, at_block=signed.at_block)
        )

    def _call(self, row: AnchorRow) -> AnchorCall:
        path: tuple[bytes, ...] = ()
        if row.previous_size:
            with self.begin() as connection:
                proof = proving.consistency(
                    connection, row.generation, old=row.previous_size, new=row.size
                )
            path = proof.path
        return AnchorCall(row.generation, row.size, row.root, path)

    def _store(self, row: AnchorRow, signed: SignedTransaction) -> None:
        with self.begin() as connection:
            if anchors.raw_transaction(connection, signed.transaction) is None:
                anchors.store_transaction(
                    connection,
                    signed,
                    purpose="anchor",
                    anchor_id=row.anchor_id,
                    stored_at=format_instant(self.clock.now()),
                )

    def _fill_gap(self, transaction: bytes) -> None:
        """Send again what a reorganisation took from below this nonce: this one would wait for ever."""
        first = self.chain.next_nonce()
        with self.begin() as connection:
            nonce = anchors.nonce_of(connection, transaction)
            below = anchors.raw_between(connection, first, nonce) if nonce is not None else []
        for raw in below:
            self.chain.broadcast(raw)

    def _broadcast(self, transaction: bytes) -> Observation | None:
        with self.begin() as connection:
            raw = anchors.raw_transaction(connection, transaction)
        if raw is None:
            raise IntegrityError("transaction-missing", transaction=transaction.hex())
        try:
            self.chain.broadcast(raw)
        except RefusedError as error:
            return Rejected(error.code)
        return None

    def _freeze_all(self) -> bool:
        """Fetch, verify and store the proofs of final anchors; also those that a crash left out."""
        with self.begin() as connection:
            log = current_log(connection).identity
            rows = anchors.unfrozen(connection, log.generation)
        for row in rows:
            self._freeze(log, row)
        return bool(rows)

    def _freeze(self, log: LogIdentity, row: AnchorRow) -> None:
        inclusion = row.state.inclusion
        if inclusion is None:
            raise IntegrityError("anchor-without-inclusion", size=row.size)
        proof = self.chain.freeze(inclusion, member=log.member, generation=log.generation)
        self.verify_proof(log, row, proof)
        with self.begin() as connection:
            final_at = format_instant(self.clock.now())
            anchors.set_proof(connection, row.anchor_id, proof, final_at=final_at)
