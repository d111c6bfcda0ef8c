"""What routes ask of a request: the service behind it, who asks, and its body, read as it arrives."""

from collections.abc import AsyncIterator
from typing import Annotated, Final

from anyio import from_thread
from fastapi import Depends, Request
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from ledger.errors import LimitError, MalformedError, UnavailableError
from node.api.problems import SMALL_BYTES
from node.errors import NotAuthenticatedError
from node.identity.permissions import Permission, Principal
from node.identity.sessions import check_csrf
from node.items import load_json
from node.service import Service

SESSION_COOKIE: Final = "lianzheng-session"
CSRF_HEADER: Final = "x-csrf-token"
GATHERED: Final = 512 * 1024
ITEM: Final = "application/vnd.lianzheng.item"
"""One line of JSON that describes the item, then the bytes of its content."""
TABLE: Final = "application/vnd.lianzheng.table"
"""One line of JSON that says how a table is to be screened, then the bytes of its file."""
STREAMED: Final = frozenset({ITEM, TABLE})
STREAMED_BYTES: Final = 2**62
"""No limit of the framework's: ``max_upload_bytes`` is counted as the bytes arrive."""
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def service_of(request: Request) -> Service:
    """Return the service that the application was made for."""
    service: Service = request.app.state.service
    return service


IDEMPOTENCY: Final = "idempotency-key"
MAX_KEY: Final = 200


def question_name(request: Request, by: Principal, asked: BaseModel) -> bytes | None:
    """Return the name of a question that may be sent again; ``None`` without an ``Idempotency-Key``.

    Another question under the same key has another name.

    Raises:
        MalformedError: ``request-invalid``: a key of more than ``MAX_KEY`` characters, or an empty one.
    """
    key = request.headers.get(IDEMPOTENCY)
    if key is None:
        return None
    if not 0 < len(key.strip()) <= MAX_KEY:
        raise MalformedError(
            "request-invalid", where="Idempotency-Key", why=f"1 to {MAX_KEY} characters"
        )
    asked_as = f"{request.url.path}\n{key}\n{asked.model_dump_json()}"
    return service_of(request).node.lookups.request(by.actor, asked_as)


def caller(request: Request, permission: Permission | None, *, recent: bool = False) -> Principal:
    """Return who asks, and may do this.

    Args:
        request: with an API token, or with a session and, unless it only reads, its CSRF token.
        permission: that is needed; ``None`` when being known is enough.
        recent: a session must have shown its password lately: what it does outlives it.

    Raises:
        NotAuthenticatedError: nobody who is known.
        NotPermittedError: somebody who may not.
        TooManyRequestsError: too many of this operator.
    """
    principal = _authenticate(request, recent=recent)
    service_of(request).limiter.count("operator", principal.operator_id)
    if permission is not None:
        principal.require(permission)
    return principal


def _authenticate(request: Request, *, recent: bool) -> Principal:
    identity = service_of(request).node.identity
    authenticator = identity.authenticator
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise NotAuthenticatedError("not-signed-in")
        return authenticator.by_token(token.strip())
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie is None:
        raise NotAuthenticatedError("not-signed-in")
    principal, session = authenticator.by_session(cookie)
    if request.method not in SAFE:
        check_csrf(cookie, request.headers.get(CSRF_HEADER, ""))
    if recent:
        identity.sessions.require_recent(session)
    return principal


def source_address(request: Request) -> str:
    """Return the address that the request came from; proxies are trusted by the server's settings alone."""
    return request.client.host if request.client else ""


class RequestSource:
    """A request's body as a stream of bytes for a plain function on a worker thread.

    Args:
        request: whose body nobody has read yet.
        limit: most bytes that are taken.
        name: under which the content came; empty when it came without.
    """

    def __init__(self, request: Request, *, limit: int, name: str = "") -> None:
        self.name = name
        self._chunks: Final[AsyncIterator[bytes]] = aiter(request.stream())
        self._limit: Final = limit
        self._buffer = b""
        self._taken = 0
        self._ended = False

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; empty at the end.

        Raises:
            LimitError: the body is over the limit.
            UnavailableError: the client has gone.
        """
        while not self._buffer and not self._ended:
            self._buffer = self._next()
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def read_line(self, limit: int) -> bytes:
        """Return the first line without its end; what follows it is left for ``read``.

        Raises:
            LimitError: the line is longer than ``limit``.
        """
        while b"\n" not in self._buffer and not self._ended:
            if len(self._buffer) > limit:
                raise LimitError("request-line-too-long", limit=limit)
            self._buffer += self._next()
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def read_all(self) -> bytes:
        """Return what is left; for bodies with a small limit."""
        parts = []
        while part := self.read(self._limit + 1):
            parts.append(part)
        return b"".join(parts)

    def _next(self) -> bytes:
        try:
            chunk, self._ended = from_thread.run(_gather, self._chunks)
        except ClientDisconnect as error:
            self._ended = True
            raise UnavailableError("client-gone") from error
        self._taken += len(chunk)
        if self._taken > self._limit:
            raise LimitError("request-too-large", limit=self._limit)
        return chunk


async def _gather(chunks: AsyncIterator[bytes]) -> tuple[bytes, bool]:
    """Return what arrives next, up to about ``GATHERED`` bytes, and whether that is the end.

    The server hands over pieces of 64 KiB, and each way from thread to thread costs as much as hashing one.
    """
    parts, size = [], 0
    async for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size >= GATHERED:
            return b"".join(parts), False
    return b"".join(parts), True


def media_type_of(request: Request) -> str:
    """Return the media type of the body without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def small_body(request: Request) -> bytes:
    """Return a body of at most 1 MiB; empty for a content, which its route reads as it arrives.

    Raises:
        LimitError: it is larger.
    """
    if media_type_of(request) in STREAMED:
        return b""
    parts, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > SMALL_BYTES:
            raise LimitError("request-too-large", limit=SMALL_BYTES)
        parts.append(chunk)
    return b"".join(parts)


SmallBody = Annotated[bytes, Depends(small_body)]


def read_json(data: bytes) -> dict[str, object]:
    """Return a body as a JSON object.

    Raises:
        MalformedError: it is none.
    """
    try:
        value: object = load_json(data)
    except (ValueError, RecursionError) as error:
        raise MalformedError("request-invalid", where="body", why=str(error)[:160]) from error
    if not isinstance(value, dict):
        raise MalformedError("request-invalid", where="body", why="not an object")
    return value
