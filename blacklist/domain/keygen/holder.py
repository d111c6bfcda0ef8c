"""One holder's part in a ceremony: what it posts, phase by phase, and the share that it ends with.

Everything secret grows out of one seed of 32 bytes a ceremony, which is stored sealed until the share is: a
node that was restarted, or restored, says the same again instead of contradicting itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from blacklist.curve import points, sealed_box
from blacklist.curve.hashing import derive
from blacklist.curve.scalars import Scalar
from blacklist.curve.secret import Fill, Secret, hold
from blacklist.domain.keygen import generation, resharing
from blacklist.domain.keygen.ceremony import Outcome, Terms
from blacklist.domain.keygen.dealing_round import (
    dealers_of,
    fits_under,
    judge_deals,
    present,
    read_complaints,
    read_deals,
)
from blacklist.domain.keygen.envelopes import envelopes_digest, put_in
from blacklist.domain.keygen.polynomials import Polynomial
from blacklist.domain.keygen.postings import (
    CeremonyPhase,
    Deal,
    Postings,
    encode_indices,
    encode_points,
    encode_shares,
)
from blacklist.domain.keygen.shares import DealtShare
from blacklist.domain.oprf.framing import named
from ledger.errors import IntegrityError


@dataclass(frozen=True, slots=True)
class Dealing:
    """A dealer's two polynomials; the second is zero in a resharing."""

    polynomial: Polynomial
    hiding: Polynomial

    def share_of(self, receiver: int) -> DealtShare:
        """Return what ``receiver`` gets."""
        return DealtShare(self.polynomial.at(receiver), self.hiding.at(receiver))

    def envelopes(self, receiver_keys: Mapping[int, bytes]) -> dict[int, bytes]:
        """Seal each receiver's share to its key for this ceremony, if it is one that only it can open."""
        found = {}
        for receiver, key in receiver_keys.items():
            share = self.share_of(receiver)
            box = put_in(share, key)
            share.wipe()
            if box is not None:
                found[receiver] = box
        return found

    def posting(self, envelopes: bytes, *, hidden: bool) -> bytes:
        """Return the deal as posted; ``envelopes`` is the digest over the sealed shares."""
        commitments = (
            self.polynomial.commit_hidden(self.hiding) if hidden else self.polynomial.commit()
        )
        return Deal(commitments, envelopes).encode()


