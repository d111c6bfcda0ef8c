"""Whatever answers in a node's place: only ledger errors leave the adapter, and nothing warns.

(Warnings are errors in this test run.)
"""

import contextlib
import json
import socket
import struct
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from eth_account import Account
from harness.rpc_node import RawServer, Refusal, RestrictedNode, send

from ledger.chain.deploy import Plan, code_hash, deploy, genesis_hash
from ledger.chain.gateway import ChainConfig, Web3Chain
from ledger.chain.governing import Governor, RegistryPlace
from ledger.chain.registry import read_members
from ledger.chain.rpc import Rpc
from ledger.chain.voting import read_inactive, read_proposal, read_proposals, read_rules
from ledger.errors import LedgerError, UnavailableError
from ledger.evidence.anchoring import Inclusion
from ledger.keys.accounts import FileTransactionSigner
from ledger.ports.chain import AnchorCall

CHAIN_ID = 7
SIGNER = FileTransactionSigner(Account.from_key(bytes([7]) * 32))
WORD = bytes([9]) * 32


Respond = Callable[[BaseHTTPRequestHandler, bytes], None]


def body(data: bytes, status: int = 200, kind: str = "application/json") -> Respond:
    return lambda handler, _request: send(handler, data, status=status, kind=kind)


def cut_short(handler: BaseHTTPRequestHandler, _request: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "500")
    handler.end_headers()
    handler.wfile.write(b'{"jsonrpc"')
    handler.close_connection = True


def reset(handler: BaseHTTPRequestHandler, _request: bytes) -> None:
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()
    handler.close_connection = True


def redirect(handler: BaseHTTPRequestHandler, _request: bytes) -> None:
    handler.send_response(307)
    handler.send_header("Location", "http://127.0.0.1:9/elsewhere")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


BODIES: dict[str, Respond] = {
    "a web page": body(b"<html>welcome to the login page</html>", kind="text/html"),
    "an error page": body(b"<html>502</html>", 502, "text/html"),
    "an error with JSON": body(b'{"jsonrpc":"2.0","id":1,"result":"0x1"}', 500),
    "a refused login": body(b"", 401),
    "nothing": body(b""),
    "bytes that are no text": body(b"\xff\xfe\x00"),
    "a number without end": body(b"1" * 6000),
    "nesting without end": body(b"[" * 200_000),
    "an array": body(b"[]"),
    "null": body(b"null"),
    "a string": body(b'"0x1"'),
    "an object without result": body(b'{"jsonrpc":"2.0","id":0}'),
    "an error that is an array": body(b'{"jsonrpc":"2.0","id":0,"error":[1]}'),
    "an error without members": body(b'{"jsonrpc":"2.0","id":0,"error":{}}'),
    "an error that is a string": body(b'{"jsonrpc":"2.0","id":0,"error":"no"}'),
    "an error whose code is text": body(b'{"id":0,"error":{"code":"x","message":null}}'),
    "a batch of nulls": body(b"[null, null]"),
    "a batch without ids": body(b'[{"result":"0x1"}]'),
    "a batch with ids twice": body(b'[{"id":0,"result":"0x1"},{"id":0,"result":"0x1"}]'),
    "half a body": cut_short,
    "a reset connection": reset,
    "a redirect": redirect,
}


@pytest.mark.parametrize("respond", BODIES.values(), ids=BODIES.keys())
def test_a_body_that_is_no_answer_is_an_outage(respond: Respond) -> None:
    with RawServer(respond) as server:
        with pytest.raises(UnavailableError):
            Rpc(server.url).ask("eth_chainId")
        with pytest.raises(UnavailableError):
            Rpc(server.url).batch("eth_getTransactionReceipt", ["0x1", "0x2"])


def test_nobody_there_is_an_outage_that_does_not_name_the_address() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/token-in-the-path"
        with pytest.raises(UnavailableError) as caught:
            Rpc(url).ask("eth_chainId")
    assert "token" not in str(caught.value)


def test_an_answer_that_trickles_is_given_up_after_the_limit() -> None:
    def trickle(handler: BaseHTTPRequestHandler, _request: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b" " * 1000)
            handler.wfile.flush()
            time.sleep(0.1)

    with RawServer(trickle) as server:
        before = time.monotonic()
        with pytest.raises(UnavailableError):
            Rpc(server.url, timeout=0.5).ask("eth_chainId")
        assert time.monotonic() - before < 5


def test_silence_is_given_up_after_the_limit() -> None:
    def silent(_handler: BaseHTTPRequestHandler, _request: bytes) -> None:
        time.sleep(1)

    with RawServer(silent) as server:
        with pytest.raises(UnavailableError) as caught:
            Rpc(server.url, timeout=0.2).ask("eth_chainId")
        assert caught.value.params == {"detail": "ReadTimeout"}


def test_an_answer_over_the_limit_is_not_kept() -> None:
    with RawServer(body(b'{"jsonrpc":"2.0","id":0,"result":"0x%s"}' % (b"00" * 70_000))) as server:
        with pytest.raises(UnavailableError) as caught:
            Rpc(server.url, limit=100_000).ask("eth_call")
        assert caught.value.params == {"detail": "AnswerTooLargeError"}


