"""The life of one anchor as a pure state machine.

``Planned → Submitted → Included → Final``, with a reorg going back to ``Submitted`` and ``Refused`` for
people. ``advance(state, observation)`` returns the next state and the effects that the driver carries out
after the state is committed. Nothing here sends, waits, or knows the time.

* One anchor of a log is in flight at a time; the next is planned when it is final or refused.
* A transaction is signed and stored before it is sent. Sending the same bytes again is harmless, so an
  unknown outcome is answered by sending again, never by signing something new.
* A stuck transaction is replaced under the same nonce with a higher price: at most one can be mined.
* A nonce that the account used for something else frees the plan to start over. (That the something else
  was another copy of this node is noticed by fencing, before anything is signed.)
* ``Final`` is left by no observation. Everything else tolerates every observation.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, TypeAlias

STUCK_AFTER_BLOCKS: Final = 12
"""Blocks without inclusion after which the price is raised; below the ordinary jitter of a loaded pool."""
MAX_REPLACEMENTS: Final = 10
"""At 12.5 % each the price has more than tripled; a person should look before it goes on."""


class Phase(Enum):
    """Where an anchor stands."""

    PLANNED = "planned"
    SUBMITTED = "submitted"
    INCLUDED = "included"
    FINAL = "final"
    REFUSED = "refused"
    LOST = "lost"
    """Final once, on a chain that was then restored from an older copy; never driven again."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A signed transaction, stored before it is sent.

    Attributes:
        transaction: 32-byte transaction hash.
        nonce: account nonce.
        price: wei per gas; 0 on networks without fees.
        at_block: latest block when it was signed.
    """

    transaction: bytes
    nonce: int
    price: int
    at_block: int


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Where a transaction was mined.

    Attributes:
        transaction: 32-byte transaction hash.
        block_number: height.
        block_hash: 32 bytes, as the node names the block.
        succeeded: ``False`` when the contract reverted.
    """

    transaction: bytes
    block_number: int
    block_hash: bytes
    succeeded: bool


@dataclass(frozen=True, slots=True)
class AnchorState:
    """All that the machine remembers.

    Attributes:
        phase: where the anchor stands.
        attempts: signed transactions that are alive, oldest first, all under one nonce.
        inclusion: set in ``INCLUDED`` and ``FINAL``.
        reason: code of the refusal; only in ``REFUSED``.
    """

    phase: Phase = Phase.PLANNED
    attempts: tuple[Attempt, ...] = ()
    inclusion: Inclusion | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A transaction was signed and stored."""

    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Rejected:
    """The node refused the transaction for good; ``code`` says why."""

    code: str


@dataclass(frozen=True, slots=True)
class Mined:
    """One of the attempts stands in a canonical block."""

    inclusion: Inclusion


@dataclass(frozen=True, slots=True)
class Finalized:
    """The block of ``inclusion`` is final under the network's policy."""

    inclusion: Inclusion


@dataclass(frozen=True, slots=True)
class NotMined:
    """No attempt stands in a canonical block.

    Attributes:
        latest_block: height of the chain.
        account_nonce: the next nonce of the account at that height.
    """

    latest_block: int
    account_nonce: int


Observation: TypeAlias = Prepared | Rejected | Mined | Finalized | NotMined


@dataclass(frozen=True, slots=True)
class Sign:
    """Sign and store a fresh transaction, then observe ``Prepared``."""


@dataclass(frozen=True, slots=True)
class Replace:
    """Sign and store a transaction under ``nonce`` above ``price``, then observe ``Prepared``."""

    nonce: int
    price: int


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Send the stored bytes of ``transaction``, again if need be."""

    transaction: bytes


@dataclass(frozen=True, slots=True)
class Freeze:
    """Fetch, verify and store the chain proof of the final inclusion."""

    inclusion: Inclusion


@dataclass(frozen=True, slots=True)
class Alarm:
    """Tell people; ``code`` stands in the message catalogue."""

    code: str


Effect: TypeAlias = Sign | Replace | Broadcast | Freeze | Alarm


@dataclass(frozen=True, slots=True)
class Step:
    """The next state, and what to do once it is committed."""

    state: AnchorState
    effects: tuple[Effect, ...] = ()


def begin(state: AnchorState) -> Step:
    """Return what a driver that has just read ``state`` does before it observes anything."""
    if state.phase is Phase.PLANNED:
        return Step(state, (Sign(),))
    return Step(state)


def advance(state: AnchorState, observation: Observation) -> Step:
    """Return the step from ``state`` under ``observation``."""
    if state.phase is Phase.FINAL:
        return Step(state)
    match observation:
        case Prepared(attempt):
            return _prepared(state, attempt)
        case Rejected(code):
            refused = replace(state, phase=Phase.REFUSED, reason=code)
            return Step(refused, (Alarm(code),))
        case Mined(inclusion):
            return _mined(state, inclusion)
        case Finalized(inclusion):
            return _finalized(state, inclusion)
        case NotMined(latest_block, account_nonce):
            return _not_mined(state, latest_block, account_nonce)


def _prepared(state: AnchorState, attempt: Attempt) -> Step:
    alive = tuple(old for old in state.attempts if old.nonce == attempt.nonce)
    submitted = AnchorState(phase=Phase.SUBMITTED, attempts=(*alive, attempt))
    return Step(submitted, (Broadcast(attempt.transaction),))


def _mined(state: AnchorState, inclusion: Inclusion) -> Step:
    if not inclusion.succeeded:
        return _reverted(state)
    return Step(replace(state, phase=Phase.INCLUDED, inclusion=inclusion, reason=None))


def _finalized(state: AnchorState, inclusion: Inclusion) -> Step:
    if not inclusion.succeeded:
        return _reverted(state)
    final = replace(state, phase=Phase.FINAL, inclusion=inclusion, reason=None)
    return Step(final, (Freeze(inclusion),))


def _reverted(state: AnchorState) -> Step:
    """A revert is the contract's answer: nothing that is sent again would change it."""
    refused = replace(state, phase=Phase.REFUSED, inclusion=None, reason="anchor-reverted")
    return Step(refused, (Alarm("anchor-reverted"),))


def _not_mined(state: AnchorState, latest_block: int, account_nonce: int) -> Step:
    if state.phase is Phase.PLANNED or state.phase is Phase.REFUSED:
        return Step(state)
    reorged = state.phase is Phase.INCLUDED
    back = replace(state, phase=Phase.SUBMITTED, inclusion=None)
    alarms = (Alarm("anchor-reorged"),) if reorged else ()
    last = back.attempts[-1] if back.attempts else None
    if last is None or account_nonce > last.nonce:
        return Step(AnchorState(), (*alarms, Sign()))
    waited = latest_block - last.at_block
    if reorged or waited < STUCK_AFTER_BLOCKS:
        return Step(back, (*alarms, Broadcast(last.transaction)))
    if len(back.attempts) > MAX_REPLACEMENTS:
        return Step(back, (Alarm("anchor-stuck"), Broadcast(last.transaction)))
    return Step(back, (Replace(nonce=last.nonce, price=last.price),))
