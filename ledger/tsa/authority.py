"""An RFC 3161 authority over HTTP; implements the timestamping port.

Of an answer is checked, in this order:

1. HTTP 200, ``application/timestamp-reply``, within its bounds; DER of a response that grants a token.
   Granted with modifications counts as granted: the status is not signed, and what matters is looked at in
   the token;
2. with rfc3161-client (OpenSSL): the signature, the chain to a pinned root at the token's time, the nonce,
   the policy when one is configured, the signer's usage, the imprint;
3. with the court's own verifier (``proof.timestamp``): a token that it could not prove is of no use in a
   package.

The secret is read for each request and goes into a header only: never into an address, an error or a log.
"""

import base64
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.x509 import ObjectIdentifier
from rfc3161_client import TimeStampResponse, VerifierBuilder, decode_timestamp_response
from rfc3161_client.errors import VerificationError

from ledger.errors import (
    ConfigurationError,
    IntegrityError,
    LedgerError,
    MalformedError,
    RefusedError,
    UnavailableError,
)
from ledger.ports.timestamping import RevocationList, Stamped
from ledger.proof.timestamp import certificates_of, check_token
from ledger.proof.timestamp_findings import (
    TimestampNotProvable,
    TimestampProved,
    TimestampRefuted,
)
from ledger.proof.timestamp_token import as_response, token_in
from ledger.tsa.exchange import LOOPBACK, Bounds, exchange, read_url
from ledger.tsa.query import request
from ledger.tsa.revocation import fetch_lists

BOUNDS: Final = Bounds(seconds=20.0, size=64 * 1024)
"""A token with its chain has 3 to 8 KiB; the verifier reads no more than 64."""
NONCE_BITS: Final = 64
_QUERY: Final = "application/timestamp-query"
_REPLY: Final = "application/timestamp-reply"
_OK: Final = 200
_FORBIDDEN: Final = frozenset({401, 403, 407})


@dataclass(frozen=True, slots=True)
class Credential:
    """What proves to an authority who asks.

    Attributes:
        file: holds the secret: ``user:password``, or the value of the header.
        header: name of the header; ``None`` is HTTP basic authentication.
    """

    file: Path
    header: str | None


class HttpAuthority:
    """An authority at an address.

    Args:
        name: under which it is configured.
        url: where it answers.
        roots: returns the DER of its pinned roots; asked each time, so that a new file counts at once.
        policy: dotted decimal that is asked for and must be answered; ``None`` takes any.
        credential: proves who asks; ``None`` asks without.
        bounds: of each exchange.

    Raises:
        ConfigurationError: the address is not allowed, or would carry a secret in clear.
    """

    def __init__(
        self,
        name: str,
        url: str,
        roots: Callable[[], Sequence[bytes]],
        *,
        policy: str | None = None,
        credential: Credential | None = None,
        bounds: Bounds = BOUNDS,
    ) -> None:
        parts = read_url(url)
        self._host: Final = parts.hostname or ""
        if credential is not None and parts.scheme != "https" and self._host not in LOOPBACK:
            raise ConfigurationError("timestamp-secret-in-clear", authority=name)
        self._name: Final = name
        self._url: Final = url
        self._roots: Final = roots
        self._policy: Final = policy
        self._credential: Final = credential
        self._bounds: Final = bounds

    @property
    def name(self) -> str:
        """See ``ports.timestamping``."""
        return self._name

    def stamp(self, message: bytes) -> Stamped:
        """See ``ports.timestamping``."""
        roots = self._roots()
        imprint, nonce = sha256(message).digest(), secrets.randbits(NONCE_BITS) | 1
        answer = self._ask(request(imprint, nonce=nonce, policy=self._policy))
        token = self._token(answer)
        self._verify(token, imprint, nonce, roots)
        return self._stamped(token, imprint, roots)

    def revocation(self, certificates: Sequence[bytes]) -> tuple[RevocationList, ...]:
        """See ``ports.timestamping``."""
        return fetch_lists(certificates, own_host=self._host)

    def _ask(self, query: bytes) -> bytes:
        headers = {"Content-Type": _QUERY, "Accept": _REPLY, **self._authorization()}
        answer = exchange(self._url, self._bounds, body=query, headers=headers)
        if answer.status in _FORBIDDEN:
            raise ConfigurationError(
                "timestamp-forbidden", authority=self._name, status=answer.status
            )
        if answer.status != _OK:
            raise self._no_answer("HTTP " + str(answer.status))
        if answer.media_type != _REPLY:
            raise self._no_answer(answer.media_type[:64])
        return answer.body

    def _authorization(self) -> dict[str, str]:
        if self._credential is None:
            return {}
        try:
            secret = self._credential.file.read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            raise ConfigurationError("timestamp-secret", authority=self._name) from error
        if not secret or not secret.isprintable():
            raise ConfigurationError("timestamp-secret", authority=self._name)
        if self._credential.header is not None:
            return {self._credential.header: secret}
        if ":" not in secret:
            raise ConfigurationError("timestamp-secret", authority=self._name)
        return {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}

    def _token(self, answer: bytes) -> bytes:
        try:
            return token_in(answer)
        except MalformedError as error:
            raise self._no_answer("DER") from error
        except LedgerError as error:
            status = error.params.get("status")
            raise RefusedError("timestamp-denied", authority=self._name, status=status) from error

    def _verify(self, token: bytes, imprint: bytes, nonce: int, roots: Sequence[bytes]) -> None:
        """Verify with rfc3161-client; the status beside the token is not signed and was looked at."""
        verifier = VerifierBuilder(
            policy_id=None if self._policy is None else ObjectIdentifier(self._policy),
            roots=[x509.load_der_x509_certificate(each) for each in roots],
            nonce=nonce,
        ).build()
        try:
            parsed: TimeStampResponse = decode_timestamp_response(as_response(token))
            verifier.verify(parsed, imprint)
        except (VerificationError, ValueError) as error:
            raise IntegrityError(
                "timestamp-not-verified", authority=self._name, why=str(error)[:160]
            ) from error

    def _stamped(self, token: bytes, imprint: bytes, roots: Sequence[bytes]) -> Stamped:
        match check_token(token, imprint_sha256=imprint, roots=roots):
            case TimestampProved(gen_time=gen_time):
                chain = certificates_of(token, roots)
            case TimestampRefuted(code) | TimestampNotProvable(code):
                raise IntegrityError("timestamp-not-verified", authority=self._name, why=code)
        return Stamped(
            token=token,
            certificates=tuple(each.encoding for each in chain),
            gen_time=gen_time,
            valid_until=min(each.not_after for each in chain),
        )

    def _no_answer(self, detail: str) -> UnavailableError:
        return UnavailableError("timestamp-no-answer", authority=self._name, detail=detail)