def test_a_batch_is_put_in_order_and_divided() -> None:
    def reversed_order(handler: BaseHTTPRequestHandler, request: bytes) -> None:
        calls = json.loads(request)
        assert len(calls) <= 100
        found = [{"jsonrpc": "2.0", "id": c["id"], "result": c["params"][0]} for c in calls]
        send(handler, json.dumps(found[::-1]).encode())

    with RawServer(reversed_order) as server:
        asked = [hex(number) for number in range(250)]
        assert Rpc(server.url).batch("eth_getTransactionReceipt", asked) == asked
        assert Rpc(server.url).batch("eth_getTransactionReceipt", []) == []


def call_it(chain: Web3Chain) -> dict[str, Callable[[], object]]:
    """Return every operation that asks a node."""
    inclusion = Inclusion(WORD, 3, WORD, succeeded=True)
    url = chain._config.url
    return {
        "latest": chain.latest,
        "final": chain.final,
        "header": lambda: chain.header(3),
        "next_nonce": chain.next_nonce,
        "active_member": chain.active_member,
        "generation": lambda: chain.generation(WORD),
        "head": lambda: chain.head(WORD, 0),
        "sign_anchor": lambda: chain.sign_anchor(AnchorCall(0, 1, WORD, ())),
        "sign_lease": chain.sign_lease,
        "broadcast": lambda: chain.broadcast(b"\x01"),
        "find": lambda: chain.find([WORD]),
        "freeze": lambda: chain.freeze(inclusion, member=WORD, generation=0),
        "warnings": chain.warnings,
        "members": lambda: read_members(url, bytes(20)),
        "code_hash": lambda: code_hash(url, bytes(20)),
        "genesis_hash": lambda: genesis_hash(url),
        "deploy": lambda: deploy(
            url,
            chain_id=CHAIN_ID,
            signer=SIGNER,
            plan=lambda _registry: Plan(founders=(), threshold=1),
            gas_price=None,
            wait_seconds=0.2,
        ),
        "rules": lambda: read_rules(url, bytes(20)),
        "proposals": lambda: read_proposals(url, bytes(20)),
        "proposal": lambda: read_proposal(url, bytes(20), 1),
        "inactive": lambda: read_inactive(url, bytes(20), ()),
        "resign": lambda: Governor(
            RegistryPlace(url, CHAIN_ID, bytes(20), None), SIGNER, wait_seconds=0.2
        ).resign(),
    }


def chain_at(url: str, finality: str = "instant") -> Web3Chain:
    config = ChainConfig(
        url=url,
        chain_id=CHAIN_ID,
        kind="ethereum",
        registry=bytes(20),
        anchor=bytes(20),
        finality=finality,
        gas_price=None,
    )
    return Web3Chain(config, SIGNER)


class Everything(dict[str, Any]):
    """A table in which every method has the same answer, but for the chain's id."""

    def __init__(self, answer: Callable[[list[Any]], Any]) -> None:
        super().__init__()
        self.answer = answer

    def get(self, method: str, _default: object = None) -> Any:
        return (lambda _params: hex(CHAIN_ID)) if method == "eth_chainId" else self.answer


def refuse(_params: list[Any]) -> Any:
    raise Refusal(-32603, "Internal error")


def revert(_params: list[Any]) -> Any:
    raise Refusal(3, "execution reverted", {"data": "not hex"})


BLOCK = {"number": "0x3", "hash": "0x" + WORD.hex(), "timestamp": "0x1", "transactions": [None]}
RESULTS: dict[str, Callable[[list[Any]], Any]] = {
    "null": lambda _: None,
    "an empty object": lambda _: {},
    "an empty array": lambda _: [],
    "an array of nulls": lambda _: [None],
    "true": lambda _: True,
    "a number": lambda _: 5,
    "no bytes": lambda _: "0x",
    "not hex": lambda _: "0xzz",
    "a sign": lambda _: "0x-1",
    "a small number": lambda _: "0x1",
    "a number over 256 bits": lambda _: "0x1" + "0" * 64,
    "one byte": lambda _: "0x00",
    "words of ones": lambda _: "0x" + "ff" * 320,
    "a block without a header": lambda _: BLOCK,
    "a block of another height": lambda _: {**BLOCK, "number": "0x9"},
    "a refusal": refuse,
    "a revert without data": revert,
}


@pytest.fixture(params=RESULTS.keys())
def hostile(request: pytest.FixtureRequest) -> Iterator[RestrictedNode]:
    server = RestrictedNode({})
    server.table = Everything(RESULTS[request.param])
    with server:
        yield server


def test_no_result_makes_anything_but_a_ledger_error_leave(hostile: RestrictedNode) -> None:
    for finality in ("instant", "finalized"):
        for operation in call_it(chain_at(hostile.url, finality)).values():
            with contextlib.suppress(LedgerError):
                operation()


@pytest.mark.parametrize("respond", BODIES.values(), ids=BODIES.keys())
def test_no_body_makes_anything_but_a_ledger_error_leave(respond: Respond) -> None:
    with RawServer(respond) as server:
        for name, operation in call_it(chain_at(server.url)).items():
            with pytest.raises(LedgerError) as caught:
                operation()
            assert caught.value.retry, name
