"""Certificate revocation lists (RFC 5280 §5), fetched from where the certificates of a chain say.

* The address comes from a certificate, so it is somebody else's: it must lie in the public network, unless it
  is on the authority's own host, which people configured.
* A list counts when it is signed by the issuer of the certificate it was fetched for. What cannot be had, is
  not a list or is not signed so is left out: revocation data adds to a token, its absence takes nothing away.
* Delta lists, indirect lists, LDAP and OCSP are not looked at.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import ExtensionOID

from ledger.errors import LedgerError
from ledger.ports.timestamping import RevocationList
from ledger.tsa.exchange import Bounds, exchange, read_url

BOUNDS: Final = Bounds(seconds=20.0, size=2 * 1024 * 1024)
"""Lists of authorities that issue for signers have kilobytes; the largest public ones some megabytes."""
MAX_POINTS: Final = 2
"""Addresses that are tried for one certificate."""
_OK: Final = 200


def fetch_lists(certificates: Sequence[bytes], *, own_host: str) -> tuple[RevocationList, ...]:
    """Return the lists of a chain (DER, signer first, root last); the root has none."""
    chain = [x509.load_der_x509_certificate(each) for each in certificates]
    found = (_first(certificate, issuer, own_host) for certificate, issuer in pairwise(chain))
    return tuple(each for each in found if each is not None)


def _first(
    certificate: x509.Certificate, issuer: x509.Certificate, own_host: str
) -> RevocationList | None:
    for url in _points(certificate)[:MAX_POINTS]:
        found = _fetch(url, certificate, issuer, own_host)
        if found is not None:
            return found
    return None


def _points(certificate: x509.Certificate) -> list[str]:
    try:
        extension = certificate.extensions.get_extension_for_oid(
            ExtensionOID.CRL_DISTRIBUTION_POINTS
        )
    except (x509.ExtensionNotFound, ValueError):
        return []
    points = extension.value
    return list(_addresses(points)) if isinstance(points, x509.CRLDistributionPoints) else []


def _addresses(points: x509.CRLDistributionPoints) -> Iterator[str]:
    for point in points:
        for name in point.full_name or ():
            if isinstance(name, x509.UniformResourceIdentifier):
                yield name.value


def _fetch(
    url: str, certificate: x509.Certificate, issuer: x509.Certificate, own_host: str
) -> RevocationList | None:
    try:
        is_own = read_url(url).hostname == own_host
        answer = exchange(url, BOUNDS, public=not is_own)
        if answer.status != _OK:
            return None
        parsed = x509.load_der_x509_crl(answer.body)
        if parsed.issuer != issuer.subject or not _is_signed(parsed, issuer):
            return None
        entry = parsed.get_revoked_certificate_by_serial_number(certificate.serial_number)
    except (LedgerError, ValueError):
        return None
    return RevocationList(url, answer.body, parsed.next_update_utc, revokes=entry is not None)


def _is_signed(parsed: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    key = issuer.public_key()
    if not isinstance(key, RSAPublicKey | EllipticCurvePublicKey):
        return False  # outside the verifier's profile, which the chain has passed
    try:
        return parsed.is_signature_valid(key)
    except (UnsupportedAlgorithm, TypeError):
        return False
