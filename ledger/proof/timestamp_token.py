"""Reading an RFC 3161 token: CMS SignedData (RFC 5652 §5) around a TSTInfo (RFC 3161 §2.4.2).

Strict DER, one signer, signed attributes present. A response is read as the token inside it.
Reading checks form only; ``timestamp`` checks what it says.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ledger.errors import MalformedError
from ledger.primitives import der
from ledger.proof.timestamp_algorithms import Algorithm
from ledger.proof.timestamp_certificate import parse_seconds
from ledger.proof.timestamp_findings import NotProvableError, RefutedError

SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"

MAX_CERTIFICATES: Final = 10
"""A chain has four; authorities add a second chain, and old roots."""

_SIGNED_DATA_VERSION: Final = 3
"""RFC 5652 §5.1: what a content that is not plain data requires."""
_BY_ISSUER: Final = 1
_BY_KEY: Final = 3
"""Versions of a signer info, by how it names the certificate (RFC 5652 §5.3)."""
_CONTEXT_0: Final = 0xA0
_CONTEXT_1: Final = 0xA1
_PRIMITIVE_0: Final = 0x80
_PRIMITIVE_1: Final = 0x81
_GRANTED: Final = frozenset({0, 1})
"""PKIStatus granted, and granted with modifications."""
_GEN_TIME: Final = re.compile(r"(\d{14})(?:\.(\d{0,17}[1-9]))?Z", re.ASCII)
_MAX_FRACTION: Final = 999
"""Milliseconds and microseconds of the accuracy, 1 to 999."""
_MAX_ACCURACY_SECONDS: Final = 10**9
"""Thirty years: above it the statement means nothing, and dates would overflow."""


@dataclass(frozen=True, slots=True)
class TimestampInfo:
    """What the authority states.

    Attributes:
        policy: dotted decimal.
        imprint_algorithm: how the stamped bytes were hashed.
        imprint: their digest.
        serial: of the token.
        gen_time: aware, in UTC; parts below a microsecond are cut.
        accuracy: either way, or ``None``.
    """

    policy: str
    imprint_algorithm: Algorithm
    imprint: bytes
    serial: int
    gen_time: datetime
    accuracy: timedelta | None


@dataclass(frozen=True, slots=True)
class SignerInfo:
    """How it is signed.

    Attributes:
        issuer_and_serial: DER of the issuer's name and the number; or ``None``.
        key_identifier: or this.
        digest: algorithm of the message digest.
        attributes: DER of the single value of each signed attribute, by object identifier.
        signed: the bytes under the signature: the attributes as a SET.
        algorithm: of the signature.
        signature: the authority's.
    """

    issuer_and_serial: tuple[bytes, int] | None
    key_identifier: bytes | None
    digest: Algorithm
    attributes: dict[str, bytes]
    signed: bytes
    algorithm: Algorithm
    signature: bytes


@dataclass(frozen=True, slots=True)
class TimestampToken:
    """A token.

    Attributes:
        content: DER of the TSTInfo, which the message digest covers.
        info: the same, read.
        certificates: DER of each certificate that came along.
        signer: the one signer.
    """

    content: bytes
    info: TimestampInfo
    certificates: tuple[bytes, ...]
    signer: SignerInfo


def parse_token(data: bytes) -> TimestampToken:
    """Read a token, or the token in a response.

    Raises:
        MalformedError: not strict DER or not of the form.
        RefutedError: a response that grants nothing.
        NotProvableError: revocation data inside, or an extension that must be understood.
    """
    reader = der.outermost(data, der.SEQUENCE)
    if reader.peek() == der.SEQUENCE:
        _check_status(reader.sequence())
        token = reader.sequence()
        reader.end()
        reader = token
    if reader.oid() != SIGNED_DATA:
        raise MalformedError("timestamp-form", part="content type")
    wrapper = reader.inside(_CONTEXT_0)
    reader.end()
    signed_data = wrapper.sequence()
    wrapper.end()
    return _read_signed_data(signed_data)


def token_in(response: bytes) -> bytes:
    """Return the token of a response that grants one, as it lies there.

    Raises:
        MalformedError: not of the form.
        RefutedError: it grants nothing.
    """
    reader = der.outermost(response, der.SEQUENCE)
    _check_status(reader.sequence())
    token = reader.expect(der.SEQUENCE)
    reader.end()
    return token.encoding


def as_response(token: bytes) -> bytes:
    """Return a token as the response that ``openssl ts -verify`` reads: granted, then the token."""
    content = b"\x30\x03\x02\x01\x00" + token
    size = len(content).to_bytes(3, "big")
    while size[0] == 0:
        size = size[1:]
    # A token has kilobytes: its length never fits the short form.
    return bytes([der.SEQUENCE, 0x80 | len(size)]) + size + content


def _check_status(status: der.Reader) -> None:
    number = status.integer()
    if number not in _GRANTED:
        raise RefutedError("timestamp-not-granted", status=number)


def _read_signed_data(reader: der.Reader) -> TimestampToken:
    if reader.integer() != _SIGNED_DATA_VERSION:
        raise MalformedError("timestamp-form", part="version")
    digests = reader.inside(der.SET)
    stated_digests = []
    while digests.more:
        stated_digests.append(Algorithm.read(digests))
    encapsulated = reader.sequence()
    if encapsulated.oid() != TST_INFO:
        raise MalformedError("timestamp-form", part="content type")
    explicit = encapsulated.inside(_CONTEXT_0)
    content = explicit.octets()
    explicit.end()
    encapsulated.end()
    certificates = _read_certificates(reader)
    if reader.peek() == _CONTEXT_1:
        raise NotProvableError("timestamp-revocation")
    signers = reader.inside(der.SET)
    reader.end()
    signer = _read_signer(signers.sequence())
    signers.end()
    if signer.digest not in stated_digests:
        raise MalformedError("timestamp-form", part="digest algorithms")
    return TimestampToken(content, _read_info(content), certificates, signer)


def _read_certificates(reader: der.Reader) -> tuple[bytes, ...]:
    certificates: list[bytes] = []
    if reader.peek() == _CONTEXT_0:
        # Authorities leave this set unsorted; nothing signs it, so its order is not looked at.
        inside = reader.inside(_CONTEXT_0)
        while inside.more:
            certificates.append(inside.value().encoding)
    if len(certificates) > MAX_CERTIFICATES:
        raise NotProvableError("timestamp-certificates", count=len(certificates))
    return tuple(certificates)


def _read_signer(reader: der.Reader) -> SignerInfo:
    version = reader.integer()
    issuer_and_serial = key_identifier = None
    if reader.peek() == _PRIMITIVE_0:
        key_identifier = reader.value().content
    else:
        identifier = reader.sequence()
        issuer_and_serial = identifier.expect(der.SEQUENCE).encoding, identifier.integer()
        identifier.end()
    if version != (_BY_ISSUER if key_identifier is None else _BY_KEY):
        raise MalformedError("timestamp-form", part="version")
    digest = Algorithm.read(reader)
    attributes = reader.expect(_CONTEXT_0)
    algorithm = Algorithm.read(reader)
    signature = reader.octets()
    # Unsigned attributes prove nothing and are passed over.
    reader.optional(_CONTEXT_1)
    reader.end()
    return SignerInfo(
        issuer_and_serial=issuer_and_serial,
        key_identifier=key_identifier,
        digest=digest,
        attributes=_read_attributes(attributes.content),
        # RFC 5652 §5.4: signed is the SET, though it is stored under the tag [0].
        signed=bytes([der.SET]) + attributes.encoding[1:],
        algorithm=algorithm,
        signature=signature,
    )


def _read_attributes(content: bytes) -> dict[str, bytes]:
    reader = der.Reader(content)
    attributes: dict[str, bytes] = {}
    previous = b""
    while reader.more:
        whole = reader.expect(der.SEQUENCE)
        if whole.encoding < previous:
            raise MalformedError("timestamp-form", part="order of attributes")
        previous = whole.encoding
        attribute = der.Reader(whole.content)
        oid = attribute.oid()
        values = attribute.inside(der.SET)
        attribute.end()
        value = values.value().encoding
        values.end()
        if oid in attributes:
            raise MalformedError("timestamp-form", part="attribute")
        attributes[oid] = value
    return attributes


def _read_info(content: bytes) -> TimestampInfo:
    reader = der.outermost(content, der.SEQUENCE)
    if reader.integer() != 1:
        raise MalformedError("timestamp-form", part="version")
    policy = reader.oid()
    imprint = reader.sequence()
    imprint_algorithm = Algorithm.read(imprint)
    digest = imprint.octets()
    imprint.end()
    serial = reader.integer()
    gen_time = _parse_gen_time(reader.expect(der.GENERALIZED_TIME).content)
    accuracy = _read_accuracy(reader.sequence()) if reader.peek() == der.SEQUENCE else None
    if reader.peek() == der.BOOLEAN:
        reader.boolean()  # ordering
    reader.optional(der.INTEGER)  # nonce: matters to who asked, not to who reads later
    reader.optional(_CONTEXT_0)  # the authority's name: a hint; the certificate decides
    if reader.peek() == _CONTEXT_1:
        _check_extensions(reader.inside(_CONTEXT_1))
    reader.end()
    return TimestampInfo(policy, imprint_algorithm, digest, serial, gen_time, accuracy)


def _parse_gen_time(content: bytes) -> datetime:
    match = _GEN_TIME.fullmatch(content.decode("latin-1"))
    if match is None:
        raise MalformedError("timestamp-form", part="time")
    whole, fraction = match.groups()
    microseconds = int((fraction or "0")[:6].ljust(6, "0"))
    return parse_seconds(f"{whole}Z").replace(microsecond=microseconds)


def _read_accuracy(reader: der.Reader) -> timedelta:
    seconds = reader.integer() if reader.peek() == der.INTEGER else 0
    parts = []
    for tag in (_PRIMITIVE_0, _PRIMITIVE_1):
        value = reader.optional(tag)
        part = der.parse_integer(value.content) if value else 0
        if not 0 <= part <= _MAX_FRACTION:
            raise MalformedError("timestamp-form", part="accuracy")
        parts.append(part)
    reader.end()
    if not 0 <= seconds <= _MAX_ACCURACY_SECONDS:
        raise MalformedError("timestamp-form", part="accuracy")
    return timedelta(seconds=seconds, milliseconds=parts[0], microseconds=parts[1])


def _check_extensions(reader: der.Reader) -> None:
    while reader.more:
        extension = reader.sequence()
        oid = extension.oid()
        critical = extension.boolean() if extension.peek() == der.BOOLEAN else False
        extension.octets()
        extension.end()
        if critical:
            raise NotProvableError("timestamp-critical-extension", oid=oid)
