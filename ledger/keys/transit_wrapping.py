"""Wrapping the master key in a Transit-style service (OpenBao, HashiCorp Vault), which keeps its own key.

The address is that of decryption, as the service's API names it: ``https://HOST:8200/v1/MOUNT/decrypt/NAME``.
What the service hands out is a text that names its key version; whoever holds the text and no token has
nothing. Asked once when the node starts.
"""

import base64
from pathlib import Path
from typing import Final

from ledger.errors import ConfigurationError, IntegrityError
from ledger.keys.service import SigningService, read_address
from ledger.keys.transit import TOKEN_HEADER, data_of, decoded
from ledger.ports.master_key import MASTER_KEY_BYTES

_DECRYPT: Final = "/decrypt/"
_ENCRYPT: Final = "/encrypt/"
MAX_WRAPPED: Final = 4096
"""44 characters of the key in base64, the version, and whatever a service adds."""


class TransitWrapping:
    """Wraps and unwraps 32-byte keys.

    Args:
        url: of decryption, see above.
        token_file: holds the service's token; ``None`` sends none (an agent in front adds it).

    Raises:
        ConfigurationError: the address is not of that form.
    """

    def __init__(self, url: str, token_file: Path | None) -> None:
        parts = read_address(url)
        before, found, name = parts.path.rpartition(_DECRYPT)
        if not found or not before.startswith("/v1/") or not name or "/" in name or parts.query:
            raise ConfigurationError("signer-url")
        self._decrypt: Final = parts.path
        self._encrypt: Final = f"{before}{_ENCRYPT}{name}"
        self._service: Final = SigningService(
            f"{parts.scheme}://{parts.netloc}", token_file=token_file, header=TOKEN_HEADER
        )

    def wrap(self, key: bytes) -> str:
        """Return the wrapped key, after it was unwrapped again and compared.

        Raises:
            ConfigurationError: the service refuses.
            UnavailableError: it does not answer.
            IntegrityError: what it gave does not unwrap to the key.
        """
        asked = {"plaintext": base64.b64encode(key).decode("ascii")}
        wrapped = data_of(self._service.post(self._encrypt, asked)).get("ciphertext")
        if not isinstance(wrapped, str) or not _is_token(wrapped) or self.unwrap(wrapped) != key:
            raise IntegrityError("master-key-wrapping")
        return wrapped

    def unwrap(self, wrapped: str) -> bytes:
        """Return the key, 32 bytes.

        Raises:
            ConfigurationError: the service refuses: another key, a changed text, no permission.
            UnavailableError: it does not answer.
            IntegrityError: what it gave is no key.
        """
        answer = data_of(self._service.post(self._decrypt, {"ciphertext": wrapped}))
        key = decoded(answer.get("plaintext"))
        if len(key) != MASTER_KEY_BYTES:
            raise IntegrityError("master-key-wrapping")
        return key


def _is_token(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text and len(text) <= MAX_WRAPPED
