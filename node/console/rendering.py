"""Pages out of templates: every text from the catalogue, everything else escaped.

A template sees ``w(code, **params)`` (a text in the reader's language), ``may(permission)``, ``csrf``,
``here`` and what its page hands it; filters write instants, sizes and ids for people.
"""

import json
from datetime import datetime
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from ledger.errors import LedgerError
from ledger.evidence.instants import parse_instant
from node.api.languages import language_of
from node.api.requests import service_of
from node.console.asking import FORM_COOKIE, Visitor, binding
from node.console.assets import address
from node.console.days import CHINA, days_left
from node.console.navigation import entries
from node.identity.random_tokens import random_token
from node.identity.sessions import csrf_token
from node.words.catalogue import word

_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")
_STEP: Final = 1024


@cache
def templates() -> Environment:
    """Return the templates, read once."""
    found = Environment(
        loader=PackageLoader("node.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(instant=instant, size=size, short=short, plain=plain, left=left)
    found.globals["asset"] = address
    found.globals["version"] = version("lianzheng")
    return found


def render(
    request: Request, template: str, *, status: int = 200, **context: object
) -> HTMLResponse:
    """Return a page; nothing of it is kept by browsers or proxies."""
    bound, fresh = binding(request), None
    if bound is None:
        bound = fresh = random_token()
    around = _around(request, csrf_token(bound))
    text = templates().get_template(template).render(**around, **context)
    answer = HTMLResponse(text, status, {"Cache-Control": "no-store"})
    if fresh is not None:
        secure = service_of(request).node.settings.public_url.startswith("https:")
        answer.set_cookie(FORM_COOKIE, fresh, httponly=True, samesite="strict", secure=secure)
    return answer


def _around(request: Request, csrf: str) -> dict[str, Any]:
    language = language_of(request)
    who: Visitor | None = getattr(request.state, "visitor", None)
    allowed = frozenset() if who is None else who.principal.permissions
    here = getattr(request.state, "here", None) or request.url.path
    done = request.query_params.get("done", "")
    return {
        "w": lambda code, /, **params: word(code, language, params),
        "may": lambda permission: permission in allowed,
        "language": language,
        "visitor": who,
        "csrf": csrf,
        "here": here,
        "path": request.url.path,
        "done": done if done.startswith("ui-done-") else "",
        "navigation": entries(allowed) if who else (),
        "institution": service_of(request).node.settings.name,
        "failure": lambda error: failure(error, language),
    }


def failure(error: LedgerError, language: str) -> str:
    """Return what an error says."""
    return word(error.code, language, error.params)


def instant(text: str | datetime | None) -> str:
    """Return an instant in China Standard Time, to the second; a dash for none."""
    if text is None:
        return "—"
    at = parse_instant(text) if isinstance(text, str) else text
    return f"{at.replace(tzinfo=None) + CHINA:%Y-%m-%d %H:%M:%S}"


def left(text: str, now: datetime) -> int:
    """Return how many days are left until an instant."""
    return days_left(parse_instant(text), now)


def size(count: int | None) -> str:
    """Return a number of bytes for people; a dash for none."""
    if count is None:
        return "—"
    value, unit = float(count), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    return f"{value:.0f} {_UNITS[unit]}" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def plain(value: object) -> str:
    """Return a field's value for people: text as it is, lists of texts with commas between, else JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)


def short(text: str) -> str:
    """Return the beginning of an id."""
    return text[:12]
