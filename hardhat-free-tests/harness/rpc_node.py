"""JSON-RPC servers for tests: one that answers from a table, one that stands in front of a real node.

``RestrictedNode`` passes on to a real node and answers in its place where the table says so, as a client
would that lacks a method or serves a member in another form. ``RawServer`` answers the bytes of the test.
"""

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

Answer = Callable[[list[Any]], Any]
"""Returns the result for the parameters, or raises ``Refusal``."""


class Refusal(Exception):  # noqa: N818 - the protocol's word is error, ours is taken
    """A JSON-RPC error."""

    def __init__(self, code: int, message: str, data: object = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.data = data


class Served:
    """A server in a thread, as a context manager."""

    def __init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                outer.reply(self, self.rfile.read(length))

            def do_GET(self) -> None:
                outer.reply(self, b"")

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                pass  # a client that gives up is what many tests are about

        self._server: Final = Server(("127.0.0.1", 0), Handler)
        self._thread: Final = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    def reply(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        raise NotImplementedError

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class RawServer(Served):
    """Answers each request by a function that has the handler and the body of the request.

    Args:
        respond: writes the answer; may be exchanged while the server runs.
    """

    def __init__(self, respond: Callable[[BaseHTTPRequestHandler, bytes], None]) -> None:
        super().__init__()
        self.respond = respond

    def reply(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        self.respond(handler, body)


class RestrictedNode(Served):
    """Answers from a table, and passes on what is not in it.

    Args:
        table: answers by method.
        upstream: address of a real node; without one, unknown methods are refused with -32601.

    Attributes:
        calls: method and parameters of every request, in order.
    """

    def __init__(self, table: Mapping[str, Answer], upstream: str | None = None) -> None:
        super().__init__()
        self.table = dict(table)
        self.upstream = upstream
        self.calls: list[tuple[str, list[Any]]] = []

    def reply(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        request = json.loads(body)
        answer = [self._one(each) for each in request] if isinstance(request, list) else None
        send(handler, json.dumps(self._one(request) if answer is None else answer).encode())

    def pass_on(self, method: str, params: list[Any]) -> Any:
        """Return what the real node answers."""
        if self.upstream is None:
            raise Refusal(-32601, "Method not found")
        return post(self.upstream, method, *params)

    def _one(self, request: Mapping[str, Any]) -> dict[str, Any]:
        method, params = request["method"], list(request.get("params", []))
        self.calls.append((method, params))
        head = {"jsonrpc": "2.0", "id": request["id"]}
        try:
            found = self.table.get(method)
            result = self.pass_on(method, params) if found is None else found(params)
        except Refusal as error:
            words = {"code": error.code, "message": error.message}
            more = {} if error.data is None else {"data": error.data}
            return {**head, "error": {**words, **more}}
        return {**head, "result": result}


def send(
    handler: BaseHTTPRequestHandler,
    body: bytes,
    *,
    status: int = 200,
    kind: str = "application/json",
) -> None:
    """Write a complete answer."""
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def post(url: str, method: str, *params: object) -> Any:
    """Call a node and return the result; raise ``Refusal`` where it refuses."""
    call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    request = urllib.request.Request(  # noqa: S310 - loopback
        url, json.dumps(call).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - loopback
        answer = json.loads(response.read())
    if answer.get("error"):
        error = answer["error"]
        raise Refusal(error["code"], error["message"], error.get("data"))
    return answer["result"]


def until(condition: Callable[[], Any], seconds: float = 20.0, pause: float = 0.03) -> Any:
    """Return the first true answer of ``condition``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(pause)
    raise TimeoutError(seconds)
