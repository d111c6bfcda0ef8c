"""What a member's node answers to an evaluation: a refusal of its own is told apart from silence."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from harness.evaluators import Signer

from ledger.errors import LedgerError, RefusedError, UnavailableError
from ledger.evidence.log import LogIdentity
from ledger.proof.trust import TrustedMember
from node.peer.client import PeerClient
from node.peer.neighbours import Neighbour

MEMBER = b"\x0d" * 32
PROBLEM = json.dumps({"code": "peer-not-active", "params": {}}).encode()
PAGE = b"<html>Forbidden</html>"


@contextmanager
def answering(status: int, body: bytes) -> Iterator[PeerClient]:
    """A node that gives one answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    member = TrustedMember(MEMBER, "bank", "bank.example", ())
    endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    peer = Neighbour(member, LogIdentity(MEMBER, "bank.example", 0), endpoint, True, ())
    try:
        yield PeerClient(peer, Signer(), production=False)
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "turned_away", "error"),
    [
        (409, PROBLEM, False, RefusedError),
        (400, PAGE, True, RefusedError),
        (401, PROBLEM, True, RefusedError),
        (403, PROBLEM, True, RefusedError),
        (413, PROBLEM, True, RefusedError),
        (429, PROBLEM, True, RefusedError),
        (403, PROBLEM, False, UnavailableError),
        (403, PAGE, True, UnavailableError),
        (429, b"", True, UnavailableError),
        (404, PROBLEM, True, UnavailableError),
        (503, PROBLEM, True, UnavailableError),
    ],
)
def test_a_refusal_of_the_node_itself_is_no_silence(
    status: int, body: bytes, turned_away: bool, error: type[LedgerError]
) -> None:
    with answering(status, body) as client, pytest.raises(error):
        client.exchange("/peer/v1/blacklist/evaluations", b"asked", turned_away=turned_away)


def test_an_answer_is_handed_on_as_it_came() -> None:
    with answering(200, PROBLEM) as client:
        assert client.exchange("/x", b"asked", turned_away=True) == PROBLEM
