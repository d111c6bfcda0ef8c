"""X.509 certificates, as far as a timestamp authority's chain needs them (RFC 5280 §4).

* Read strictly: version 3, the two statements of the signature algorithm equal, each extension
  once.
* Understood are basic constraints, key usage and extended key usage. Any other extension is passed
  over when it is not critical; a critical one is a rule that is not checked here: not provable.
"""

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Final

from ledger.errors import MalformedError
from ledger.primitives import der
from ledger.proof.timestamp_algorithms import Algorithm, PublicKey, is_signed, read_public_key
from ledger.proof.timestamp_findings import NotProvableError
from ledger.proof.timestamp_name import render_name

_UTC: Final = timezone.utc

_VERSION_TAG: Final = 0xA0
_EXTENSIONS_TAG: Final = 0xA3
_ISSUER_ID_TAG: Final = 0x81
_SUBJECT_ID_TAG: Final = 0x82
_VERSION_3: Final = 2

_BASIC_CONSTRAINTS: Final = "2.5.29.19"
_KEY_USAGE: Final = "2.5.29.15"
_EXTENDED_KEY_USAGE: Final = "2.5.29.37"
_UNDERSTOOD: Final = frozenset({_BASIC_CONSTRAINTS, _KEY_USAGE, _EXTENDED_KEY_USAGE})
TIME_STAMPING: Final = "1.3.6.1.5.5.7.3.8"
ANY_USAGE: Final = "2.5.29.37.0"

_DIGITAL_SIGNATURE: Final = 0x80
_NON_REPUDIATION: Final = 0x40
_KEY_CERT_SIGN: Final = 0x04
_CENTURY_TURN: Final = 50
"""RFC 5280 §4.1.2.5.1: two-digit years from 50 on are of the 20th century."""


@dataclass(frozen=True, slots=True)
class CertificateExtension:
    """An extension as it stands in the certificate."""

    critical: bool
    value: bytes


@dataclass(frozen=True, slots=True)
class X509Certificate:
    """A certificate.

    Attributes:
        encoding: the whole, DER.
        serial: certificate number.
        issuer: DER of the issuer's name.
        subject: DER of the subject's name.
        not_before: aware, in UTC, inclusive.
        not_after: aware, in UTC, inclusive.
        key: the subject's public key.
        extensions: by object identifier.
        signed: the bytes under the issuer's signature.
        algorithm: of that signature.
        signature: the issuer's.
    """

    encoding: bytes
    serial: int
    issuer: bytes
    subject: bytes
    not_before: datetime
    not_after: datetime
    key: PublicKey
    extensions: dict[str, CertificateExtension]
    signed: bytes
    algorithm: Algorithm
    signature: bytes

    @property
    def subject_text(self) -> str:
        """The subject for people."""
        return render_name(self.subject)

    def is_valid_at(self, moment: datetime) -> bool:
        """Say whether a moment lies in the period of validity."""
        return self.not_before <= moment <= self.not_after

    def is_signed_by(self, issuer: "X509Certificate") -> bool:
        """Say whether the issuer's key made this certificate's signature."""
        return is_signed(
            key=issuer.key,
            algorithm=self.algorithm,
            message=self.signed,
            signature=self.signature,
        )

    def unknown_critical(self) -> str | None:
        """Return the identifier of a critical extension that is not understood, if there is one."""
        for oid, extension in self.extensions.items():
            if extension.critical and oid not in _UNDERSTOOD:
                return oid
        return None

    def extended_usages(self) -> tuple[frozenset[str], bool] | None:
        """Return the extended usages and whether they are critical; ``None``: no restriction."""
        extension = self.extensions.get(_EXTENDED_KEY_USAGE)
        if extension is None:
            return None
        reader = der.outermost(extension.value, der.SEQUENCE)
        usages = set()
        while reader.more:
            usages.add(reader.oid())
        return frozenset(usages), extension.critical

    def may_sign_data(self) -> bool:
        """Say whether key usage allows signatures over data."""
        usage = self._key_usage()
        return usage is None or bool(usage & (_DIGITAL_SIGNATURE | _NON_REPUDIATION))

    def may_issue(self, *, below: int) -> bool:
        """Say whether this is a certificate authority that may stand above a chain.

        Args:
            below: how many other authorities stand between this one and the signer.
        """
        usage = self._key_usage()
        extension = self.extensions.get(_BASIC_CONSTRAINTS)
        if extension is None or not (usage is None or usage & _KEY_CERT_SIGN):
            return False
        reader = der.outermost(extension.value, der.SEQUENCE)
        is_authority = reader.boolean() if reader.peek() == der.BOOLEAN else False
        path_length = reader.integer() if reader.more else None
        reader.end()
        return is_authority and (path_length is None or below <= path_length)

    def _key_usage(self) -> int | None:
        extension = self.extensions.get(_KEY_USAGE)
        if extension is None:
            return None
        reader = der.Reader(extension.value)
        _, bits = der.parse_bits(reader.expect(der.BIT_STRING).content)
        reader.end()
        # The usages that matter are all in the first byte.
        return bits[0] if bits else 0


