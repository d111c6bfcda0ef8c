"""Asking another member's node: small, bounded, signed where it has to be; never a redirect.

The address comes from the registry, so from a vote; still it may only name a node. What would reach into a
machine (link-local and unspecified addresses), and loopback in production, is not asked.
"""

import ipaddress
import json
import re
import socket
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import requests

from ledger.chain.transport import CappedSession
from ledger.errors import ConfigurationError, MalformedError, RefusedError, UnavailableError
from ledger.evidence import shape
from ledger.evidence.tiles import HASH_BYTES, WIDTH
from ledger.ports.signer import StatementSigner
from ledger.primitives.canonical import MAX_DEPTH, JsonValue, check_depth, decode
from ledger.primitives.checkpoint_text import parse_decimal
from ledger.primitives.note import Note
from ledger.primitives.witness_request import AddCheckpoint
from node.peer.neighbours import Neighbour
from node.peer.signatures import sign

WHOLE_SECONDS: Final = 20.0
CONNECT_SECONDS: Final = 3.0
MAX_ANSWER_BYTES: Final = 4 * 1024 * 1024
DOWNLOAD_SECONDS: Final = 3600.0
MAX_DOWNLOAD_BYTES: Final = 64 * 1024**3
DOWNLOAD_PIECE: Final = 1024 * 1024
STALE_TYPE: Final = "text/x.tlog.size"
_MAX_GROUP: Final = 3
_CODE: Final = re.compile(r"[a-z][a-z-]{0,63}")
_MAX_ABOUT: Final = 160
_REFUSALS: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT)
_TURNED_AWAY: Final = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.TOO_MANY_REQUESTS,
)


