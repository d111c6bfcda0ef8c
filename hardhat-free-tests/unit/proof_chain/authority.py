"""A throw-away timestamp authority: certificates with any fault, and tokens with any fault.

Tokens are put together byte by byte, because real authorities refuse to make the broken ones.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

MESSAGE = b"lianzheng.example/bank-a/g1\n"
IMPRINT = hashlib.sha256(MESSAGE).digest()
GEN_TIME = "20260601120000Z"
STAMPED = datetime(2026, 6, 1, 12, tzinfo=UTC)
SHA_OIDS = {
    "sha1": "1.3.14.3.2.26",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
HASHES: dict[str, Any] = {
    "sha1": hashes.SHA1(),  # noqa: S303 # a token that must not be proved
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
RSA_OIDS = {"sha256": "1.2.840.113549.1.1.11", "sha384": "1.2.840.113549.1.1.12"}
RSA_OIDS |= {"sha512": "1.2.840.113549.1.1.13", "sha1": "1.2.840.113549.1.1.5"}
EC_OIDS = {"sha256": "1.2.840.10045.4.3.2", "sha384": "1.2.840.10045.4.3.3"}
EC_OIDS |= {"sha512": "1.2.840.10045.4.3.4", "sha1": "1.2.840.10045.4.1"}
STAMPING = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
CA = x509.BasicConstraints(ca=True, path_length=None)


def tlv(tag: int, *parts: bytes) -> bytes:
    """Return DER of a value from its content's parts."""
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    size = (len(content).bit_length() + 7) // 8
    return bytes([tag, 0x80 + size]) + len(content).to_bytes(size, "big") + content


def sequence(*parts: bytes) -> bytes:
    """Return a SEQUENCE."""
    return tlv(0x30, *parts)


def set_of(*parts: bytes) -> bytes:
    """Return a SET OF, in DER's order."""
    return tlv(0x31, *sorted(parts))


def integer(number: int) -> bytes:
    """Return an INTEGER, not negative."""
    return tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def oid(text: str) -> bytes:
    """Return an OBJECT IDENTIFIER."""
    first, second, *rest = map(int, text.split("."))
    content = bytearray()
    for arc in (40 * first + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        content += bytes(reversed(groups))
    return tlv(0x06, bytes(content))


def algorithm(text: str, parameters: bytes = b"") -> bytes:
    """Return an AlgorithmIdentifier."""
    return sequence(oid(text), parameters)


@cache
def key_of(kind: str) -> Any:
    """Return a private key: a curve's name or an RSA size, with a number behind a dash."""
    name = kind.split("-", maxsplit=1)[0]
    if name.isdigit():
        return rsa.generate_private_key(65537, int(name))
    curves = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}
    return ec.generate_private_key(curves[name])


@dataclass(frozen=True)
class Certificate:
    """A certificate with its private key."""

    parsed: x509.Certificate
    key: Any

    @property
    def der(self) -> bytes:
        """The certificate's bytes."""
        return self.parsed.public_bytes(serialization.Encoding.DER)


