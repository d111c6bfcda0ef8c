"""Traces arrive at a receiver, and nothing personal goes with them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from harness.auditor import audit
from harness.commands import free_port
from harness.ledger import Ledger
from harness.service import Api, api_of
from harness.traces import Receiver, attributes, receiving

from node.identity.permissions import Role
from node.metrics import Metrics
from node.tracing import VARIABLES, tracing
from node.worker import Worker

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


@contextmanager
def traced_api(ledger: Ledger, endpoint: str) -> Iterator[Api]:
    ledger.node.settings = ledger.node.settings.model_copy(update={"otlp_endpoint": endpoint})
    with api_of(ledger) as api:
        yield api


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def test_a_request_becomes_a_span_under_its_route_template(
    sqlite_ledger: Ledger, receiver: Receiver
) -> None:
    with traced_api(sqlite_ledger, receiver.address) as api:
        headers = api.token(Role.COLLECTOR)
        receipt = api.seal(headers)
        api.client.get(f"/v1/evidence/{receipt['id']}", headers=headers | {"traceparent": PARENT})
    spans = {span.name: span for span in receiver.spans()}
    assert attributes(spans["POST /v1/evidence"].attributes) == {
        "http.request.method": "POST",
        "http.route": "/v1/evidence",
        "http.response.status_code": 201,
    }
    asked = next(span for name, span in spans.items() if name.startswith("GET /v1/evidence/{"))
    assert asked.trace_id.hex() == PARENT.split("-")[1]
    assert asked.parent_span_id.hex() == PARENT.split("-")[2]
    (resource,) = {r.SerializeToString() for q in receiver.requests() for r in q.resource_spans[:1]}
    assert b"lianzheng" in resource
    audit(sqlite_ledger)


def test_traces_hold_nothing_that_callers_or_people_chose(
    sqlite_ledger: Ledger, receiver: Receiver
) -> None:
    with traced_api(sqlite_ledger, receiver.address) as api:
        headers = api.token(Role.COLLECTOR, Role.COURT_LIAISON) | {
            "X-Request-Id": "zhang-san-110101",
            "traceparent": PARENT,
            "tracestate": "bank=zhang-san",
            "baggage": "person=zhang-san",
            "User-Agent": "agent-of-zhang-san",
        }
        receipt = api.seal(headers, fields={"debtor": "zhang-san"}, case="zhang-san-case")
        api.client.get("/v1/evidence?case=zhang-san-case", headers=headers)
        api.client.get("/v1/nobody/zhang-san", headers=headers)
        api.client.request("ZHANG-SAN", "/v1/evidence", headers=headers)
    sent = b"".join(receiver.bodies)
    assert sent
    for personal in (b"zhang-san", b"ZHANG-SAN", receipt["id"].encode(), b"testclient"):
        assert personal not in sent
    assert {s.name for s in receiver.spans()} >= {"GET none", "other /v1/evidence"}


def test_a_round_of_the_worker_becomes_a_span(sqlite_ledger: Ledger, receiver: Receiver) -> None:
    sqlite_ledger.seal_numbers(3)
    with tracing(receiver.address) as traced:
        worker = Worker(sqlite_ledger.node, Metrics(), traced)
        worker.round()
        sqlite_ledger.chain.down = True
        sqlite_ledger.clock.move(3600)
        worker.round()
    done, stopped = receiver.spans()
    assert attributes(done.attributes)["lianzheng.placed"] == 3
    assert attributes(stopped.attributes) == {"lianzheng.error": "chain-comparison-too-old"}
    assert (done.status.code, stopped.status.code) == (0, 2)


@pytest.mark.parametrize("refusing", [True, False])
def test_a_receiver_that_fails_costs_no_request_and_no_long_wait(
    sqlite_ledger: Ledger, receiver: Receiver, *, refusing: bool
) -> None:
    receiver.status = 503
    address = receiver.address if refusing else f"http://127.0.0.1:{free_port()}"
    start = time.monotonic()
    with traced_api(sqlite_ledger, address) as api:
        api.seal(api.token(Role.COLLECTOR))
    assert time.monotonic() - start < 15
    audit(sqlite_ledger)


def test_without_a_receiver_nothing_is_traced(
    sqlite_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with traced_api(sqlite_ledger, "") as api:
        api.seal(api.token(Role.COLLECTOR))
        assert not api.service.tracing.begin_request().is_recording()


def test_the_receiver_may_come_from_the_environment(
    sqlite_ledger: Ledger, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLES[0], receiver.address)
    with traced_api(sqlite_ledger, "") as api:
        api.client.get("/healthz")
    assert [span.name for span in receiver.spans()] == ["GET /healthz"]
