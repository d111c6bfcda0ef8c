"""JSON-RPC over HTTP on 127.0.0.1, in front of the engine.

* One request or a batch in a POST; only methods of ``allowlist`` are answered, the rest with -32601.
* No CORS header is sent and a foreign ``Host`` is refused, so that a web page in somebody's browser cannot
  use the chain, not even through a name that it makes point at 127.0.0.1.
* Bodies and batches are bounded.
"""

import itertools
import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from ledger.devchain import transactions
from ledger.devchain.allowlist import READ, SEND
from ledger.devchain.engine import Answer, Engine
from ledger.errors import LedgerError, MalformedError

MAX_BODY: Final = 1 << 20
"""A thousand anchors in one batch, or the largest contract three times."""
MAX_BATCH: Final = 1000
IDLE_SECONDS: Final = 120
"""A kept connection that says nothing for so long is closed."""
_LOCAL: Final = frozenset({"127.0.0.1", "localhost"})


class Proxy(ThreadingHTTPServer):
    """The listening socket and its threads.

    Args:
        port: on 127.0.0.1; 0 picks a free one.
        engine: that answers.

    Raises:
        OSError: the port is taken.
    """

    daemon_threads = True
    block_on_close = False  # kept connections may be idle for two minutes
    request_queue_size = 128

    def __init__(self, port: int, engine: Engine) -> None:
        self.engine: Final = engine
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing about clients that hang up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "lianzheng"
    sys_version = ""
    timeout = IDLE_SECONDS
    wbufsize = -1  # headers and body in one packet
    disable_nagle_algorithm = True
    server: Proxy

    def do_POST(self) -> None:
        """Answer one body."""
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        length = self.headers.get("Content-Length", "")
        if host not in _LOCAL:
            self._reply(HTTPStatus.FORBIDDEN, _error(-32600, "foreign host"))
        elif not length.isdecimal():
            self._reply(HTTPStatus.LENGTH_REQUIRED, _error(-32600, "no length"))
        elif int(length) > MAX_BODY:
            self._reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _error(-32600, "body too large"))
        else:
            self._reply(HTTPStatus.OK, answer(self.server.engine, self.rfile.read(int(length))))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Keep no log of requests."""

    def _reply(self, status: HTTPStatus, value: object) -> None:
        body = json.dumps(value, separators=(",", ":")).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status is not HTTPStatus.OK:  # the body was not read: the connection is of no more use
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)


def answer(engine: Engine, body: bytes) -> object:
    """Return the JSON-RPC answer, or list of answers, to a body."""
    try:
        request = json.loads(body)
    except (ValueError, RecursionError):
        return _error(-32700, "not JSON")
    if not isinstance(request, list):
        return _answer_all(engine, [request])[0]
    if not 0 < len(request) <= MAX_BATCH:
        return _error(-32600, "batch is empty or too large")
    return _answer_all(engine, request)


def _answer_all(engine: Engine, requests: list[Any]) -> list[Answer]:
    """Answer in order; neighbours of the same kind go together."""
    answers: list[Answer] = []
    for kind, group in itertools.groupby(requests, _kind):
        members = list(group)
        try:
            found = _answer_kind(engine, kind, members)
        except LedgerError as error:
            found = [_fault(-32603, str(error))] * len(members)
        answers += found
    return [
        {"jsonrpc": "2.0", "id": _id(request), **found}
        for request, found in zip(requests, answers, strict=True)
    ]


def _answer_kind(engine: Engine, kind: str, requests: list[Any]) -> list[Answer]:
    match kind:
        case "read":
            return engine.read([{"method": r["method"], "params": r["params"]} for r in requests])
        case "send":
            return _submit(engine, requests)
        case "refused":
            return [_fault(-32601, f"method {r['method'][:64]} is not offered") for r in requests]
        case _:
            return [_fault(-32600, "not a request") for _ in requests]


def _submit(engine: Engine, requests: list[Any]) -> list[Answer]:
    parsed: list[bytes | Answer] = []
    for request in requests:
        try:
            parsed.append(transactions.parse(request["params"], engine.chain_id))
        except MalformedError as error:
            parsed.append(_fault(-32602, str(error)))
    taken = iter(engine.submit([raw for raw in parsed if isinstance(raw, bytes)]))
    return [next(taken) if isinstance(each, bytes) else each for each in parsed]


def _kind(request: Any) -> str:  # noqa: ANN401 - JSON
    match request:
        case {"jsonrpc": "2.0", "id": str() | int() | None, "method": str(method)}:
            request.setdefault("params", [])
            if not isinstance(request["params"], list):
                return "malformed"
            if method == SEND:
                return "send"
            return "read" if method in READ else "refused"
        case _:
            return "malformed"


def _id(request: object) -> str | int | None:
    found = request.get("id") if isinstance(request, dict) else None
    return found if isinstance(found, str | int) else None


def _fault(code: int, message: str) -> Answer:
    return {"error": {"code": code, "message": message}}


def _error(code: int, message: str) -> Answer:
    return {"jsonrpc": "2.0", "id": None, **_fault(code, message)}
