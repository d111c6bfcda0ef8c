"""Around every request: security headers, a request id, the time it took. No body passes through here."""

import os
import re
from time import perf_counter
from typing import Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node.metrics import Metrics
from node.tracing import Tracing

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_log = structlog.get_logger("lianzheng.request")


class Around:
    """The only middleware, in plain ASGI, so that bodies stream through untouched.

    Args:
        app: what is inside.
        metrics: counts by route template, never by address.
        tracing: the same, as spans.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, tracing: Tracing) -> None:
        self._app: Final = app
        self._metrics: Final = metrics
        self._tracing: Final = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, status = perf_counter(), 500
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        span = self._tracing.begin_request(headers.get("traceparent", ""))
        request_id = given if _REQUEST_ID.fullmatch(given) else os.urandom(8).hex()

        started = False

        async def answer(message: Message) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                started = True
                status = message["status"]
                answered = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    answered.setdefault(name, value)
                answered["X-Request-Id"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            _log.exception("defect", request_id=request_id)
            if started:
                raise
            # Answered in here, so that the answer has its id and its headers like any other.
            request = Request(scope, receive)
            handler = scope["app"].exception_handlers[Exception]
            await (await handler(request, error))(scope, receive, answer)
        finally:
            method, route = _named(scope)
            self._tracing.end_request(span, method=method, route=route, status=status)
            self._count(method, route, status, perf_counter() - start, request_id)

    def _count(self, method: str, route: str, status: int, elapsed: float, request_id: str) -> None:
        self._metrics.requests.labels(method, route, str(status)).observe(elapsed)
        _log.info(
            "request",
            method=method,
            route=route,
            status=status,
            milliseconds=round(elapsed * 1000, 1),
            request_id=request_id,
        )


def _named(scope: Scope) -> tuple[str, str]:
    """Return method and route template, not the path: ids are many, and others may hold anything."""
    # The route's own path lacks the prefix of its router, which tells the API from the console.
    whole = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    method = scope["method"] if scope["method"] in _METHODS else "other"
    return method, getattr(whole, "path", "none")


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
