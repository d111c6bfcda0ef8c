"""The share-key port: one key for each secret of the blacklist that has an end.

A share is sealed under a key of its own, which no backup holds: once that key is destroyed the share is gone
wherever its sealed form was copied to. Both are durable on return; destroying twice is no error.
"""

from typing import Protocol

from blacklist.curve.secret import Secret


class ShareKeys(Protocol):
    """Keys by name; a name has letters, digits and hyphens."""

    def seal(self, name: str, secret: Secret) -> bytes:
        """Encrypt under the key of this name, which is made when there is none."""
        ...

    def open(self, name: str, sealed: bytes) -> Secret:
        """Decrypt.

        Raises:
            ConfigurationError: ``share-key-missing``: the key is not here, as after a restore.
            IntegrityError: ``share-damaged``: the bytes were changed, or belong to another name.
        """
        ...

    def destroy(self, name: str) -> None:
        """Forget the key of this name."""
        ...
