"""Account keys (secp256k1) in keystore v3 files, as every Ethereum client reads them.

The passphrase is the master key in hex: 256 bits of randomness, so opening takes milliseconds instead of the
0.7 s of keystore's default scrypt. The library takes 0.3 s to import; the first key opened imports it.
"""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eth_typing import Hash32

from ledger.errors import ConfigurationError
from ledger.keys.files import read_private, write_private
from ledger.primitives.keccak import keccak256

if TYPE_CHECKING:
    from eth_account import Account
    from eth_account.signers.local import LocalAccount

_ITERATIONS: Final = 1000
"""Keystore v3 wants some; the passphrase is a random 256-bit key already."""


class FileTransactionSigner:
    """A secp256k1 key from a keystore v3 file; implements the transaction signer port."""

    def __init__(self, account: "LocalAccount") -> None:
        self._account: Final = account

    @property
    def address(self) -> bytes:
        """The 20-byte account address."""
        return bytes.fromhex(self._account.address[2:])

    def sign_transaction(self, transaction: dict[str, object]) -> bytes:
        """See ``ports.signer``."""
        signed = self._account.sign_transaction(transaction)  # type: ignore[arg-type]  # web3's form
        return bytes(signed.raw_transaction)

    def sign_message(self, message: bytes) -> bytes:
        """See ``ports.signer``."""
        digest = Hash32(keccak256(message))
        return bytes(self._account.unsafe_sign_hash(digest).signature)


def create_transaction_key(path: Path, master_key: bytes) -> FileTransactionSigner:
    """Make a key and store it.

    Raises:
        RefusedError: the file exists.
    """
    account = _library().create()
    write_private(path, seal_account(account.key, master_key))
    return FileTransactionSigner(account)


def seal_account(private: bytes, master_key: bytes) -> bytes:
    """Return the content of the file that holds a private key."""
    keystore = _library().encrypt(private, master_key.hex(), kdf="pbkdf2", iterations=_ITERATIONS)
    return json.dumps(keystore).encode()


def load_transaction_key(path: Path, master_key: bytes) -> FileTransactionSigner:
    """Open a stored key.

    Raises:
        ConfigurationError: missing, not such a file, or under another master key.
    """
    return FileTransactionSigner(_library().from_key(open_account(path, master_key)))


def open_account(path: Path, master_key: bytes) -> bytes:
    """Return a stored private key itself, to be stored under another master key; raises as loading."""
    try:
        return bytes(_library().decrypt(json.loads(read_private(path)), master_key.hex()))
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError("key-unreadable", file=path.name) from error


@cache
def _library() -> "type[Account]":
    from eth_account import Account  # noqa: PLC0415 - see the module docstring

    return Account