def parse_certificate(data: bytes) -> X509Certificate:
    """Read a certificate.

    Raises:
        MalformedError: not a strict version 3 certificate.
        NotProvableError: a key outside the profile.
    """
    outer = der.outermost(data, der.SEQUENCE)
    to_be_signed = outer.expect(der.SEQUENCE)
    algorithm = Algorithm.read(outer)
    signature = outer.bits()
    outer.end()
    inner = der.Reader(to_be_signed.content)
    version = inner.inside(_VERSION_TAG)
    if version.integer() != _VERSION_3:
        raise MalformedError("certificate-form", part="version")
    version.end()
    serial = inner.integer()
    if Algorithm.read(inner) != algorithm:
        raise MalformedError("certificate-form", part="algorithm")
    issuer = inner.expect(der.SEQUENCE).encoding
    validity = inner.sequence()
    not_before, not_after = read_time(validity), read_time(validity)
    validity.end()
    subject = inner.expect(der.SEQUENCE).encoding
    key = read_public_key(inner)
    inner.optional(_ISSUER_ID_TAG)
    inner.optional(_SUBJECT_ID_TAG)
    extensions = _read_extensions(inner)
    inner.end()
    return X509Certificate(
        encoding=data,
        serial=serial,
        issuer=issuer,
        subject=subject,
        not_before=not_before,
        not_after=not_after,
        key=key,
        extensions=extensions,
        signed=to_be_signed.encoding,
        algorithm=algorithm,
        signature=signature,
    )


def try_parse_certificate(data: bytes) -> X509Certificate | None:
    """Read a certificate that may be outside the profile; ``None`` then: others still count."""
    try:
        return parse_certificate(data)
    except (MalformedError, NotProvableError):
        return None


def read_time(reader: der.Reader) -> datetime:
    """Read the next value as a Time of a certificate, in the one form that RFC 5280 allows.

    Raises:
        MalformedError: ``certificate-form``.
    """
    value = reader.value()
    text = value.content.decode("ascii", errors="replace")
    if value.tag == der.UTC_TIME and text[:2].isdigit():
        text = ("19" if int(text[:2]) >= _CENTURY_TURN else "20") + text
    elif value.tag != der.GENERALIZED_TIME:
        raise MalformedError("certificate-form", part="time")
    return parse_seconds(text)


def parse_seconds(text: str) -> datetime:
    """Read ``YYYYMMDDhhmmssZ`` as an aware datetime in UTC.

    Raises:
        MalformedError: ``certificate-form``.
    """
    form = "%Y%m%d%H%M%SZ"
    try:
        moment = datetime.strptime(text, form).replace(tzinfo=_UTC)
    except ValueError:
        raise MalformedError("certificate-form", part="time") from None
    # ``strptime`` also takes fields without their leading zero.
    if moment.strftime(form).zfill(len(text)) != text:
        raise MalformedError("certificate-form", part="time")
    return moment


def _read_extensions(reader: der.Reader) -> dict[str, CertificateExtension]:
    extensions: dict[str, CertificateExtension] = {}
    if not reader.more:
        return extensions
    outer = reader.inside(_EXTENSIONS_TAG)
    inside = outer.sequence()
    outer.end()
    while inside.more:
        extension = inside.sequence()
        oid = extension.oid()
        critical = extension.boolean() if extension.peek() == der.BOOLEAN else False
        value = extension.octets()
        extension.end()
        if oid in extensions:
            raise MalformedError("certificate-form", part="extension")
        extensions[oid] = CertificateExtension(critical, value)
    return extensions
