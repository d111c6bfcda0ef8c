"""Failures as pages in words: what happened, and what to do about it; the same codes as everywhere.

* Nobody signed in, or the session ended: to the login, and back afterwards.
* A password is wanted again: to the page that asks for it, and back afterwards.
* Anything else: a page, or for a part of a page (htmx) a notice in its place.
"""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from ledger.errors import IntegrityError, LedgerError, MalformedError, RefusedError
from node.api import problems
from node.api.languages import language_of
from node.api.problems import status_of
from node.console.asking import present
from node.console.rendering import render
from node.errors import NotAuthenticatedError
from node.words.catalogue import remedy, word

AWAY = frozenset({"not-signed-in", "session-unknown", "session-expired", "operator-disabled"})
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """A route whose failures are pages."""

    def get_route_handler(self) -> Handler:
        """See FastAPI."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await inner(request)
            except LedgerError as error:
                return await run_in_threadpool(failed, request, error)
            except RequestValidationError as error:
                place = ".".join(str(part) for part in error.errors()[0].get("loc", ()))
                wrong = MalformedError("request-invalid", where=place[:128], why="")
                return await run_in_threadpool(failed, request, wrong)

        return handle


def failed(request: Request, error: LedgerError) -> Response:
    """Return the answer to a request of a browser that failed."""
    if isinstance(error, NotAuthenticatedError) and error.code in AWAY:
        return _lead(request, "/login")
    if error.code == "step-up-needed":
        return _lead(request, "/step-up")
    present(request)
    language, status = language_of(request), status_of(error)
    return render(
        request,
        "notice.html" if "hx-request" in request.headers else "failure.html",
        status=status.value,
        title=word(error.code, language, error.params),
        remedy=remedy(error.code, language, error.params),
        code=error.code,
        kind="error",
    )


def install(app: FastAPI) -> None:
    """Let addresses that nobody serves, and defects, be pages for browsers; machines get problems."""
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(Exception, _defect)


def _lead(request: Request, to: str) -> Response:
    back = _page_of(request)
    target = f"{to}?next={quote(back)}" if back != "/" else to
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={"HX-Redirect": target})
    return RedirectResponse(target, status_code=HTTPStatus.SEE_OTHER)


def _page_of(request: Request) -> str:
    """Return the page that the person sees: a form's answer is none."""
    here = getattr(request.state, "here", None)
    if here is not None:
        return str(here)
    shown = request.headers.get("hx-current-url")
    if shown is not None:
        return urlsplit(shown).path or "/"
    return request.url.path if request.method == "GET" else "/"


def _wants_page(request: Request) -> bool:
    named = request.url.path.startswith("/v1/")
    return not named and "text/html" in request.headers.get("accept", "")


async def _framework(request: Request, error: Exception) -> Response:
    if _wants_page(request) and isinstance(error, HTTPException):
        return await run_in_threadpool(failed, request, RefusedError("route-unknown"))
    return await problems.framework(request, error)


async def _defect(request: Request, error: Exception) -> Response:
    if _wants_page(request):
        return await run_in_threadpool(failed, request, IntegrityError("defect"))
    return await problems.defect(request, error)
