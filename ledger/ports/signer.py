"""Signer ports: private keys never leave the implementation.

Two curves, two protocols. Local files hold encrypted keys; remote implementations ask a signing service.
Signing is deterministic on both curves, so that a retried step produces the same bytes.
"""

from typing import Protocol


class StatementSigner(Protocol):
    """An Ed25519 key (evidence key or log key)."""

    @property
    def public_key(self) -> bytes:
        """The 32-byte public key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature over ``message`` (RFC 8032, pure Ed25519).

        Raises:
            UnavailableError: a remote signer does not answer; ask again.
        """
        ...


class TransactionSigner(Protocol):
    """A secp256k1 account key (anchor key)."""

    @property
    def address(self) -> bytes:
        """The 20-byte account address."""
        ...

    def sign_transaction(self, transaction: dict[str, object]) -> bytes:
        """Return the raw signed transaction for a dictionary in web3's form.

        Raises:
            UnavailableError: a remote signer does not answer; ask again.
        """
        ...

    def sign_digest(self, digest: bytes) -> bytes:
        """Return r ‖ s ‖ v (65 bytes) over a 32-byte digest: proofs of possession, never transactions.

        Raises:
            UnavailableError: a remote signer does not answer; ask again.
        """
        ...
