"""Asking a member's node over HTTP without a signature: an applicant has no key that anybody knows yet.

Endpoints come from people or from the registry, and may be asked under the same rule as every member's
(``peer.client.check_endpoint``). No redirects; an answer is bounded in time and size, and nothing in it is
believed.
"""

import json
import re
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from ledger.chain.transport import CappedSession
from ledger.errors import MalformedError, RefusedError, UnavailableError
from ledger.primitives.canonical import check_depth
from node.peer.client import CONNECT_SECONDS, MAX_ANSWER_BYTES, WHOLE_SECONDS, check_endpoint

MAX_DEPTH: Final = 12
_CODE: Final = re.compile(r"[a-z][a-z-]{0,63}")
_REFUSALS: Final = frozenset(range(400, 500)) - {HTTPStatus.TOO_MANY_REQUESTS}


def fetch(endpoint: str, path: str, *, production: bool, body: bytes | None = None) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON that a member's node answers.

    Args:
        endpoint: base address of the node.
        path: from its root, with a slash.
        production: HTTPS only, and no node on this machine.
        body: JSON to post; ``None`` gets.

    Raises:
        ConfigurationError: the endpoint may not be asked.
        RefusedError: the node refuses; ``reason`` names its code.
        UnavailableError: no answer, or none that can be read.
    """
    check_endpoint(endpoint, production=production)
    host = urlsplit(endpoint).hostname
    headers = {"Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    session = CappedSession(WHOLE_SECONDS, MAX_ANSWER_BYTES)
    method = "GET" if body is None else "POST"
    try:
        with session.request(
            method,
            endpoint.rstrip("/") + path,
            data=body,
            headers=headers,
            timeout=(CONNECT_SECONDS, WHOLE_SECONDS),
            allow_redirects=False,
        ) as answer:
            status, content = answer.status_code, answer.content
        check_depth(content, MAX_DEPTH)
        value = json.loads(content)
    except (requests.RequestException, MalformedError, ValueError) as error:
        raise UnavailableError("peer-unavailable", peer=host, why=type(error).__name__) from error
    if status in _REFUSALS:
        code = value.get("code") if isinstance(value, dict) else None
        known = isinstance(code, str) and _CODE.fullmatch(code)
        raise RefusedError("peer-refuses", peer=host, reason=code if known else f"HTTP {status}")
    if status not in (HTTPStatus.OK, HTTPStatus.CREATED):
        raise UnavailableError("peer-unavailable", peer=host, why=f"HTTP {status}")
    return value
