"""Algorithms of the timestamp profile, by object identifier, and signature checks with them.

SHA-256, SHA-384, SHA-512; RSA PKCS#1 v1.5 from 2048 bits; ECDSA on P-256 and P-384. Whatever else a
token uses (PSS, SM2, SHA-1, EdDSA) is "not provable" here, never "wrong".
"""

from dataclasses import dataclass
from hashlib import new
from typing import Final, TypeAlias

from ledger.errors import LimitError, MalformedError
from ledger.primitives import der, ecdsa, rsa
from ledger.primitives.rsa import HashName, RsaPublicKey
from ledger.primitives.weierstrass import Curve
from ledger.proof.timestamp_findings import NotProvableError

HASHES: Final[dict[str, HashName]] = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_RSA_ENCRYPTION: Final = "1.2.840.113549.1.1.1"
_RSA_SIGNATURES: Final[dict[str, HashName]] = {
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
}
_EC_PUBLIC_KEY: Final = "1.2.840.10045.2.1"
_ECDSA_SIGNATURES: Final[dict[str, HashName]] = {
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}
_CURVES: Final[dict[str, Curve]] = {
    "1.2.840.10045.3.1.7": ecdsa.P256,
    "1.3.132.0.34": ecdsa.P384,
}
_NULL: Final = b"\x05\x00"


@dataclass(frozen=True, slots=True)
class Algorithm:
    """An AlgorithmIdentifier.

    Attributes:
        oid: dotted decimal.
        parameters: their DER, empty when absent.
    """

    oid: str
    parameters: bytes

    @classmethod
    def read(cls, reader: der.Reader) -> "Algorithm":
        """Read the next value as an AlgorithmIdentifier."""
        inside = reader.sequence()
        oid = inside.oid()
        parameters = inside.value().encoding if inside.more else b""
        inside.end()
        return cls(oid, parameters)


@dataclass(frozen=True, slots=True)
class EcPublicKey:
    """A public key on a known curve.

    Attributes:
        curve: P-256 or P-384.
        point: x ‖ y.
    """

    curve: Curve
    point: bytes


PublicKey: TypeAlias = RsaPublicKey | EcPublicKey


def hash_of(algorithm: Algorithm) -> HashName:
    """Return the name of a hash algorithm of the profile.

    Raises:
        NotProvableError: another algorithm, or with parameters.
    """
    name = HASHES.get(algorithm.oid)
    if name is None or algorithm.parameters not in {b"", _NULL}:
        raise NotProvableError("timestamp-algorithm", oid=algorithm.oid)
    return name


def read_public_key(reader: der.Reader) -> PublicKey:
    """Read the next value as a SubjectPublicKeyInfo.

    Raises:
        NotProvableError: another kind of key, an RSA key below 2048 bits, or a compressed point.
        MalformedError: not of its form.
    """
    info = reader.sequence()
    algorithm = Algorithm.read(info)
    key = info.bits()
    info.end()
    if algorithm.oid == _RSA_ENCRYPTION and algorithm.parameters == _NULL:
        try:
            return RsaPublicKey.parse(key)
        except LimitError as error:
            raise NotProvableError("timestamp-key-size", **error.params) from None
    if algorithm.oid != _EC_PUBLIC_KEY:
        raise NotProvableError("timestamp-algorithm", oid=algorithm.oid)
    parameters = der.Reader(algorithm.parameters)
    curve_oid = parameters.oid()
    parameters.end()
    curve = _CURVES.get(curve_oid)
    if curve is None or key[:1] != b"\x04":
        raise NotProvableError("timestamp-algorithm", oid=curve_oid)
    ecdsa.parse_point(curve, key[1:])
    return EcPublicKey(curve, key[1:])


def is_signed(
    *,
    key: PublicKey,
    algorithm: Algorithm,
    message: bytes,
    signature: bytes,
    digest_name: HashName | None = None,
) -> bool:
    """Say whether a signature holds.

    Args:
        key: of the signer.
        algorithm: as stated beside the signature.
        message: the signed bytes.
        signature: as it stands in the certificate or the CMS structure.
        digest_name: CMS only: the digest algorithm, which ``rsaEncryption`` leaves to it, and which
            the others must agree with.

    Raises:
        NotProvableError: an algorithm outside the profile, or one that does not fit the key or
        digest.
    """
    hash_name = _signature_hash(key, algorithm, digest_name)
    if digest_name not in {None, hash_name}:
        raise NotProvableError("timestamp-algorithm", oid=algorithm.oid)
    if isinstance(key, RsaPublicKey):
        return rsa.verify(key=key, hash_name=hash_name, message=message, signature=signature)
    try:
        r, s = ecdsa.parse_der_signature(signature)
    except MalformedError:
        return False
    digest = new(hash_name, message).digest()
    return ecdsa.verify(curve=key.curve, public_key=key.point, digest=digest, r=r, s=s)


def _signature_hash(key: PublicKey, algorithm: Algorithm, digest_name: HashName | None) -> HashName:
    hash_name: HashName | None
    if isinstance(key, EcPublicKey):
        hash_name = _ECDSA_SIGNATURES.get(algorithm.oid)
        allowed = {b""}
    else:
        allowed = {b"", _NULL}
        hash_name = _RSA_SIGNATURES.get(algorithm.oid)
        if algorithm.oid == _RSA_ENCRYPTION:
            hash_name = digest_name
    if hash_name is None or algorithm.parameters not in allowed:
        raise NotProvableError("timestamp-algorithm", oid=algorithm.oid)
    return hash_name
