"""From a timestamp signer's certificate to a root that the reader has pinned.

* At most four certificates, each signed by the next, every one valid at the token's time,
  authorities marked as such and within their path lengths (RFC 5280 §6, without policies and name
  constraints).
* A pinned root is trusted for what it is: its own signature is not looked at.
* Revocation is not checked.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from ledger.proof.timestamp_certificate import (
    ANY_USAGE,
    TIME_STAMPING,
    X509Certificate,
    try_parse_certificate,
)
from ledger.proof.timestamp_findings import NotProvableError, RefutedError

MAX_CHAIN: Final = 4
"""Signer, two authorities between, root: no public timestamp service has more."""
_MAX_SIGNATURE_CHECKS: Final = 24
"""Certificates with equal names could otherwise be arranged so that the search takes seconds."""


def check_signer(signer: X509Certificate, moment: datetime) -> None:
    """Check that a certificate may sign timestamps (RFC 3161 §2.3), at the token's time.

    Raises:
        RefutedError: it may not.
        NotProvableError: a critical extension is not understood.
    """
    usages = signer.extended_usages()
    if usages is None or usages != (frozenset({TIME_STAMPING}), True):
        raise RefutedError("timestamp-usage")
    if not signer.may_sign_data():
        raise RefutedError("timestamp-usage")
    _check_link(signer, moment)


def find_root(
    signer: X509Certificate,
    *,
    others: Sequence[bytes],
    roots: Sequence[bytes],
    moment: datetime,
) -> X509Certificate:
    """Return the pinned root above a signer; arguments and errors as of ``find_chain``."""
    return find_chain(signer, others=others, roots=roots, moment=moment)[-1]


def find_chain(
    signer: X509Certificate,
    *,
    others: Sequence[bytes],
    roots: Sequence[bytes],
    moment: datetime,
) -> tuple[X509Certificate, ...]:
    """Return the certificates from a signer up to a pinned root, both included.

    Args:
        signer: its certificate.
        others: DER of certificates that may stand between.
        roots: DER of the pinned roots; the signer itself may be one.
        moment: the token's time.

    Raises:
        RefutedError: the only chain to a pinned root breaks a rule.
        NotProvableError: there is no chain to a pinned root, or it needs what is not checked here.
    """
    pinned = [each for each in map(try_parse_certificate, roots) if each is not None]
    between = [each for each in map(try_parse_certificate, others) if each is not None]
    search = _Search(pinned, between, moment)
    chain = search.climb([signer])
    if chain is not None:
        return tuple(chain)
    if search.problem is not None:
        raise search.problem
    raise NotProvableError("timestamp-no-trusted-root", issuer=signer.subject_text)


class _Search:
    """A depth-first search for a chain, remembering the first rule that was broken on the way."""

    def __init__(
        self,
        pinned: Sequence[X509Certificate],
        between: Sequence[X509Certificate],
        moment: datetime,
    ) -> None:
        self._pinned = pinned
        self._between = between
        self._moment = moment
        self._checks_left = _MAX_SIGNATURE_CHECKS
        self.problem: RefutedError | NotProvableError | None = None

    def climb(self, chain: list[X509Certificate]) -> list[X509Certificate] | None:
        """Return the chain, grown up to a pinned root, or ``None``."""
        last = chain[-1]
        if any(last.encoding == root.encoding for root in self._pinned):
            return chain
        if len(chain) == MAX_CHAIN:
            return None
        for candidate in (*self._pinned, *self._between):
            if candidate.subject != last.issuer or candidate in chain:
                continue
            if self._is_issuer(candidate, last, below=len(chain) - 1):
                whole = self.climb([*chain, candidate])
                if whole is not None:
                    return whole
        return None

    def _is_issuer(self, candidate: X509Certificate, last: X509Certificate, *, below: int) -> bool:
        if self._checks_left == 0:
            return False
        self._checks_left -= 1
        try:
            _check_issuer(candidate, last, below)
            _check_link(candidate, self._moment)
        except (RefutedError, NotProvableError) as problem:
            self.problem = self.problem or problem
            return False
        return True


def _check_issuer(issuer: X509Certificate, subject: X509Certificate, below: int) -> None:
    if not subject.is_signed_by(issuer):
        raise RefutedError("timestamp-chain-signature")
    usages = issuer.extended_usages()
    restricted = usages is not None and not usages[0] & {TIME_STAMPING, ANY_USAGE}
    if restricted or not issuer.may_issue(below=below):
        raise RefutedError("timestamp-chain-authority", subject=issuer.subject_text)


def _check_link(certificate: X509Certificate, moment: datetime) -> None:
    if not certificate.is_valid_at(moment):
        raise RefutedError("timestamp-validity", subject=certificate.subject_text)
    oid = certificate.unknown_critical()
    if oid is not None:
        raise NotProvableError("timestamp-critical-extension", oid=oid)
