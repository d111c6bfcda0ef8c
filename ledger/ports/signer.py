"""Signer ports: private keys never leave the implementation.

Two curves, two protocols. Local files hold encrypted keys; remote implementations ask a signing service.
Signing is deterministic on both curves, so that a retried step produces the same bytes.

A key can be replaced while the program runs. Whoever needs a signature and the key that made it asks for the
key first: what the same thread then signs is signed with that key.
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
            IntegrityError: a remote signer's signature does not hold.
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
            IntegrityError: a remote signer signed something else.
        """
        ...

    def sign_message(self, message: bytes) -> bytes:
        """Return r ‖ s ‖ v (65 bytes, v 27 or 28) over the Keccak-256 hash of ``message``.

        For proofs of possession, whose messages begin with words that no transaction begins with. The message
        and not its hash is handed over: no signing service signs a bare digest.

        Raises:
            UnavailableError: a remote signer does not answer; ask again.
            IntegrityError: a remote signer's signature does not hold.
        """
        ...
