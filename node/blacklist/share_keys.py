"""The share-key port with files: one key a share, under the master key, in the folder that no backup takes.

``keys`` is copied by hand once, when the node is founded (docs/operations.md); what lies there since then
under ``share-…`` and ``ceremony-…`` is never to be copied: a share is gone when its key is destroyed.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from blacklist.curve.secret import Secret, hold
from ledger.errors import ConfigurationError, IntegrityError
from ledger.keys.files import create_secret, load_secret, replace_private
from ledger.keys.key_files import open_under
from ledger.ports.master_key import MasterKeys

_NONCE_BYTES: Final = 12


@dataclass
class FileShareKeys:
    """Keys by name in a folder.

    Another process may change the master key while this one runs. A new key goes under the one that counts
    now, and what does not open is tried under it.

    Attributes:
        folder: of the member's keys.
        master_keys: they lie under, as read last.
        reload: reads the master key again.
    """

    folder: Path
    master_keys: MasterKeys
    reload: Callable[[], MasterKeys]

    def seal(self, name: str, secret: Secret) -> bytes:
        """See ``ports.share_keys``."""
        path = self._path(name)
        if not path.exists():
            self.master_keys = self.reload()
            create_secret(path, self.master_keys.newest)
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self._key(path)).encrypt(nonce, secret.view(), name.encode("ascii"))
        return nonce + sealed

    def open(self, name: str, sealed: bytes) -> Secret:
        """See ``ports.share_keys``."""
        path = self._path(name)
        if not path.exists():
            raise ConfigurationError("share-key-missing")
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return hold(AESGCM(self._key(path)).decrypt(nonce, body, name.encode("ascii")))
        except (InvalidTag, ValueError) as error:
            raise IntegrityError("share-damaged") from error

    def destroy(self, name: str) -> None:
        """See ``ports.share_keys``; the file is overwritten before its name is removed."""
        path = self._path(name)
        if not path.exists():
            return
        replace_private(path, bytes(path.stat().st_size))
        path.unlink(missing_ok=True)

    def _key(self, path: Path) -> bytes:
        try:
            return open_under(load_secret, path, self.master_keys)
        except ConfigurationError:
            self.master_keys = self.reload()
            return open_under(load_secret, path, self.master_keys)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.key"
