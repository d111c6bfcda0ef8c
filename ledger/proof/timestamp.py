"""V13: does an RFC 3161 token prove that the checkpoint existed at a time?

In this order, as the report explains it:

1. the token is strict DER of the profile (RSA PKCS#1 v1.5 from 2048 bits, P-256, P-384, SHA-2);
2. its imprint is the checkpoint's SHA-256;
3. the signed attributes name the content's type and digest, and the signer's certificate;
4. the signer's signature over the attributes holds;
5. the signer's certificate is for timestamping only, critically so, and valid at the token's time;
6. a chain of at most four leads to a pinned root, all valid at that time.

Revocation is not checked. PSS, SM2, embedded revocation data and unknown critical extensions are
"not provable": the reader is told to ask OpenSSL.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from ledger.errors import MalformedError
from ledger.primitives import der
from ledger.proof.timestamp_algorithms import Algorithm, hash_of, is_signed
from ledger.proof.timestamp_certificate import X509Certificate, parse_certificate
from ledger.proof.timestamp_chain import check_signer, find_chain, find_root
from ledger.proof.timestamp_findings import (
    NotProvableError,
    RefutedError,
    TimestampFinding,
    TimestampNotProvable,
    TimestampProved,
    TimestampRefuted,
)
from ledger.proof.timestamp_token import TST_INFO, TimestampToken, parse_token

MAX_TOKEN_BYTES: Final = der.MAX_DER_BYTES

_CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE: Final = "1.2.840.113549.1.9.16.2.12"
_SIGNING_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"
_SUBJECT_KEY_IDENTIFIER: Final = "2.5.29.14"


def check_token(token: bytes, *, imprint_sha256: bytes, roots: Sequence[bytes]) -> TimestampFinding:
    """Check a token against the bytes it should stamp.

    Args:
        token: DER of a TimeStampToken or of a TimeStampResp.
        imprint_sha256: SHA-256 of the stamped bytes.
        roots: DER of the certificates that the trust file pins.

    Returns:
        What was found; nothing is raised for any token.
    """
    try:
        return _check(token, imprint_sha256, roots)
    except RefutedError as error:
        return TimestampRefuted(error.code, error.params)
    except NotProvableError as error:
        return TimestampNotProvable(error.code, error.params)
    except MalformedError as error:
        return TimestampNotProvable("timestamp-not-in-profile", {"reason": str(error)})


def certificates_of(token: bytes, roots: Sequence[bytes]) -> tuple[X509Certificate, ...]:
    """Return the chain of a token that ``check_token`` proved: its signer first, the pinned root last.

    Raises:
        MalformedError, RefutedError, NotProvableError: ``check_token`` would not prove it.
    """
    parsed = parse_token(token)
    signer = _find_signer(parsed, roots)
    return find_chain(signer, others=parsed.certificates, roots=roots, moment=parsed.info.gen_time)


def _check(token: bytes, imprint: bytes, roots: Sequence[bytes]) -> TimestampProved:
    parsed = parse_token(token)
    info = parsed.info
    if hash_of(info.imprint_algorithm) != "sha256":
        raise NotProvableError("timestamp-imprint-algorithm", oid=info.imprint_algorithm.oid)
    if info.imprint != imprint:
        raise RefutedError("timestamp-imprint")
    _check_content(parsed)
    signer = _find_signer(parsed, roots)
    _check_named(parsed, signer)
    if not is_signed(
        key=signer.key,
        algorithm=parsed.signer.algorithm,
        message=parsed.signer.signed,
        signature=parsed.signer.signature,
        digest_name=hash_of(parsed.signer.digest),
    ):
        raise RefutedError("timestamp-signature")
    check_signer(signer, info.gen_time)
    root = find_root(signer, others=parsed.certificates, roots=roots, moment=info.gen_time)
    return TimestampProved(
        gen_time=info.gen_time,
        accuracy=info.accuracy,
        policy=info.policy,
        serial=info.serial,
        authority=signer.subject_text,
        root=root.subject_text,
    )


def _check_content(token: TimestampToken) -> None:
    """Check the signed attributes that bind the content (RFC 5652 §11.1, §11.2)."""
    attributes = token.signer.attributes
    content_type = der.Reader(attributes.get(_CONTENT_TYPE, b""))
    digest = der.Reader(attributes.get(_MESSAGE_DIGEST, b""))
    if content_type.oid() != TST_INFO:
        raise RefutedError("timestamp-content")
    content_type.end()
    name = hash_of(token.signer.digest)
    if digest.octets() != hashlib.new(name, token.content).digest():
        raise RefutedError("timestamp-content")
    digest.end()


def _find_signer(token: TimestampToken, roots: Sequence[bytes]) -> X509Certificate:
    """Return the certificate that the signer info names: one of the token, or a pinned one."""
    problem: NotProvableError | None = None
    for encoding in (*token.certificates, *roots):
        try:
            certificate = parse_certificate(encoding)
        except MalformedError:
            continue
        except NotProvableError as error:
            # Perhaps the signer's own: then its key is the reason, not that it is missing.
            problem = problem or error
            continue
        if _is_named_by(token, certificate):
            return certificate
    raise problem or NotProvableError("timestamp-no-certificate")


def _is_named_by(token: TimestampToken, certificate: X509Certificate) -> bool:
    if token.signer.issuer_and_serial is not None:
        return (certificate.issuer, certificate.serial) == token.signer.issuer_and_serial
    extension = certificate.extensions.get(_SUBJECT_KEY_IDENTIFIER)
    if extension is None or token.signer.key_identifier is None:
        return False
    identifier = der.Reader(extension.value)
    return identifier.octets() == token.signer.key_identifier


def _check_named(token: TimestampToken, signer: X509Certificate) -> None:
    """Check that the signed attributes name this very certificate (RFC 2634, RFC 5816).

    Without it, another certificate for the same key could be slipped in.
    """
    attributes = token.signer.attributes
    first = attributes.get(_SIGNING_CERTIFICATE)
    second = attributes.get(_SIGNING_CERTIFICATE_V2)
    if first is None and second is None:
        raise RefutedError("timestamp-certificate-not-named")
    if first is not None:
        # SHA-1 is what ESSCertID (RFC 2634) has; the chain proves the certificate, this only names
        # it.
        named = _first_identifier(first).octets()
        digest = hashlib.sha1(signer.encoding, usedforsecurity=False).digest()
        if named != digest:
            raise RefutedError("timestamp-certificate-other")
    if second is not None:
        identifier = _first_identifier(second)
        name = "sha256"
        if identifier.peek() == der.SEQUENCE:
            name = hash_of(Algorithm.read(identifier))
        if identifier.octets() != hashlib.new(name, signer.encoding).digest():
            raise RefutedError("timestamp-certificate-other")


def _first_identifier(attribute: bytes) -> der.Reader:
    """Return the first ESSCertID of a SigningCertificate, which is the signer's."""
    signing_certificate = der.outermost(attribute, der.SEQUENCE)
    return signing_certificate.sequence().sequence()
