"""Traces for OpenTelemetry: a span for each request and each round of the worker, over OTLP/HTTP.

* Off unless ``otlp_endpoint`` or ``OTEL_EXPORTER_OTLP_ENDPOINT`` names a receiver. Headers and certificates
  for it come from OpenTelemetry's own variables: they may be secrets, which settings never hold.
* Attributes are method, route template, status, outcome, counts and error codes: never a path, a query, an
  address, a request id, a name, or the words of an exception.
* A receiver that does not answer costs spans, never a request or a round: they wait in a bounded queue.
* Of a caller's trace context only ``traceparent`` counts, which is numbers; ``tracestate`` may hold anything.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Final, TypeAlias

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

VARIABLES: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
TRACES_PATH: Final = "/v1/traces"
SEND_SECONDS: Final = 5
"""For one batch with all its repetitions; the end of the process waits no longer for the last one."""
Attribute: TypeAlias = str | int | bool
_SERVER_ERRORS: Final = 500
"""HTTP's own classes; a client's mistake is no error of the server."""
_PROPAGATOR: Final = TraceContextTextMapPropagator()


class Tracing:
    """Makes spans; without a tracer it does nothing.

    Args:
        tracer: of OpenTelemetry; ``None`` when nobody receives.
    """

    def __init__(self, tracer: Tracer | None = None) -> None:
        self._tracer: Final = tracer

    def begin_request(self, traceparent: str = "") -> Span:
        """Begin the span of a request; its name comes with its end, when the route is known.

        Args:
            traceparent: of the caller (W3C Trace Context); anything malformed starts a trace of its own.
        """
        if self._tracer is None:
            return trace.INVALID_SPAN
        parent = _PROPAGATOR.extract({"traceparent": traceparent}, Context())
        return self._tracer.start_span("request", parent, SpanKind.SERVER)

    def end_request(self, span: Span, *, method: str, route: str, status: int) -> None:
        """End the span of a request with what its metrics know too."""
        if not span.is_recording():
            return
        span.update_name(f"{method} {route}")
        attributes: dict[str, Attribute] = {
            "http.request.method": method,
            "http.route": route,
            "http.response.status_code": status,
        }
        span.set_attributes(attributes)
        if status >= _SERVER_ERRORS:
            span.set_status(Status(StatusCode.ERROR))
        span.end()

    @contextmanager
    def round(self) -> Iterator[Span]:
        """Hold the span of a worker's round."""
        if self._tracer is None:
            yield trace.INVALID_SPAN
            return
        span = self._tracer.start_span("worker round", Context())
        try:
            yield span
        finally:
            span.end()


def describe_round(span: Span, attributes: Mapping[str, Attribute], *, failed: bool) -> None:
    """Say what a round did; names get the prefix ``lianzheng.``."""
    span.set_attributes({f"lianzheng.{name}": value for name, value in attributes.items()})
    if failed:
        span.set_status(Status(StatusCode.ERROR))


@contextmanager
def tracing(endpoint: str) -> Iterator[Tracing]:
    """Trace until the end of the block, then send what is left.

    Args:
        endpoint: base address of an OTLP/HTTP receiver; empty: what the environment says, or nothing.
    """
    if not endpoint and not any(os.environ.get(name) for name in VARIABLES):
        yield Tracing()
        return
    # A node that is not traced need not load the SDK.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - see above
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - as above
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - as above
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - as above
    from opentelemetry.sdk.trace.sampling import ALWAYS_ON  # noqa: PLC0415 - as above

    release = version("lianzheng")
    address = endpoint.rstrip("/") + TRACES_PATH if endpoint else None
    provider = TracerProvider(
        # A caller's flag must not switch our traces on or off.
        sampler=ALWAYS_ON,
        resource=Resource.create({"service.name": "lianzheng", "service.version": release}),
        shutdown_on_exit=False,
    )
    exporter = OTLPSpanExporter(endpoint=address, timeout=SEND_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    try:
        yield Tracing(provider.get_tracer("lianzheng", release))
    finally:
        provider.shutdown()
