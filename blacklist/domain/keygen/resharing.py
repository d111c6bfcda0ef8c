"""Judging a resharing: the present holders deal their shares anew, and the key stays what it is.

1. Each present holder i deals a polynomial whose constant is its share: its first commitment is K_i, byte for
   byte, which the contract and this judge look at. Commitments are open from the start, since K_i is known.
2. The dealers that count are the ``threshold`` lowest whose deals stand.
3. K'_j is Σ λ_i · F_i(j); K = Σ λ_i · K_i does not change, and so does no tag.

It revokes nothing: ``threshold`` shares of any earlier epoch that nobody wiped still give the key.
"""

from collections.abc import Sequence
from dataclasses import replace

from blacklist.curve import points
from blacklist.curve.scalars import Scalar
from blacklist.domain.keygen.ceremony import (
    Dealers,
    Failure,
    Fault,
    FaultKind,
    Outcome,
    PublicKeys,
    Terms,
)
from blacklist.domain.keygen.dealing_round import Dealt, judge_deals, present
from blacklist.domain.keygen.polynomials import committed_at
from blacklist.domain.keygen.postings import CeremonyPhase, Postings
from blacklist.domain.oprf.threshold import coefficients


def judge_resharing(terms: Terms, dealers: Dealers, postings: Postings) -> Outcome:
    """Return what follows from the postings of all phases before attesting."""
    here = present(postings, terms.holders)
    if len(here) < terms.present_needed:
        return Outcome((), (), None, Failure.TOO_FEW_PRESENT)
    dealt = _without_other_constants(judge_deals(terms, postings), dealers)
    chosen = tuple(sorted(dealt.deals))[: terms.threshold]
    if len(chosen) < terms.threshold:
        return Outcome(dealt.faults, chosen, None, Failure.TOO_FEW_DEALERS)
    keys = PublicKeys(
        key=dealers.key,
        share_keys={index: _share_key(dealt, chosen, index) for index in here},
    )
    if points.IDENTITY in keys.share_keys.values():
        return Outcome(dealt.faults, chosen, None, Failure.NO_KEY)
    return Outcome(dealt.faults, chosen, keys)


def combined_share(chosen: Sequence[int], values: Sequence[Scalar]) -> Scalar:
    """Return a receiver's new share from what the chosen dealers gave it."""
    weights = coefficients(chosen)
    total = Scalar()
    for dealer, value in zip(chosen, values, strict=True):
        total = total + weights[dealer] * value
    return total


def _without_other_constants(dealt: Dealt, dealers: Dealers) -> Dealt:
    wrong = [
        dealer
        for dealer, deal in dealt.deals.items()
        if deal.commitments[0] != dealers.share_keys[dealer]
    ]
    faults = (Fault(dealer, FaultKind.WRONG_CONSTANT, CeremonyPhase.DEALING) for dealer in wrong)
    return replace(
        dealt,
        deals={dealer: deal for dealer, deal in dealt.deals.items() if dealer not in wrong},
        faults=tuple(sorted((*dealt.faults, *faults))),
    )


def _share_key(dealt: Dealt, chosen: Sequence[int], receiver: int) -> bytes:
    weights = coefficients(chosen)
    return points.weighted_sum(
        [weights[dealer] for dealer in chosen],
        [committed_at(dealt.deals[dealer].commitments, receiver) for dealer in chosen],
    )