def certificate(
    name: str,
    key: Any,
    issuer: "Certificate | None" = None,
    *,
    extensions: list[tuple[x509.ExtensionType, bool]],
    years: tuple[int, int] = (2020, 2040),
    issuer_name: str | None = None,
    signing_hash: str = "sha256",
    pss: bool = False,
) -> Certificate:
    """Issue a certificate; without an issuer it signs itself."""
    own_name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    stated = issuer.parsed.subject if issuer else own_name
    if issuer_name:
        stated = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer_name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(own_name)
        .issuer_name(stated)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") | 1)
        .not_valid_before(datetime(years[0], 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(years[1], 1, 1, tzinfo=UTC))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    rsa_padding = padding.PSS(padding.MGF1(hashes.SHA256()), 32) if pss else None
    signer = issuer.key if issuer else key
    made = builder.sign(signer, HASHES[signing_hash], rsa_padding=rsa_padding)
    return Certificate(made, key)


@cache
def root(kind: str = "p256-root") -> Certificate:
    """Return a root."""
    return certificate(f"root {kind}", key_of(kind), extensions=[(CA, True)])


@cache
def signer(kind: str = "p256-signer", issuer: Certificate | None = None) -> Certificate:
    """Return a good signer's certificate under a root."""
    above = issuer or root()
    name = f"signer {kind}"
    return certificate(name, key_of(kind), above, extensions=[(STAMPING, True)])


@dataclass(frozen=True)
class Token:
    """A token to be made; the defaults make a good one."""

    signer: Certificate = field(default_factory=signer)
    certificates: tuple[bytes, ...] | None = None
    hash_name: str = "sha256"
    imprint: bytes = IMPRINT
    imprint_hash: str = "sha256"
    gen_time: str = GEN_TIME
    version: int = 1
    behind_time: bytes = b""
    attributes: dict[str, bytes | None] = field(default_factory=dict)
    signature_oid: str | None = None
    signature: bytes | None = None
    signed_by: Any = None
    crls: bytes = b""
    content_type: str = "1.2.840.113549.1.9.16.1.4"
    key_identifier: bytes | None = None
    signers: int = 1
    unsigned: bytes = b""

    def info(self) -> bytes:
        """Return the TSTInfo."""
        return sequence(
            integer(self.version),
            oid("1.2.3.4.1"),
            sequence(algorithm(SHA_OIDS[self.imprint_hash], b"\x05\x00"), tlv(4, self.imprint)),
            integer(42),
            tlv(0x18, self.gen_time.encode()),
            self.behind_time,
        )

    def signed_attributes(self) -> list[bytes]:
        """Return the signed attributes."""
        named = hashlib.sha256(self.signer.der).digest()
        digest = hashlib.new(self.hash_name, self.info()).digest()
        values: dict[str, bytes | None] = {
            "1.2.840.113549.1.9.3": oid("1.2.840.113549.1.9.16.1.4"),
            "1.2.840.113549.1.9.4": tlv(4, digest),
            "1.2.840.113549.1.9.16.2.47": sequence(sequence(sequence(tlv(4, named)))),
        }
        values |= self.attributes
        return [sequence(oid(name), set_of(value)) for name, value in values.items() if value]

    def der(self) -> bytes:
        """Return the token."""
        certificates = self.certificates
        if certificates is None:
            certificates = (self.signer.der,)
        carried = tlv(0xA0, *certificates) if certificates else b""
        signed_data = sequence(
            integer(3),
            set_of(algorithm(SHA_OIDS[self.hash_name], b"\x05\x00")),
            sequence(oid(self.content_type), tlv(0xA0, tlv(4, self.info()))),
            carried,
            self.crls,
            tlv(0x31, *[self._signer_info()] * self.signers),
        )
        return sequence(oid("1.2.840.113549.1.7.2"), tlv(0xA0, signed_data))

    def response(self, status: int = 0) -> bytes:
        """Return a response with the token inside."""
        return sequence(sequence(integer(status)), self.der() if status < 2 else b"")

    def _signer_info(self) -> bytes:
        attributes = self.signed_attributes()
        signed = set_of(*attributes)
        key = self.signed_by or self.signer.key
        is_rsa = isinstance(key, rsa.RSAPrivateKey)
        oids = RSA_OIDS if is_rsa else EC_OIDS
        scheme = (padding.PKCS1v15(), HASHES[self.hash_name])
        signature = key.sign(signed, *(scheme if is_rsa else (ec.ECDSA(scheme[1]),)))
        null = b"\x05\x00" if is_rsa else b""
        issuer = self.signer.parsed.issuer.public_bytes()
        identifier = sequence(issuer, integer(self.signer.parsed.serial_number))
        if self.key_identifier is not None:
            identifier = tlv(0x80, self.key_identifier)
        return sequence(
            integer(1 if self.key_identifier is None else 3),
            identifier,
            algorithm(SHA_OIDS[self.hash_name], b"\x05\x00"),
            b"\xa0" + signed[1:],
            algorithm(self.signature_oid or oids[self.hash_name], null),
            tlv(4, self.signature or signature),
            self.unsigned,
        )


def usages(*oids: x509.ObjectIdentifier) -> x509.ExtendedKeyUsage:
    """Return the extension with these usages."""
    return x509.ExtendedKeyUsage(oids)


def own_signer(
    name: str, *extensions: tuple[x509.ExtensionType, bool], kind: str = "p256-own", **more: Any
) -> Certificate:
    """Return a certificate under the root with these extensions."""
    return certificate(
        name, key_of(kind), more.pop("issuer", root()), extensions=[*extensions], **more
    )


def key_usage(**allowed: bool) -> x509.KeyUsage:
    """Return the extension with only these usages allowed."""
    names = "digital_signature content_commitment key_encipherment data_encipherment key_agreement"
    names += " key_cert_sign crl_sign encipher_only decipher_only"
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in names.split()})


def chain(length: int, **changes: Any) -> tuple[Certificate, tuple[bytes, ...]]:
    """Return a signer and what its token carries, with so many certificates up to the root."""
    above, carried = root(), []
    for number in range(length - 2):
        name = f"authority {number} of {length} {sorted(changes)}"
        options = {"extensions": [(CA, True)]} | changes
        above = certificate(name, key_of(f"p256-{number}"), above, **options)
        carried.append(above.der)
    last = certificate(
        f"signer below {length}", key_of("p256-end"), above, extensions=[(STAMPING, True)]
    )
    return last, (last.der, *carried)


def below(length: int, **changes: Any) -> Token:
    """Return a token at the end of such a chain, carrying it."""
    last, carried = chain(length, **changes)
    return Token(signer=last, certificates=carried)
