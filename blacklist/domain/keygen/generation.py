"""Judging a key generation: Pedersen commitments first, Feldman openings second (Gennaro et al., 2007).

1. Who joined with a usable key is present; fewer than the terms ask for is a failure.
2. Deals are judged (``dealing_round``): whose deal stands afterwards is qualified, for good.
3. After the openings nobody is dropped, because dropping would let the last one choose a bit of the key. A
   dealer whose opening is missing, or does not fit a share that fits its hidden commitments, is reconstructed
   in public from ``threshold`` shares.
4. K_j is the sum of the qualified polynomials at j, K their sum at 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from blacklist.domain.keygen.ceremony import (
    Failure,
    Fault,
    FaultKind,
    Outcome,
    PublicKeys,
    Terms,
)
from blacklist.domain.keygen.dealing_round import Dealt, judge_deals, present
from blacklist.domain.keygen.polynomials import committed_at
from blacklist.domain.keygen.postings import CeremonyPhase, Postings, decode_points, decode_shares
from blacklist.domain.keygen.shares import DealtShare
from blacklist.domain.oprf.threshold import coefficients
from ledger.errors import MalformedError


@dataclass(frozen=True, slots=True)
class Opened:
    """What all phases but the reconstruction came to.

    Attributes:
        here: indices of the holders that are present.
        dealt: deals that stand, with the shares revealed about them.
        openings: open commitments by dealer.
        accused: dealers that have to be reconstructed.
        faults: of whom and what, in order.
    """

    here: tuple[int, ...]
    dealt: Dealt
    openings: Mapping[int, tuple[bytes, ...]]
    accused: tuple[int, ...]
    faults: tuple[Fault, ...]


def judge_generation(terms: Terms, postings: Postings) -> Outcome:
    """Return what follows from the postings of all phases before attesting."""
    if len(present(postings, terms.holders)) < terms.present_needed:
        return Outcome((), (), None, Failure.TOO_FEW_PRESENT)
    opened = judge_openings(terms, postings)
    qualified = tuple(sorted(opened.dealt.deals))
    if len(qualified) < terms.threshold:
        return Outcome(opened.faults, qualified, None, Failure.TOO_FEW_DEALERS)
    clear = _clear_shares(postings, opened)
    if any(len(clear[dealer]) < terms.threshold for dealer in opened.accused):
        return Outcome(opened.faults, qualified, None, Failure.TOO_FEW_SHARES)
    keys = _public_keys(terms.threshold, opened, clear)
    if points.IDENTITY in (keys.key, *keys.share_keys.values()):
        return Outcome(opened.faults, qualified, None, Failure.NO_KEY)
    return Outcome(opened.faults, qualified, keys)


def judge_openings(terms: Terms, postings: Postings) -> Opened:
    """Judge the phases up to the accusations, as far as they are closed."""
    here = present(postings, terms.holders)
    dealt = judge_deals(terms, postings)
    openings, missing = _openings(postings, dealt, terms.threshold)
    accused, shown = _accusations(postings, here, dealt, openings)
    faults = tuple(sorted((*dealt.faults, *missing, *shown)))
    return Opened(here, dealt, openings, accused, faults)


def reconstructed(
    terms: Terms, postings: Postings, opened: Opened, *, dealer: int, receiver: int
) -> Scalar:
    """Return what an accused dealer owes ``receiver``, from the shares in the clear.

    Its polynomial is public by then, so this is no secret of anybody.
    """
    return _interpolated(_clear_shares(postings, opened)[dealer], terms.threshold, receiver)


def _openings(
    postings: Postings, dealt: Dealt, threshold: int
) -> tuple[dict[int, tuple[bytes, ...]], list[Fault]]:
    posted = postings.get(CeremonyPhase.OPENING, {})
    openings: dict[int, tuple[bytes, ...]] = {}
    faults: list[Fault] = []
    for dealer in sorted(dealt.deals):
        if dealer not in posted:
            faults.append(Fault(dealer, FaultKind.ABSENT, CeremonyPhase.OPENING))
            continue
        try:
            openings[dealer] = decode_points(posted[dealer], threshold)
        except MalformedError:
            faults.append(Fault(dealer, FaultKind.MALFORMED, CeremonyPhase.OPENING))
    return openings, faults


def _accusations(
    postings: Postings,
    here: Sequence[int],
    dealt: Dealt,
    openings: Mapping[int, tuple[bytes, ...]],
) -> tuple[tuple[int, ...], list[Fault]]:
    """Return the dealers to reconstruct, and the faults that came to light.

    An accusation names a share that fits the hidden commitments and not the open ones: then the two hide
    different polynomials, or the accuser could open H.
    """
    accused = {dealer for dealer in dealt.deals if dealer not in openings}
    faults: list[Fault] = []
    for accuser, shares in _posted_shares(postings, CeremonyPhase.ACCUSING, here).items():
        if shares is None:
            faults.append(Fault(accuser, FaultKind.MALFORMED, CeremonyPhase.ACCUSING))
            continue
        for dealer, share in shares.items():
            if dealer not in openings:
                continue  # nobody needs to show that a missing opening is missing
            dealt_so = share.fits_hidden(dealt.deals[dealer].commitments, accuser)
            if not dealt_so or share.fits_open(openings[dealer], accuser):
                faults.append(
                    Fault(accuser, FaultKind.FALSE_ACCUSATION, CeremonyPhase.ACCUSING, dealer)
                )
            elif dealer not in accused:
                accused.add(dealer)
                faults.append(
                    Fault(dealer, FaultKind.FALSE_OPENING, CeremonyPhase.OPENING, accuser)
                )
    return tuple(sorted(accused)), faults


def _clear_shares(postings: Postings, opened: Opened) -> dict[int, dict[int, Scalar]]:
    """Return the shares of each accused dealer that stand in the clear and fit, by receiver."""
    deals, revealed = opened.dealt.deals, opened.dealt.revealed
    clear: dict[int, dict[int, Scalar]] = {
        dealer: {receiver: share.value for receiver, share in revealed[dealer].items()}
        for dealer in opened.accused
    }
    for phase in (CeremonyPhase.ACCUSING, CeremonyPhase.RECONSTRUCTING):
        for receiver, shares in _posted_shares(postings, phase, opened.here).items():
            for dealer, share in (shares or {}).items():
                if dealer not in clear:
                    continue
                if share.fits_hidden(deals[dealer].commitments, receiver):
                    clear[dealer][receiver] = share.value
    return clear


def _posted_shares(
    postings: Postings, phase: CeremonyPhase, here: Sequence[int]
) -> dict[int, dict[int, DealtShare] | None]:
    """Return the shares that holders posted in a phase; ``None`` for a posting that is not of its form."""
    found: dict[int, dict[int, DealtShare] | None] = {}
    for holder, posted in sorted(postings.get(phase, {}).items()):
        if holder not in here:
            continue
        try:
            found[holder] = decode_shares(posted)
        except MalformedError:
            found[holder] = None
    return found


def _public_keys(
    threshold: int, opened: Opened, clear: Mapping[int, Mapping[int, Scalar]]
) -> PublicKeys:
    columns = zip(
        *(opening for dealer, opening in opened.openings.items() if dealer not in opened.accused),
        strict=True,
    )
    open_sum = tuple(points.sum_of(column) for column in columns)
    return PublicKeys(
        key=_value(open_sum, clear, threshold, 0),
        share_keys={index: _value(open_sum, clear, threshold, index) for index in opened.here},
    )


def _value(
    open_sum: Sequence[bytes],
    clear: Mapping[int, Mapping[int, Scalar]],
    threshold: int,
    at: int,
) -> bytes:
    """Return the sum of all qualified polynomials at ``at``, times G."""
    parts = [
        points.multiply_base(_interpolated(shares, threshold, at)) for shares in clear.values()
    ]
    if open_sum:
        parts.append(committed_at(open_sum, at))
    return points.sum_of(parts)


def _interpolated(shares: Mapping[int, Scalar], threshold: int, at: int) -> Scalar:
    """Return a polynomial's value at ``at`` from the ``threshold`` lowest shares, which all fit."""
    chosen = sorted(shares)[:threshold]
    weights = coefficients(chosen, at)
    total = Scalar()
    for index in chosen:
        total = total + weights[index] * shares[index]
    return total
