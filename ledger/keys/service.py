"""HTTP to a signing service: the one place where remote keys meet the network.

* The token comes from a file that is read for every request, because agents renew it; it goes into a header,
  never into an address, an error or a log. Without TLS only this machine is asked.
* No redirects: a token goes nowhere but to the address that people configured.
* What is not an answer is an outage, to be tried again; a refusal is for people.
"""

import json
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import requests
from urllib3.exceptions import HTTPError

from ledger.errors import ConfigurationError, MalformedError, UnavailableError
from ledger.primitives.canonical import check_depth

TIMEOUT_SECONDS: Final = 5.0
"""A signature takes a millisecond; a hardware module behind the service some tens."""
MAX_ANSWER_BYTES: Final = 256 * 1024
"""A deployment's signed transaction has 50 KiB in hex."""
MAX_DEPTH: Final = 8
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_REFUSALS: Final = range(400, 500)
_TOO_MANY: Final = 429


class SigningService:
    """A signing service at one address.

    Args:
        address: scheme, host and port.
        token_file: holds the token; ``None`` sends none.
        header: name of the token's header.
        prefix: before the token in the header.
        timeout: seconds for an answer.
    """

    def __init__(
        self,
        address: str,
        *,
        token_file: Path | None,
        header: str,
        prefix: str = "",
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._address: Final = address
        self._token_file: Final = token_file
        self._header: Final = header
        self._prefix: Final = prefix
        self._timeout: Final = timeout
        self._session: Final = requests.Session()

    def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """Return the JSON at ``path``.

        Raises:
            ConfigurationError: refused, or the token is missing.
            UnavailableError: no answer.
        """
        return _json(self._exchange("GET", path, None))

    def post(self, path: str, value: object) -> Any:  # noqa: ANN401 - JSON
        """Return the JSON that answers ``value``; raises as ``get``."""
        return _json(self._exchange("POST", path, value))

    def post_for_text(self, path: str, value: object) -> str:
        """Return the text that answers ``value``; raises as ``get``."""
        return self._exchange("POST", path, value).decode("utf-8", "replace").strip()

    def _exchange(self, method: str, path: str, value: Any) -> bytes:  # noqa: ANN401 - JSON
        try:
            with self._session.request(
                method,
                self._address + path,
                json=value,
                headers=self._headers(),
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as answer:
                _check_status(answer.status_code)
                body: bytes = answer.raw.read(MAX_ANSWER_BYTES + 1, decode_content=True)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise UnavailableError("signer-unreachable", detail=type(error).__name__) from error
        if len(body) > MAX_ANSWER_BYTES:
            raise UnavailableError("signer-unreachable", detail="size")
        return body

    def _headers(self) -> dict[str, str]:
        if self._token_file is None:
            return {}
        try:
            token = self._token_file.read_text("ascii").strip()
        except (OSError, ValueError) as error:
            raise ConfigurationError("signer-token", file=self._token_file.name) from error
        if not token or not token.isprintable():
            raise ConfigurationError("signer-token", file=self._token_file.name)
        return {self._header: self._prefix + token}


def read_address(url: str) -> SplitResult:
    """Divide a signer's URL.

    Raises:
        ConfigurationError: no HTTP address, one with a password, or one without TLS on another machine.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port  # raises where it is no number
    except ValueError as error:
        raise ConfigurationError("signer-url") from error
    encrypted = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not host or not encrypted or "@" in parts.netloc:
        raise ConfigurationError("signer-url")
    return parts


def _check_status(status: int) -> None:
    if status in _REFUSALS and status != _TOO_MANY:
        raise ConfigurationError("signer-refuses", status=status)
    if status != requests.codes.ok:
        raise UnavailableError("signer-unreachable", detail=f"HTTP {status}")


def _json(body: bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        check_depth(body, MAX_DEPTH)
        return json.loads(body)
    except (MalformedError, ValueError) as error:
        raise UnavailableError("signer-unreachable", detail="body") from error
