"""Requests between members, signed with the log key (RFC 9421), the body by its digest (RFC 9530).

* Signed are method, path, query, the digest of the body, and the recipient's member id: what was sent to one
  member is worth nothing at another. The host's name is not signed, since proxies rewrite it.
* A signature lives for a minute, and its nonce is taken once; nonces are in the database, so that neither
  a restart nor a replica takes one twice.
* ``keyid`` is the public key in hex. Whose it is, the registry on chain says at that moment.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
)
from http_message_signatures.algorithms import ED25519
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from ledger.ports.signer import StatementSigner
from node.errors import NotAuthenticatedError

RECIPIENT: Final = "lianzheng-recipient"
TAG: Final = "lianzheng-peer"
LIFETIME: Final = timedelta(seconds=60)
COVERED: Final = ("@method", "@path", "@query", RECIPIENT)
_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as the library reads it.

    Attributes:
        method: upper case.
        url: whole.
        headers: all.
    """

    method: str
    url: str
    headers: Mapping[str, str]


def sign(request: requests.PreparedRequest, signer: StatementSigner, recipient: bytes) -> None:
    """Sign a request that is ready to be sent, in place.

    Args:
        request: with its body as bytes, or none.
        signer: this member's log key.
        recipient: 32-byte id of the member who is asked.
    """
    request.headers[RECIPIENT] = recipient.hex()
    body = request.body if isinstance(request.body, bytes) else b""
    now = datetime.now(tz=UTC)
    library = HTTPMessageSigner(signature_algorithm=ED25519)
    prepared = library.prepare(
        request,
        key_id=signer.public_key.hex(),
        created=now,
        expires=now + LIFETIME,
        nonce=os.urandom(16).hex(),
        tag=TAG,
        covered_component_ids=COVERED,
        body=body,
    )
    library.apply(request, prepared, signer.sign(prepared.signature_base))


def verify(message: SignedRequest, body: bytes, recipient: bytes) -> tuple[bytes, str]:
    """Return the public key that signed a request, and its nonce; whose key it is the caller finds out.

    Raises:
        NotAuthenticatedError: ``peer-signature``, or ``peer-recipient`` when it was meant for another member.
    """
    try:
        (found,) = _Verifier(signature_algorithm=ED25519, key_resolver=_Keys()).verify(
            message,
            max_age=LIFETIME,
            expect_tag=TAG,
            require_components=(*COVERED, "content-digest"),
            body=body,
        )
        key = bytes.fromhex(str(found.parameters["keyid"]))
        nonce = str(found.parameters["nonce"])
    except (HTTPMessageSignaturesException, ValueError, KeyError) as error:
        raise NotAuthenticatedError("peer-signature") from error
    if message.headers.get(RECIPIENT) != recipient.hex():
        raise NotAuthenticatedError("peer-recipient")
    if not 16 <= len(nonce) <= 64:  # noqa: PLR2004 - enough to be unique, short enough to be kept
        raise NotAuthenticatedError("peer-signature")
    return key, nonce


class _Keys(HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        try:
            data = bytes.fromhex(key_id)
        except ValueError:
            data = b""
        if len(data) != _KEY_BYTES:
            raise InvalidSignature("keyid")
        return Ed25519PublicKey.from_public_bytes(data)


class _Verifier(HTTPMessageVerifier):
    max_clock_skew = timedelta(seconds=30)
