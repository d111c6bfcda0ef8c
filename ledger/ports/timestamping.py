"""The timestamping port: an RFC 3161 authority states that bytes existed at a time.

What callers may rely on:

* What ``stamp`` returns has been verified: the authority answers this very question (nonce, imprint,
  policy), under a pinned root, with a token that the court's verifier proves. The adapter stores nothing:
  a token is durable only once the caller has committed it.
* Asking again is harmless: it costs a request and gives another token with a later time. So a crash between
  the answer and the commit loses an answer, never a fact.
* Nothing is tried again here. Who calls waits and asks again after ``UnavailableError``; after the other
  errors asking again helps only once somebody has repaired something, but does no harm.
* Every call ends within the adapter's time limit, whatever the other side does. Calls from several threads do
  not disturb each other.
* Revocation lists are best effort: a list that cannot be had is left out, never an error.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Stamped:
    """A verified token.

    Attributes:
        token: DER of the TimeStampToken.
        certificates: DER from the signer's up to the pinned root.
        gen_time: what the authority states; aware, UTC.
        valid_until: until when all certificates are valid; aware, UTC.
    """

    token: bytes
    certificates: tuple[bytes, ...]
    gen_time: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class RevocationList:
    """A certificate revocation list as its issuer published it, its signature checked.

    Attributes:
        url: where it came from.
        data: DER.
        next_update: when the issuer promises the next one; ``None`` when it does not say.
        revokes: the certificate for which it was fetched stands on it.
    """

    url: str
    data: bytes
    next_update: datetime | None
    revokes: bool


class TimestampAuthority(Protocol):
    """One authority."""

    @property
    def name(self) -> str:
        """The name under which people configured it; stable, it is stored beside each token."""
        ...

    def stamp(self, message: bytes) -> Stamped:
        """Return a token over SHA-256 of ``message``.

        Raises:
            UnavailableError: no answer, or one that is none; ask again later.
            RefusedError: the authority grants no token.
            IntegrityError: the token is for something else, or not signed by whom we trust.
            ConfigurationError: the address, the roots or the secret do not fit.
        """
        ...

    def revocation(self, certificates: Sequence[bytes]) -> tuple[RevocationList, ...]:
        """Return the lists that the certificates of a chain point to, as far as they can be had."""
        ...
