"""What a holder does next in a ceremony: one step, from what the chain says and what the holder keeps.

The driver carries a step out and asks again when the chain has moved. Nothing is said twice: what was posted
is seen in the events, and what is posted again the contract refuses.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from blacklist.curve.scalars import Scalar
from blacklist.domain.chronicle.keys import CeremonyRecord
from blacklist.domain.keygen.ceremony import Outcome
from blacklist.domain.keygen.dealing_round import dealers_of, read_deals
from blacklist.domain.keygen.holder import Holder
from blacklist.domain.keygen.judging import judge
from blacklist.domain.keygen.postings import CeremonyPhase
from blacklist.domain.keygen.shares import DealtShare
from ledger.errors import IntegrityError


@dataclass(frozen=True, slots=True)
class Post:
    """Post in the open phase; sealed shares, if any, are kept first, since the posting names their digest."""

    data: bytes
    envelopes: Mapping[int, bytes] | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """Fetch the sealed shares of these dealers."""

    dealers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Activate:
    """Put the attested keys into force."""

    keys: bytes


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do until the chain moves; ``why`` is a code where a person should know."""

    why: str = ""


Step: TypeAlias = Post | Fetch | Activate | Wait


@dataclass(frozen=True, slots=True)
class Kept:
    """What a holder keeps of a ceremony beside its seed.

    Attributes:
        share: its share of the key that is dealt anew; ``None`` when it holds none.
        received: shares that came and could be opened, by dealer.
        patient: whether there is still time to wait for shares that did not come.
    """

    share: Scalar | None
    received: Mapping[int, DealtShare]
    patient: bool


def next_step(record: CeremonyRecord, holder: Holder, kept: Kept) -> Step:
    """Return the next step of ``holder`` in a running ceremony."""
    phase = record.phase
    if phase is None:
        return Wait()
    if phase is CeremonyPhase.ATTESTING:
        return _attest(record, holder, kept)
    if record.has_posted(holder.index) or not _has_part(record, holder, phase, kept):
        return Wait()
    return _say(record, holder, phase, kept)


def _has_part(record: CeremonyRecord, holder: Holder, phase: CeremonyPhase, kept: Kept) -> bool:
    if phase is CeremonyPhase.JOINING:
        return True
    if phase in {CeremonyPhase.DEALING, CeremonyPhase.REVEALING} and holder.terms.dealers:
        return kept.share is not None and holder.index in holder.terms.dealers.share_keys
    return holder.index in record.joined()


def _say(record: CeremonyRecord, holder: Holder, phase: CeremonyPhase, kept: Kept) -> Step:
    if phase is CeremonyPhase.DEALING:
        data, envelopes = holder.deal(record.closed, holder.dealing(kept.share))
        return Post(data, envelopes)
    if phase is CeremonyPhase.COMPLAINING and kept.patient:
        missing = missing_shares(record, holder, kept.received)
        if missing:
            return Fetch(missing)
    return Post(_words(record, holder, phase, kept))


def _words(record: CeremonyRecord, holder: Holder, phase: CeremonyPhase, kept: Kept) -> bytes:
    said: Mapping[CeremonyPhase, Callable[[], bytes]] = {
        CeremonyPhase.JOINING: holder.joining,
        CeremonyPhase.COMPLAINING: lambda: holder.complaints(record.closed, kept.received),
        CeremonyPhase.REVEALING: lambda: holder.revealing(
            record.closed, holder.dealing(kept.share)
        ),
        CeremonyPhase.OPENING: lambda: holder.opening(holder.dealing()),
        CeremonyPhase.ACCUSING: lambda: holder.accusations(record.closed, kept.received),
        CeremonyPhase.RECONSTRUCTING: lambda: holder.reconstruction(record.closed, kept.received),
    }
    return said[phase]()


def missing_shares(
    record: CeremonyRecord, holder: Holder, received: Mapping[int, DealtShare]
) -> tuple[int, ...]:
    """Return the dealers that dealt and whose share did not come."""
    dealers = dealers_of(holder.terms, record.closed)
    deals, _ = read_deals(record.closed, dealers, holder.terms.threshold)
    return tuple(dealer for dealer in deals if dealer not in received)


def _attest(record: CeremonyRecord, holder: Holder, kept: Kept) -> Step:
    """Attest a result whose share is confirmed, and put it into force when enough others found the same."""
    if holder.index not in record.joined():
        return Wait()
    outcome = judge(holder.terms, record.closed)
    if outcome.keys is None:
        return Wait(str(outcome.failure))
    digest = outcome.keys.digest(holder.terms.ceremony)
    said = record.postings.get(CeremonyPhase.ATTESTING, {})
    if sum(each == digest for each in said.values()) >= _needed(record):
        return Activate(outcome.keys.encode())
    if record.has_posted(holder.index):
        return Wait()
    try:
        confirmed_share(record, holder, outcome, kept.received).wipe()
    except IntegrityError as error:
        return Wait(error.code)
    return Post(digest)


def confirmed_share(
    record: CeremonyRecord,
    holder: Holder,
    outcome: Outcome,
    received: Mapping[int, DealtShare],
) -> Scalar:
    """Return the share that the ceremony leaves ``holder`` with.

    Raises:
        IntegrityError: see ``Holder.final_share``.
    """
    return holder.final_share(record.judged, outcome, received)


def _needed(record: CeremonyRecord) -> int:
    """Return how many equal attestations the contract asks for: one more than the threshold if there are."""
    threshold = record.opened.threshold
    return threshold + 1 if len(record.joined()) > threshold else threshold
