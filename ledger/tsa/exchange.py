"""One HTTP exchange with somebody who is not trusted: bounded in time and size, no redirects.

* The time limit is for the whole exchange: a server that sends a byte now and then would satisfy a limit
  between bytes for ever. A watchdog cuts the connection.
* Only http and https, no user in the address. ``public_address`` keeps addresses that came out of a
  certificate from reaching into the own network; the connection then goes to the very address that was
  looked at.
* Proxies come from the environment (``HTTPS_PROXY``, ``HTTP_PROXY``, ``NO_PROXY``); TLS trusts what the
  system trusts (``SSL_CERT_FILE``).
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from threading import Event, Timer
from typing import Final
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from ledger.errors import ConfigurationError, UnavailableError

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_PORTS: Final = {"http": 80, "https": 443}
_BROKEN: Final = (OSError, HTTPException, ValueError)
"""What sockets, TLS and HTTP raise; ``ValueError`` is a closed socket's."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long an exchange may take, and how much the answer may hold."""

    seconds: float
    size: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, media type in lower case without parameters, body."""

    status: int
    media_type: str
    body: bytes


def read_url(url: str) -> SplitResult:
    """Divide an address.

    Raises:
        ConfigurationError: not http or https, no host, or with a user, a password or a fragment.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # the port raises where it is no number
    except ValueError as error:
        raise ConfigurationError("timestamp-url") from error
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc or parts.fragment:
        raise ConfigurationError("timestamp-url")
    if not is_plain:
        raise ConfigurationError("timestamp-url")
    return parts


def public_address(url: str) -> str:
    """Return an address of the host that lies in the public network.

    Raises:
        ConfigurationError: not an address for the web, another port than its own, or a host in a private,
            local or reserved network.
        UnavailableError: the name is not known.
    """
    parts = read_url(url)
    if parts.port not in {None, _PORTS[parts.scheme]}:
        raise ConfigurationError("timestamp-url")
    try:
        found = socket.getaddrinfo(parts.hostname, _PORTS[parts.scheme], type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _unreachable(parts, type(error).__name__) from error
    addresses = [str(each[4][0]) for each in found]
    if not all(ipaddress.ip_address(each.partition("%")[0]).is_global for each in addresses):
        raise ConfigurationError("timestamp-url")
    return addresses[0]


def exchange(
    url: str,
    bounds: Bounds,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    public: bool = False,
) -> Answer:
    """Send a request and return the answer whole.

    Args:
        url: where.
        bounds: of the whole exchange.
        body: is posted; ``None`` gets.
        headers: of the request.
        public: refuse hosts that are not in the public network.

    Raises:
        ConfigurationError: ``timestamp-url``.
        UnavailableError: ``timestamp-unreachable`` or ``timestamp-answer-too-large``.
    """
    parts = read_url(url)
    proxy = _proxy(parts)
    # Behind a proxy the names are the proxy's to resolve, and its rules decide.
    address = public_address(url) if public and proxy is None else None
    try:
        with _connected(parts, proxy, address, bounds.seconds) as connection:
            method = "GET" if body is None else "POST"
            connection.request(method, _target(parts, proxy), body, dict(headers or {}))
            response = connection.getresponse()
            found = response.read(bounds.size + 1)
            media_type = response.headers.get_content_type()
    except _BROKEN as error:
        raise _unreachable(parts, type(error).__name__) from error
    if len(found) > bounds.size:
        host = parts.hostname
        raise UnavailableError("timestamp-answer-too-large", host=host, limit=bounds.size)
    return Answer(response.status, media_type, found)


def _proxy(parts: SplitResult) -> SplitResult | None:
    host = parts.hostname or ""
    found = getproxies().get(parts.scheme)
    if not found or host in LOOPBACK or proxy_bypass(host):
        return None
    return urlsplit(found if "://" in found else f"http://{found}")


def _target(parts: SplitResult, proxy: SplitResult | None) -> str:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    through = proxy is not None and parts.scheme == "http"
    return f"http://{parts.netloc}{path}" if through else path


@contextmanager
def _connected(
    parts: SplitResult, proxy: SplitResult | None, address: str | None, seconds: float
) -> Iterator[HTTPConnection]:
    """Yield a connection that is cut when the time is over; says so instead of handing out half an answer."""
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    if proxy is None:
        connection = HTTPConnection(host, port, timeout=seconds)
    else:
        connection = HTTPConnection(proxy.hostname or "", proxy.port or 80, timeout=seconds)
        if parts.scheme == "https":
            connection.set_tunnel(host, port)
    over = Event()
    watchdog = Timer(seconds, _cut, (connection, over))
    watchdog.daemon = True
    watchdog.start()
    try:
        if address is None:
            connection.connect()
        else:
            connection.sock = socket.create_connection((address, port), seconds)
        if parts.scheme == "https":
            _encrypt(connection, host)
        yield connection
    finally:
        watchdog.cancel()
        connection.close()
        if over.is_set():
            raise TimeoutError


def _encrypt(connection: HTTPConnection, host: str) -> None:
    encrypted = ssl.create_default_context().wrap_socket(
        connection.sock, server_hostname=host, do_handshake_on_connect=False
    )
    connection.sock = encrypted  # before the handshake, so that the watchdog can cut it
    encrypted.do_handshake()


def _cut(connection: HTTPConnection, over: Event) -> None:
    over.set()
    opened = connection.sock
    if opened is not None:
        try:
            # The plain socket's: TLS would take its state apart under the reader's feet.
            socket.socket.shutdown(opened, socket.SHUT_RDWR)
        except OSError:
            return


def _unreachable(parts: SplitResult, detail: str) -> UnavailableError:
    return UnavailableError("timestamp-unreachable", host=parts.hostname, detail=detail)
