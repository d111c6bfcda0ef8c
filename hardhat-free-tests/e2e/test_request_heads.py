"""A request whose head never ends is answered and closed; a node that has it serves others meanwhile."""

import http.client
import socket

import pytest
from harness.commands import Cli
from harness.serving import Served, serving

from node.http_protocol import MAX_HEAD_BYTES

pytestmark = pytest.mark.anvil
CHUNK = 4096


def _answer_to(served: Served, beginning: bytes) -> tuple[bytes, int]:
    """Send ``beginning`` and then bytes of a head without end; return answer and bytes that were taken."""
    sent = 0
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        connection.sendall(beginning)
        try:
            while sent < 16 * MAX_HEAD_BYTES:
                connection.sendall(b"a" * CHUNK)
                sent += CHUNK
                connection.settimeout(0.05)
                try:
                    if found := connection.recv(CHUNK):
                        return found, sent
                except TimeoutError:
                    connection.settimeout(10)
        except ConnectionError:
            return b"", sent
    return b"", sent


def test_a_head_without_end_is_refused_and_others_are_served(bank: Cli) -> None:
    with serving(bank) as served:
        for beginning in (b"GET /healthz HTTP/1.1\r\nX-A: ", b"GET /"):
            answer, sent = _answer_to(served, beginning)
            assert answer.startswith(b"HTTP/1.1 400")
            assert sent <= 2 * MAX_HEAD_BYTES
        assert served.ask("GET", "/healthz")[0] == http.client.OK


def test_a_head_of_usual_size_with_a_body_in_the_same_packet_is_served(bank: Cli) -> None:
    with serving(bank) as served:
        head = b"POST /v1/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n"
        with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
            connection.sendall(head + b"b" * 200_000)
            assert connection.recv(CHUNK).startswith(b"HTTP/1.1 404")
