"""Private keys and secrets in encrypted files: Ed25519 as PKCS#8, random secrets under AES-256-GCM.

The passphrase is the master key in hex. It is 256 bits of randomness, so no slow derivation is needed to
protect it, and none is used. Files are created with mode 0600 and never overwritten.
"""

import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from ledger.errors import ConfigurationError, RefusedError, UnavailableError

SECRET_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class FileStatementSigner:
    """An Ed25519 key from an encrypted PKCS#8 file; implements the statement signer port."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key: Final = key
        self._public: Final = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def public_key(self) -> bytes:
        """The 32-byte public key."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """See ``ports.signer``."""
        return self._key.sign(message)


def verify_statement(key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether an Ed25519 signature holds (OpenSSL; the court's verifier has its own)."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def create_statement_key(path: Path, master_key: bytes) -> FileStatementSigner:
    """Make a key and store it.

    Raises:
        RefusedError: the file exists.
    """
    key = Ed25519PrivateKey.generate()
    write_private(path, seal_statement_key(key, master_key))
    return FileStatementSigner(key)


def seal_statement_key(key: Ed25519PrivateKey, master_key: bytes) -> bytes:
    """Return the content of the file that holds ``key``."""
    protection = BestAvailableEncryption(master_key.hex().encode())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)


def load_statement_key(path: Path, master_key: bytes) -> FileStatementSigner:
    """Open a stored key.

    Raises:
        ConfigurationError: missing, not such a file, or under another master key.
    """
    return FileStatementSigner(open_statement_key(path, master_key))


def open_statement_key(path: Path, master_key: bytes) -> Ed25519PrivateKey:
    """Return a stored key itself, to be stored under another master key; raises as loading."""
    try:
        key = load_pem_private_key(read_private(path), master_key.hex().encode())
    except (ValueError, TypeError) as error:
        raise ConfigurationError("key-unreadable", file=path.name) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError("key-unreadable", file=path.name)
    return key


def write_private(path: Path, data: bytes) -> None:
    """Write a new file that only this user may read, durable on return.

    Raises:
        RefusedError: the file exists.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise RefusedError("key-exists", file=path.name) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_private(path: Path, data: bytes) -> None:
    """Replace a file at once by one that only this user may read, durable on return.

    Raises:
        UnavailableError: the disk refuses; the old file is still there.
    """
    part = path.with_name(path.name + ".part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        rename_private(part, path)
    except OSError as error:
        raise UnavailableError("key-unwritable", file=path.name) from error


def rename_private(old: Path, new: Path) -> None:
    """Give ``old`` the name ``new`` in the same folder, durable on return.

    Raises:
        UnavailableError: the disk refuses; asking again is safe.
    """
    try:
        old.replace(new)
        descriptor = os.open(new.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise UnavailableError("key-unwritable", file=new.name) from error


def read_private(path: Path) -> bytes:
    """Return the bytes of a key file.

    Raises:
        ConfigurationError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError("key-missing", file=path.name) from error


def create_secret(path: Path, master_key: bytes) -> None:
    """Make a random 32-byte secret and store it under the master key.

    Raises:
        RefusedError: the file exists.
    """
    write_private(path, seal_secret(path.name, os.urandom(SECRET_BYTES), master_key))


def seal_secret(name: str, secret: bytes, master_key: bytes) -> bytes:
    """Return the content of the file ``name`` that holds ``secret``."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(master_key).encrypt(nonce, secret, name.encode())


def load_secret(path: Path, master_key: bytes) -> bytes:
    """Return a stored secret, 32 bytes.

    Raises:
        ConfigurationError: missing, or under another master key.
    """
    data = read_private(path)
    nonce, sealed = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
    try:
        return AESGCM(master_key).decrypt(nonce, sealed, path.name.encode())
    except (InvalidTag, ValueError) as error:
        raise ConfigurationError("key-unreadable", file=path.name) from error
