"""Signers over key files that can be replaced while the program runs.

Asked for its public key (or address), a signer looks whether the file is another one by now, which costs a
microsecond; what the same thread then signs is signed with the key that it was told. So no signature is ever
stored beside a key that did not make it.
"""

from collections.abc import Callable
from pathlib import Path
from threading import Lock, local
from typing import Final, Generic, TypeVar

from ledger.errors import ConfigurationError
from ledger.ports.signer import StatementSigner, TransactionSigner

T = TypeVar("T")


class _Renewed(Generic[T]):
    """The signer from a file, opened again when the file is another one.

    Args:
        path: of the key.
        load: opens it.
    """

    def __init__(self, path: Path, load: Callable[[], T]) -> None:
        self._path: Final = path
        self._load: Final = load
        self._lock: Final = Lock()
        self._told: Final = local()
        self._seen: tuple[int, int] | None = None
        self._signer: T | None = None
        self._newest()  # a key that cannot be opened is said when it is first needed, not when it signs

    def look(self) -> T:
        """Return the newest signer, and let this thread go on with it."""
        found = self._newest()
        self._told.signer = found
        return found

    def told(self) -> T:
        """Return the signer whose key this thread was told last."""
        found: T | None = getattr(self._told, "signer", None)
        return self.look() if found is None else found

    def _newest(self) -> T:
        try:
            status = self._path.stat()
        except OSError as error:
            raise ConfigurationError("key-missing", file=self._path.name) from error
        seen = (status.st_ino, status.st_mtime_ns)
        with self._lock:
            if self._signer is None or seen != self._seen:
                self._signer, self._seen = self._load(), seen
            return self._signer


class RenewedStatementSigner:
    """Implements the statement signer port; see the module docstring."""

    def __init__(self, path: Path, load: Callable[[], StatementSigner]) -> None:
        self._key: Final = _Renewed(path, load)

    @property
    def public_key(self) -> bytes:
        """The 32-byte public key."""
        return self._key.look().public_key

    def sign(self, message: bytes) -> bytes:
        """See ``ports.signer``."""
        return self._key.told().sign(message)


class RenewedTransactionSigner:
    """Implements the transaction signer port; see the module docstring."""

    def __init__(self, path: Path, load: Callable[[], TransactionSigner]) -> None:
        self._key: Final = _Renewed(path, load)

    @property
    def address(self) -> bytes:
        """The 20-byte account address."""
        return self._key.look().address

    def sign_transaction(self, transaction: dict[str, object]) -> bytes:
        """See ``ports.signer``."""
        return self._key.told().sign_transaction(transaction)

    def sign_message(self, message: bytes) -> bytes:
        """See ``ports.signer``."""
        return self._key.told().sign_message(message)