class PeerClient:
    """Asks one member.

    Args:
        peer: whom.
        signer: this member's log key.
        production: refuse loopback.
    """

    def __init__(self, peer: Neighbour, signer: StatementSigner, *, production: bool) -> None:
        self._peer: Final = peer
        self._signer: Final = signer
        self._session: Final = CappedSession(WHOLE_SECONDS, MAX_ANSWER_BYTES)
        check_endpoint(peer.endpoint, production=production)

    def checkpoint(self) -> Note:
        """Return the newest checkpoint of its log.

        Raises:
            UnavailableError: it does not answer.
            MalformedError: not a note.
        """
        return Note.parse(self._get("/v1/log/checkpoint").content)

    def leaf_hashes(self, first: int, size: int) -> Sequence[bytes]:
        """Return leaf hashes from place ``first`` up to, not including, ``size``.

        Raises:
            UnavailableError: it does not answer.
            MalformedError: a tile has not the hashes that it must have.
        """
        return self._tiles("/v1/log/tile/0", first, size)

    def mirrored(self, origin: str, first: int, size: int) -> Sequence[bytes]:
        """Return leaf hashes of a log of ``origin`` that this member mirrors.

        Raises:
            UnavailableError: it does not answer, or does not mirror them.
            MalformedError: a tile has not the hashes that it must have.
        """
        return self._tiles(f"/peer/v1/mirror/{origin}/tile", first, size)

    def cosign(self, request: AddCheckpoint) -> str:
        """Ask for a cosignature and return its line (C2SP tlog-witness).

        Raises:
            UnavailableError: it does not answer.
            RefusedError: ``witness-stale`` with the size that it has seen; ``witness-inconsistent``.
        """
        answer = self._ask("POST", "/peer/v1/add-checkpoint", request.to_bytes())
        if answer.status_code == HTTPStatus.CONFLICT and _is_stale(answer):
            raise RefusedError("witness-stale", size=parse_decimal(answer.text.strip()))
        if answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
            raise RefusedError("witness-inconsistent", origin=self._peer.member.origin)
        return self._found(answer).text

    def witnessed(self) -> Sequence[Note]:
        """Return the newest checkpoint of every log that this member has seen.

        Raises:
            UnavailableError: it does not answer.
            MalformedError: not of the form.
        """
        found = self.json("GET", "/peer/v1/witnessed")
        logs = shape.items(shape.members(found, "witnessed", {"logs"})["logs"], "logs")
        return [Note.parse(shape.text(each, "log").encode()) for each in logs]

    def json(self, method: str, path: str, body: bytes | None = None) -> JsonValue:
        """Return the JSON that a signed request is answered with.

        Raises:
            UnavailableError: it does not answer, or refuses.
            MalformedError: not JSON.
        """
        return decode(
            self._found(self._ask(method, path, body)).content, max_bytes=MAX_ANSWER_BYTES
        )

    def decided(self, path: str, body: bytes) -> JsonValue:
        """Return the JSON that the member answers to what it has to judge.

        Raises:
            UnavailableError: it does not answer.
            RefusedError: it refuses; ``reason`` names its code and what it is about.
            MalformedError: not JSON.
        """
        answer = self._ask("POST", path, body)
        if answer.status_code in _REFUSALS:
            raise RefusedError(
                "peer-refuses", peer=self._peer.member.origin, reason=_reason(answer)
            )
        return decode(self._found(answer).content, max_bytes=MAX_ANSWER_BYTES)

    def exchange(self, path: str, body: bytes, *, turned_away: bool = False) -> bytes:
        """Return the bytes that the member answers to ``body``.

        Args:
            path: of the route.
            body: of the request.
            turned_away: whether it also refuses who turns a caller away or puts it off, and says so by a code
                of ours; otherwise that is no answer. A proxy's page is none in either case.

        Raises:
            UnavailableError: it does not answer.
            RefusedError: it refuses; ``reason`` names its code.
        """
        answer = self._ask("POST", path, body)
        if answer.status_code in _REFUSALS or (turned_away and _turns_away(answer)):
            raise RefusedError(
                "peer-refuses", peer=self._peer.member.origin, reason=_reason(answer)
            )
        return self._found(answer).content

    def download(self, path: str, target: Path) -> None:
        """Write the answer to a signed request to ``target``, piece by piece.

        Raises:
            UnavailableError: it does not answer, or refuses.
        """
        session = CappedSession(DOWNLOAD_SECONDS, MAX_DOWNLOAD_BYTES)
        answer = self._found(self._ask("GET", path, None, session=session, stream=True))
        try:
            with target.open("wb") as output:
                for piece in answer.iter_content(DOWNLOAD_PIECE):
                    output.write(piece)
        except (requests.RequestException, OSError) as error:
            target.unlink(missing_ok=True)
            raise self._silent(type(error).__name__) from error

    def _tiles(self, base: str, first: int, size: int) -> Sequence[bytes]:
        found: list[bytes] = []
        start = first // WIDTH
        for number in range(start, -(-size // WIDTH)):
            width = min(WIDTH, size - number * WIDTH)
            path = f"{base}/{tile_number(number)}" + (f".p/{width}" if width < WIDTH else "")
            data = self._get(path).content
            if len(data) != width * HASH_BYTES:
                raise MalformedError("merkle-hash-length", length=len(data))
            found += [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]
        return found[first - start * WIDTH :]

    def _get(self, path: str) -> requests.Response:
        return self._found(self._ask("GET", path, None))

    def _ask(
        self, method: str, path: str, body: bytes | None, *,
        session: requests.Session | None = None, stream: bool = False,
    ) -> requests.Response:  # fmt: skip
        headers: Mapping[str, str] = {"Content-Type": "text/plain"} if body else {}
        chosen = session or self._session
        request = requests.Request(method, self._peer.endpoint + path, data=body, headers=headers)
        try:
            prepared = chosen.prepare_request(request)
            sign(prepared, self._signer, self._peer.member.member)
            timeout = (CONNECT_SECONDS, WHOLE_SECONDS)
            return chosen.send(prepared, timeout=timeout, stream=stream)
        except requests.RequestException as error:
            raise self._silent(type(error).__name__) from error

    def _found(self, answer: requests.Response) -> requests.Response:
        if answer.status_code != HTTPStatus.OK:
            raise self._silent(str(answer.status_code))
        return answer

    def _silent(self, why: str) -> UnavailableError:
        return UnavailableError("peer-unavailable", peer=self._peer.member.origin, why=why)


def tile_number(number: int) -> str:
    """Return a tile's number as C2SP writes it: groups of three digits, ``x001/x234/067``."""
    digits = str(number)
    digits = digits.rjust(-(-len(digits) // _MAX_GROUP) * _MAX_GROUP, "0")
    groups = [digits[at : at + _MAX_GROUP] for at in range(0, len(digits), _MAX_GROUP)]
    return "/".join([*(f"x{each}" for each in groups[:-1]), groups[-1]])


def check_endpoint(endpoint: str, *, production: bool) -> None:
    """Check that an address may be asked.

    Raises:
        ConfigurationError: not an address of a node.
        UnavailableError: the name is not known at the moment.
    """
    parts = urlsplit(endpoint)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise ConfigurationError("peer-endpoint", endpoint=endpoint[:100])
    if production and parts.scheme != "https":
        raise ConfigurationError("peer-endpoint", endpoint=endpoint[:100])
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise UnavailableError("peer-unavailable", peer=parts.hostname, why="DNS") from error
    for *_, place in found:
        address = ipaddress.ip_address(str(place[0]).partition("%")[0])
        closed = address.is_link_local or address.is_unspecified or address.is_multicast
        if closed or (production and address.is_loopback):
            raise ConfigurationError("peer-endpoint", endpoint=endpoint[:100])


def _turns_away(answer: requests.Response) -> bool:
    """Tell whether the node itself, and no proxy before it, turns a caller away or puts it off."""
    status = answer.status_code
    return status in _TURNED_AWAY and _reason(answer) != str(status)


def _reason(answer: requests.Response) -> str:
    """Return the code of a problem and what it is about; nothing else of it is shown to anybody."""
    try:
        check_depth(answer.content, MAX_DEPTH)
        members = shape.mapping(json.loads(answer.content), "problem")
        params = shape.mapping(members["params"], "params")
        code, what = shape.text(members["code"], "code"), params.get("what")
    except (MalformedError, KeyError, ValueError):
        return str(answer.status_code)
    if not _CODE.fullmatch(code):
        return str(answer.status_code)
    about = str(what)[:_MAX_ABOUT] if isinstance(what, str) and what.isprintable() else ""
    return f"{code} ({about})" if about else code


def _is_stale(answer: requests.Response) -> bool:
    return answer.headers.get("content-type", "").startswith(STALE_TYPE)
