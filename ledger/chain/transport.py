"""HTTP under JSON-RPC: one session per endpoint, whose answers cannot be larger or slower than a limit.

``requests`` bounds the wait for each byte, not the whole answer, and not its size: a node (or whoever answers
in its place) could hold the worker for ever or fill its memory.
"""

import time
from collections.abc import Iterator
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter

MAX_ANSWER_BYTES: Final = 64 * 1024 * 1024
"""Receipts of a full block of 30 million gas have a few MiB."""
_CHUNK: Final = 64 * 1024


class AnswerTooLargeError(requests.RequestException):
    """Raised when an answer is over the limit."""


class CappedSession(requests.Session):
    """A session that follows no redirects and reads no more than it must.

    Args:
        timeout: seconds for a whole answer.
        limit: bytes of an answer, after decompression.
    """

    def __init__(self, timeout: float, limit: int = MAX_ANSWER_BYTES) -> None:
        super().__init__()
        # The address may hold a token: it goes nowhere else.
        self.max_redirects = 0
        for scheme in ("http://", "https://"):
            self.mount(scheme, _CappedAdapter(timeout, limit))


class _CappedAdapter(HTTPAdapter):
    def __init__(self, timeout: float, limit: int) -> None:
        super().__init__()
        self._seconds = timeout
        self._limit = limit

    def build_response(self, req: Any, resp: Any) -> requests.Response:  # noqa: ANN401 - urllib3's, untyped
        built: requests.Response = super().build_response(req, resp)
        built.raw = _CappedBody(resp, time.monotonic() + self._seconds, self._limit)
        return built


class _CappedBody:
    """urllib3's response, as far as ``requests`` reads it."""

    def __init__(self, raw: Any, deadline: float, limit: int) -> None:  # noqa: ANN401 - urllib3's, untyped
        self._raw = raw
        self._deadline = deadline
        self._limit = limit

    def stream(self, _amount: int, *, decode_content: bool) -> Iterator[bytes]:
        """Yield the body in pieces; raise when it is over a limit."""
        left = self._limit
        # Not urllib3's own ``stream``, which waits until a whole piece has arrived.
        while piece := self._raw.read1(_CHUNK, decode_content=decode_content):
            left -= len(piece)
            if left < 0:
                self._raw.close()
                raise AnswerTooLargeError
            if time.monotonic() > self._deadline:
                self._raw.close()
                raise requests.ReadTimeout
            yield piece

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else urllib3's response has
        return getattr(self._raw, name)
