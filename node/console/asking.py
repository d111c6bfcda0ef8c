"""What pages ask of a request: who is there, and the fields of a form that really is ours.

* Pages know sessions only; API tokens are for programs.
* Every form carries a CSRF token: an HMAC under the session token, or, before anybody signed in, under a
  random cookie of the browser (``FORM_COOKIE``).
* Forms are URL-encoded and at most 1 MiB; contents go to ``/v1/evidence``, never through here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, quote

from fastapi import Request
from fastapi.responses import RedirectResponse

from ledger.errors import LedgerError, MalformedError
from node.api.requests import CSRF_HEADER, SESSION_COOKIE, service_of
from node.errors import NotAuthenticatedError, NotPermittedError
from node.identity.people import Session
from node.identity.permissions import Permission, Principal
from node.identity.sessions import check_csrf

FORM_COOKIE: Final = "lianzheng-form"
MAX_FIELDS: Final = 2000
"""More than the longest form has, an item of 256 fields."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who signed in.

    Attributes:
        principal: who, and what they may.
        session: of this browser.
        token: of the session, as in the cookie.
    """

    principal: Principal
    session: Session
    token: str


@dataclass(frozen=True, slots=True)
class Form:
    """Fields of a form."""

    fields: Mapping[str, Sequence[str]]

    def get(self, name: str) -> str:
        """Return the text of a field; empty when it was not filled in."""
        return self.fields.get(name, [""])[-1].strip()

    def raw(self, name: str) -> str:
        """Return the text of a field as typed, for passwords."""
        return self.fields.get(name, [""])[-1]

    def all(self, name: str) -> Sequence[str]:
        """Return every text of a field with boxes to tick."""
        return self.fields.get(name, [])


def visitor(request: Request, permission: Permission | None = None) -> Visitor:
    """Return who looks at a page, and may.

    Raises:
        NotAuthenticatedError: nobody signed in.
        NotPermittedError: somebody who may not.
    """
    token = request.cookies.get(SESSION_COOKIE)
    if token is None:
        raise NotAuthenticatedError("not-signed-in")
    principal, session = service_of(request).node.identity.authenticator.by_session(token)
    found = Visitor(principal, session, token)
    request.state.visitor = found
    if permission is not None:
        principal.require(permission)
    return found


def present(request: Request) -> Visitor | None:
    """Return who looks at a page that is open to everybody; ``None`` for a stranger, or when nobody can tell.

    A database that does not answer must not keep the page away that says so.
    """
    try:
        return visitor(request)
    except LedgerError:
        return None


def recent(request: Request, permission: Permission | None = None) -> Visitor:
    """Return who does something dangerous, and showed a password a short while ago.

    Raises:
        NotAuthenticatedError: nobody, or not lately (``step-up-needed``).
        NotPermittedError: somebody who may not.
    """
    found = visitor(request, permission)
    service_of(request).node.identity.sessions.require_recent(found.session)
    return found


def form_of(request: Request, data: bytes) -> Form:
    """Return the fields of a form of ours.

    Raises:
        MalformedError: it cannot be read.
        NotPermittedError: its CSRF token is not this browser's.
    """
    try:
        fields = parse_qs(data.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise MalformedError("request-invalid", where="form", why=str(error)[:80]) from error
    form = Form(fields)
    request.state.here = local_path(form.get("here"))
    bound = binding(request)
    if bound is None:
        raise NotPermittedError("csrf-wrong")
    check_csrf(bound, form.get("csrf"))
    return form


def binding(request: Request) -> str | None:
    """Return what CSRF tokens of this browser are made with; ``None`` when it has no cookie yet."""
    return request.cookies.get(SESSION_COOKIE) or request.cookies.get(FORM_COOKIE)


def local_path(given: str) -> str:
    """Return a path of this console to go to; the start page for anything else."""
    fits = given.startswith("/") and given[1:2] not in ("/", "\\") and given.isprintable()
    return given if fits and len(given) <= MAX_PATH else "/"


MAX_PATH: Final = 500


def go(path: str, done: str = "") -> RedirectResponse:
    """Return the answer that leads on after a form, with the word that says what was done."""
    mark = "&" if "?" in path else "?"
    return RedirectResponse(f"{path}{mark}done={quote(done)}" if done else path, status_code=303)


def check_header(request: Request) -> None:
    """Check the CSRF token of a request that is no form.

    Raises:
        NotPermittedError: it is not this browser's.
    """
    bound = binding(request)
    if bound is None:
        raise NotPermittedError("csrf-wrong")
    check_csrf(bound, request.headers.get(CSRF_HEADER, ""))
