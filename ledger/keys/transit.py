"""Ed25519 keys in a Transit-style service (OpenBao, HashiCorp Vault): the private key never leaves it.

* The address is that of the key, as the service's API names it: ``https://HOST:8200/v1/MOUNT/keys/NAME``,
  with ``?version=N`` for another version than 1 and ``&key=HEX`` to pin the public key. The version is
  never "the latest": rotating a key in the service does not rotate it in the registry, and a statement
  under an unregistered key would be refuted in court.
* Every signature is checked before it is used: a service that signs something else, or with another key, is
  an ``IntegrityError``.
* Ed25519 is deterministic (RFC 8032), so a step that is tried again gives the same bytes.
* Throughput: one round trip for each signature, about a millisecond on the same network, where a local file
  signs 49,000 a second. A batch of 2,000 recordings then takes seconds instead of milliseconds.
"""

import base64
import binascii
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

from ledger.errors import ConfigurationError, IntegrityError, UnavailableError
from ledger.keys.files import verify_statement
from ledger.keys.service import SigningService, read_address

TOKEN_HEADER: Final = "X-Vault-Token"  # noqa: S105 - the header's name, no token
KEY_TYPE: Final = "ed25519"
PUBLIC_KEY_BYTES: Final = 32

_KEYS: Final = "/keys/"
_SIGN: Final = "/sign/"


class TransitStatementSigner:
    """An Ed25519 key in a Transit-style service; implements the statement signer port.

    Args:
        url: of the key, see above.
        token_file: holds the service's token; ``None`` sends none (an agent in front adds it).
        timeout: seconds for an answer.

    Raises:
        ConfigurationError: the address is not of that form.
    """

    def __init__(self, url: str, token_file: Path | None, timeout: float = 5.0) -> None:
        parts = read_address(url)
        before, found, name = parts.path.rpartition(_KEYS)
        if not found or not before.startswith("/v1/") or not name or "/" in name:
            raise ConfigurationError("signer-url")
        asked = parse_qs(parts.query, keep_blank_values=True)
        version = asked.pop("version", ["1"])[0]
        self._pinned: Final = asked.pop("key", [None])[0]
        if asked or not (version.isascii() and version.isdigit()):
            raise ConfigurationError("signer-url")
        self._version: Final = int(version)
        self._key_path: Final = parts.path
        self._sign_path: Final = f"{before}{_SIGN}{name}"
        self._service: Final = SigningService(
            f"{parts.scheme}://{parts.netloc}",
            token_file=token_file,
            header=TOKEN_HEADER,
            timeout=timeout,
        )

    @cached_property
    def public_key(self) -> bytes:
        """The 32-byte public key; asked for once.

        Raises:
            ConfigurationError: there is no such key, it is no Ed25519 key, or the token may not read it.
            IntegrityError: it is not the pinned one.
            UnavailableError: the service does not answer.
        """
        data = data_of(self._service.get(self._key_path))
        versions = data.get("keys")
        entry = versions.get(str(self._version)) if isinstance(versions, dict) else None
        if data.get("type") != KEY_TYPE or not isinstance(entry, dict):
            raise ConfigurationError("signer-key", version=self._version)
        key = decoded(entry.get("public_key"))
        if len(key) != PUBLIC_KEY_BYTES:
            raise ConfigurationError("signer-key", version=self._version)
        if self._pinned is not None and key.hex() != self._pinned.lower():
            raise IntegrityError("signer-key-changed", expected=self._pinned, found=key.hex())
        return key

    def sign(self, message: bytes) -> bytes:
        """See ``ports.signer``.

        Raises:
            IntegrityError: the signature does not hold.
        """
        asked = {"input": base64.b64encode(message).decode(), "key_version": self._version}
        data = data_of(self._service.post(self._sign_path, asked))
        label = str(data.get("signature"))
        # "vault:v1:…" in both products: whose, which version, the signature.
        _, _, rest = label.partition(":")
        version, _, text = rest.partition(":")
        signature = decoded(text)
        right_version = version == f"v{self._version}"
        if not (right_version and verify_statement(self.public_key, message, signature)):
            raise IntegrityError("signer-wrong-signature")
        return signature


def data_of(answer: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return the member ``data`` of an answer.

    Raises:
        UnavailableError: it has none.
    """
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict):
        raise UnavailableError("signer-unreachable", detail="body")
    return data


def decoded(text: object) -> bytes:
    """Return the bytes of a base64 text; empty when it is none."""
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError):
        return b""
