"""The pinned roots of an authority: a file of certificates in PEM."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from ledger.errors import ConfigurationError


def read_roots(file: Path) -> tuple[bytes, ...]:
    """Return the DER of every certificate in a PEM file.

    Raises:
        ConfigurationError: it cannot be read, or holds no certificate.
    """
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except OSError as error:
        raise ConfigurationError(
            "timestamp-roots", file=file.name, why=error.strerror or "?"
        ) from error
    except ValueError as error:
        raise ConfigurationError("timestamp-roots", file=file.name, why="PEM") from error
    return tuple(each.public_bytes(Encoding.DER) for each in found)
