"""Metrics in Prometheus's form: counts and times only, never a name, an address or a digest."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30, 120)


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry: Final = CollectorRegistry()
        self.requests: Final = Histogram(
            "lianzheng_request_seconds",
            "Time of a request by route and status.",
            ("method", "route", "status"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.round_seconds: Final = Histogram(
            "lianzheng_worker_round_seconds",
            "Time of a round.",
            buckets=_BUCKETS,
            registry=self.registry,
        )
        gauge, counter = self._gauge, self._counter
        self.waiting: Final = gauge("statements_waiting", "Statements without a place.")
        self.log_size: Final = gauge("log_size", "Leaves in the log.")
        self.anchored_size: Final = gauge("anchored_size", "Leaves under a final anchor.")
        self.rounds: Final = counter("worker_rounds", "Rounds of the worker.", "outcome")
        self.watched: Final = counter(
            "watched_files", "Files of the watched folder: sealed, or not possible.", "outcome"
        )
        self.watched_waiting: Final = gauge(
            "watched_waiting", "Files there that wait: unfinished, undescribed, or for later."
        )
        self.timestamps: Final = counter(
            "timestamps", "Tokens taken or renewed, runs that an authority stopped.", "outcome"
        )
        self.authorities_failing: Final = gauge(
            "timestamp_authorities_failing", "Time-stamping authorities that have failed for hours."
        )
        self.peer_looks: Final = counter("peer_looks", "Looks at other members.", "outcome")
        self.cosignatures: Final = counter("cosignatures", "Cosignatures that came.")
        self.alarms: Final = gauge("alarms", "Alarms of the last round.")

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(f"lianzheng_{name}", meaning, registry=self.registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"lianzheng_{name}", meaning, labels, registry=self.registry)

    def text(self) -> bytes:
        """Return everything in the text format."""
        return generate_latest(self.registry)
