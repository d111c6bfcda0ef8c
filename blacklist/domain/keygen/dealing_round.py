"""The part that generation and resharing share: deals, complaints about them, and shares revealed in answer.

A dealer is dropped when its deal is missing or malformed, when more receivers complain than attackers
can be, or when it does not reveal a share that was complained about, or reveals one that does not fit.
Complaints about a dealer that is dropped anyway need no judgement.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from blacklist.domain.keygen.ceremony import Fault, FaultKind, Terms
from blacklist.domain.keygen.postings import (
    CEREMONY_KEY_BYTES,
    CeremonyPhase,
    Deal,
    Postings,
    decode_deal,
    decode_indices,
    decode_shares,
)
from blacklist.domain.keygen.shares import DealtShare
from ledger.errors import MalformedError

_NO_KEY: Final = bytes(CEREMONY_KEY_BYTES)


@dataclass(frozen=True, slots=True)
class Dealt:
    """What the first four phases came to.

    Attributes:
        deals: of the dealers that were not dropped, by index.
        revealed: shares that stand in the clear, by dealer and receiver; all fit.
        faults: of whom and what.
    """

    deals: Mapping[int, Deal]
    revealed: Mapping[int, Mapping[int, DealtShare]]
    faults: tuple[Fault, ...]


def present(postings: Postings, holders: Sequence[int]) -> tuple[int, ...]:
    """Return the indices of who joined with a usable key, ascending."""
    joined = postings.get(CeremonyPhase.JOINING, {})
    return tuple(
        index
        for index in sorted(holders)
        if len(joined.get(index, b"")) == CEREMONY_KEY_BYTES and joined[index] != _NO_KEY
    )


def dealers_of(terms: Terms, postings: Postings) -> tuple[int, ...]:
    """Return who has to deal: all that are present when a key is generated, else who holds it."""
    if terms.dealers is None:
        return present(postings, terms.holders)
    return tuple(sorted(terms.dealers.share_keys))


def fits_under(terms: Terms) -> Callable[[DealtShare, Deal, int], bool]:
    """Return the rule by which a share fits a deal at a receiver's index."""
    return _fits_hidden if terms.dealers is None else _fits_open


def judge_deals(terms: Terms, postings: Postings) -> Dealt:
    """Judge all deals, as far as the phases are closed."""
    deals, faults = read_deals(postings, dealers_of(terms, postings), terms.threshold)
    complaints, malformed = read_complaints(postings, present(postings, terms.holders))
    faults += malformed
    revealed: dict[int, Mapping[int, DealtShare]] = {}
    for dealer, deal in list(deals.items()):
        complaining = [receiver for receiver in complaints if dealer in complaints[receiver]]
        answers, malformed = _read_shares(postings, dealer)
        faults += malformed
        fault = _answer_fault(terms, dealer, deal, complaining, answers)
        if fault is None:
            revealed[dealer] = {receiver: answers[receiver] for receiver in complaining}
        else:
            faults.append(fault)
            del deals[dealer]
    return Dealt(deals, revealed, tuple(faults))


def read_deals(
    postings: Postings, dealers: Sequence[int], threshold: int
) -> tuple[dict[int, Deal], list[Fault]]:
    """Return the deals that are of their form, by dealer in ascending order, and who has none."""
    posted = postings.get(CeremonyPhase.DEALING, {})
    deals: dict[int, Deal] = {}
    faults: list[Fault] = []
    for dealer in sorted(dealers):
        if dealer not in posted:
            faults.append(Fault(dealer, FaultKind.ABSENT, CeremonyPhase.DEALING))
            continue
        try:
            deals[dealer] = decode_deal(posted[dealer], threshold)
        except MalformedError:
            faults.append(Fault(dealer, FaultKind.MALFORMED, CeremonyPhase.DEALING))
    return deals, faults


def read_complaints(
    postings: Postings, receivers: Sequence[int]
) -> tuple[dict[int, tuple[int, ...]], list[Fault]]:
    """Return whom each receiver complains about, and whose complaint is not of its form.

    Nobody can complain about itself.
    """
    found: dict[int, tuple[int, ...]] = {}
    faults: list[Fault] = []
    for receiver, posted in sorted(postings.get(CeremonyPhase.COMPLAINING, {}).items()):
        if receiver not in receivers:
            continue
        try:
            about = decode_indices(posted)
        except MalformedError:
            faults.append(Fault(receiver, FaultKind.MALFORMED, CeremonyPhase.COMPLAINING))
            continue
        found[receiver] = tuple(dealer for dealer in about if dealer != receiver)
    return found, faults


def _fits_hidden(share: DealtShare, deal: Deal, receiver: int) -> bool:
    return share.fits_hidden(deal.commitments, receiver)


def _fits_open(share: DealtShare, deal: Deal, receiver: int) -> bool:
    return share.blinding.is_zero() and share.fits_open(deal.commitments, receiver)


def _read_shares(postings: Postings, dealer: int) -> tuple[dict[int, DealtShare], list[Fault]]:
    posted = postings.get(CeremonyPhase.REVEALING, {}).get(dealer, b"")
    try:
        return decode_shares(posted), []
    except MalformedError:
        return {}, [Fault(dealer, FaultKind.MALFORMED, CeremonyPhase.REVEALING)]


def _answer_fault(
    terms: Terms,
    dealer: int,
    deal: Deal,
    complaining: Sequence[int],
    answers: Mapping[int, DealtShare],
) -> Fault | None:
    if len(complaining) >= terms.threshold:
        return Fault(dealer, FaultKind.TOO_MANY_COMPLAINTS, CeremonyPhase.COMPLAINING)
    fits = fits_under(terms)
    for receiver in complaining:
        if receiver not in answers:
            return Fault(dealer, FaultKind.NOT_REVEALED, CeremonyPhase.REVEALING, receiver)
        if not fits(answers[receiver], deal, receiver):
            return Fault(dealer, FaultKind.FALSE_REVEAL, CeremonyPhase.REVEALING, receiver)
    return None
