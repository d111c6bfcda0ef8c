"""Errors on the wire: RFC 9457 problems with stable codes, Chinese or English as the caller prefers.

The same codes as everywhere; ``type`` is a URN, for there is no page that every member could reach.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from blacklist.domain.entries.law import rules_of
from ledger.errors import (
    ConfigurationError,
    ConflictError,
    IntegrityError,
    LedgerError,
    LimitError,
    MalformedError,
    RefusedError,
    UnavailableError,
)
from node.api.languages import language_of
from node.errors import NotAuthenticatedError, NotPermittedError, TooManyRequestsError
from node.words.catalogue import remedy, word

MEDIA_TYPE: Final = "application/problem+json"
STATUSES: Final[tuple[tuple[type[LedgerError], HTTPStatus], ...]] = (
    (LimitError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (MalformedError, HTTPStatus.BAD_REQUEST),
    (RefusedError, HTTPStatus.CONFLICT),
    (ConflictError, HTTPStatus.CONFLICT),
    (UnavailableError, HTTPStatus.SERVICE_UNAVAILABLE),
    (NotAuthenticatedError, HTTPStatus.UNAUTHORIZED),
    (NotPermittedError, HTTPStatus.FORBIDDEN),
    (TooManyRequestsError, HTTPStatus.TOO_MANY_REQUESTS),
    (ConfigurationError, HTTPStatus.SERVICE_UNAVAILABLE),
    (IntegrityError, HTTPStatus.INTERNAL_SERVER_ERROR),
)
RETRY_SECONDS: Final = 5
SMALL_BYTES: Final = 1024 * 1024
"""Most bytes of a body, unless its route says otherwise."""
_UNKNOWN: Final = frozenset(
    {
        "evidence-unknown",
        "case-unknown",
        "upload-unknown",
        "operator-unknown",
        "token-none",
        "session-none",
        "content-absent",
        "release-unknown",
        "tile-unknown",
        "checkpoint-unknown",
        "invitation-unknown",
        "peer-alarm-unknown",
        "route-unknown",
        "entry-unknown",
        "hit-unknown",
        "screening-unknown",
        "screening-table-unknown",
        "person-request-unknown",
    }
)
"""Refusals because something is not there."""


def status_of(error: LedgerError) -> HTTPStatus:
    """Return the HTTP status of an error."""
    if isinstance(error, RefusedError) and error.code in _UNKNOWN:
        return HTTPStatus.NOT_FOUND
    found = (status for family, status in STATUSES if isinstance(error, family))
    return next(found, HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(error: LedgerError, language: str) -> dict[str, object]:
    """Return the members of a problem (RFC 9457 §3.1), with ``code``, ``remedy`` and parameters.

    A listing that is refused has ``breaches`` besides: every rule of law that it breaks.
    """
    status = status_of(error)
    found: dict[str, object] = {
        "type": f"urn:lianzheng:error:{error.code}",
        "title": word(error.code, language, error.params),
        "status": status.value,
        "code": error.code,
        "remedy": remedy(error.code, language, error.params),
        "params": {name: _plain(value) for name, value in error.params.items()},
    }
    if rules := rules_of(error):
        found["breaches"] = [
            {
                "code": rule.code,
                "article": rule.article,
                "title": word(rule.code, language, {"article": rule.article}),
                "remedy": remedy(rule.code, language),
            }
            for rule in rules
        ]
    return found


def respond(error: LedgerError, request: Request) -> Response:
    """Return the answer to a request that failed."""
    status, headers = status_of(error), dict[str, str]()
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="lianzheng"'
    if error.retry:
        headers["Retry-After"] = str(error.params.get("seconds", RETRY_SECONDS))
    return JSONResponse(
        problem(error, language_of(request)), status.value, headers, media_type=MEDIA_TYPE
    )


def install(app: FastAPI) -> None:
    """Let every foreseen failure of ``app`` leave as a problem."""
    app.add_exception_handler(LedgerError, _deliberate)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, framework)
    app.add_exception_handler(Exception, defect)


async def _deliberate(request: Request, error: Exception) -> Response:
    if not isinstance(error, LedgerError):
        raise error
    return respond(error, request)


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    first: Mapping[str, object] = error.errors()[0]
    place = first.get("loc")
    where = ".".join(str(part) for part in place) if isinstance(place, tuple) else ""
    return respond(
        MalformedError("request-invalid", where=where[:128], why=first.get("msg")), request
    )


async def framework(request: Request, error: Exception) -> Response:
    """Answer what the framework itself refuses."""
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == HTTPStatus.NOT_FOUND:
        return respond(RefusedError("route-unknown"), request)
    if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return respond(LimitError("request-too-large", limit=SMALL_BYTES), request)
    status = HTTPStatus(error.status_code)
    members = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "code": "http-" + str(status.value),
    }
    return JSONResponse(members, status.value, error.headers, media_type=MEDIA_TYPE)


async def defect(request: Request, error: Exception) -> Response:
    """Answer a defect without telling anything about it; the server logs its trace."""
    del error
    return respond(IntegrityError("defect"), request)


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return value if isinstance(value, str | int | bool | float) or value is None else str(value)