@dataclass(frozen=True, slots=True)
class Holder:
    """One holder in one ceremony.

    Attributes:
        index: its index, at least 1.
        terms: what the contract fixed.
        seed: 32 secret bytes of this ceremony.
    """

    index: int
    terms: Terms
    seed: Secret

    @property
    def receiver_key(self) -> Secret:
        """The X25519 key of this ceremony, to which its shares are sealed."""
        with derive(self.seed, named("ceremony-key")) as wide:
            return hold(wide.view()[: sealed_box.KEY_BYTES])

    def joining(self) -> bytes:
        """Return what it posts to join."""
        return sealed_box.public_key(self.receiver_key)

    def dealing(self, share: Scalar | None = None) -> Dealing:
        """Return its polynomials.

        Args:
            share: its present share, to be dealt anew; ``None`` when a key is generated.
        """
        threshold = self.terms.threshold
        fill = seeded(self.seed, "dealing")
        if share is not None:
            nothing = Polynomial(tuple(Scalar() for _ in range(threshold)))
            return Dealing(Polynomial.through(share, threshold, fill), nothing)
        return Dealing(Polynomial.random(threshold, fill), Polynomial.random(threshold, fill))

    def deal(self, postings: Postings, dealing: Dealing) -> tuple[bytes, dict[int, bytes]]:
        """Return what it posts as a dealer, and the sealed shares by receiver."""
        joined = postings[CeremonyPhase.JOINING]
        keys = {index: joined[index] for index in present(postings, self.terms.holders)}
        envelopes = dealing.envelopes(keys)
        digest = envelopes_digest(self.terms.ceremony, self.index, envelopes)
        return dealing.posting(digest, hidden=self.terms.dealers is None), envelopes

    def complaints(self, postings: Postings, shares: Mapping[int, DealtShare]) -> bytes:
        """Return its complaints: dealers whose share does not fit their deal, or did not come.

        Args:
            postings: up to the deals.
            shares: what it could open, by dealer.
        """
        dealers = dealers_of(self.terms, postings)
        deals, _ = read_deals(postings, dealers, self.terms.threshold)
        fits = fits_under(self.terms)
        wrong = [
            dealer
            for dealer, deal in deals.items()
            if dealer not in shares or not fits(shares[dealer], deal, self.index)
        ]
        return encode_indices(wrong)

    def revealing(self, postings: Postings, dealing: Dealing) -> bytes:
        """Return the shares that it owes in the clear: those of who complained about it."""
        complaints, _ = read_complaints(postings, present(postings, self.terms.holders))
        owed = [receiver for receiver, dealers in complaints.items() if self.index in dealers]
        return encode_shares({receiver: dealing.share_of(receiver).reveal() for receiver in owed})

    def opening(self, dealing: Dealing) -> bytes:
        """Return its open commitments."""
        return encode_points(dealing.polynomial.commit())

    def accusations(self, postings: Postings, shares: Mapping[int, DealtShare]) -> bytes:
        """Return its shares of dealers whose opening is missing, or is not what they dealt, in the clear."""
        opened = generation.judge_openings(self.terms, postings)
        revealed = opened.dealt.revealed
        held = {
            dealer: self._share(dealer, revealed, shares)
            for dealer in opened.dealt.deals
            if dealer in shares or self.index in revealed[dealer]
        }
        wrong = {
            dealer: share
            for dealer, share in held.items()
            if dealer not in opened.openings
            or not share.fits_open(opened.openings[dealer], self.index)
        }
        return encode_shares({dealer: share.reveal() for dealer, share in wrong.items()})

    def reconstruction(self, postings: Postings, shares: Mapping[int, DealtShare]) -> bytes:
        """Return its shares of the accused dealers, in the clear."""
        opened = generation.judge_openings(self.terms, postings)
        return encode_shares(
            {dealer: shares[dealer].reveal() for dealer in opened.accused if dealer in shares}
        )

    def final_share(
        self, postings: Postings, outcome: Outcome, shares: Mapping[int, DealtShare]
    ) -> Scalar:
        """Return the share that the ceremony leaves it with.

        Args:
            postings: all before attesting.
            outcome: the judge's, with keys.
            shares: what it could open, by dealer.

        Raises:
            IntegrityError: the share does not belong to its public key, or a part of it is missing; it holds
                nothing in this epoch and asks for a refresh.
        """
        if outcome.keys is None:
            raise IntegrityError("ceremony-failed", reason=str(outcome.failure))
        try:
            made = self._sum_of_parts(postings, outcome, shares)
        except KeyError as error:
            raise IntegrityError("share-incomplete", dealer=error.args[0]) from error
        if points.multiply_base(made) != outcome.keys.share_keys.get(self.index):
            raise IntegrityError("share-does-not-fit")
        return made

    def _sum_of_parts(
        self, postings: Postings, outcome: Outcome, shares: Mapping[int, DealtShare]
    ) -> Scalar:
        if self.terms.dealers is not None:
            dealt = judge_deals(self.terms, postings)
            parts = [self._share(each, dealt.revealed, shares).value for each in outcome.dealers]
            return resharing.combined_share(outcome.dealers, parts)
        opened = generation.judge_openings(self.terms, postings)
        total = Scalar()
        for dealer in outcome.dealers:
            if dealer in opened.accused:
                part = generation.reconstructed(
                    self.terms, postings, opened, dealer=dealer, receiver=self.index
                )
            else:
                part = self._share(dealer, opened.dealt.revealed, shares).value
            total = total + part
        return total

    def _share(
        self,
        dealer: int,
        revealed: Mapping[int, Mapping[int, DealtShare]],
        shares: Mapping[int, DealtShare],
    ) -> DealtShare:
        """Return the share that counts: the one in the clear, which fits, before the one that came sealed."""
        in_the_clear = revealed.get(dealer, {})
        return in_the_clear[self.index] if self.index in in_the_clear else shares[dealer]


def seeded(seed: Secret, purpose: str) -> Fill:
    """Return a generator of secret bytes that gives the same ones again for the same seed and purpose."""
    count = 0

    def fill(region: Secret) -> None:
        nonlocal count
        with derive(seed, named(purpose, count.to_bytes(4, "big"))) as wide:
            region.view()[:] = wide.view()[: region.size]
        count += 1

    return fill
