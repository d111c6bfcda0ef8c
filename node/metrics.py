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
        self.waiting: Final = Gauge(
            "lianzheng_statements_waiting", "Statements without a place.", registry=self.registry
        )
        self.log_size: Final = Gauge(
            "lianzheng_log_size", "Leaves in the log.", registry=self.registry
        )
        self.anchored_size: Final = Gauge(
            "lianzheng_anchored_size", "Leaves under a final anchor.", registry=self.registry
        )
        self.rounds: Final = Counter(
            "lianzheng_worker_rounds", "Rounds of the worker.", ("outcome",), registry=self.registry
        )
        self.round_seconds: Final = Histogram(
            "lianzheng_worker_round_seconds",
            "Time of a round.",
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.watched: Final = Counter(
            "lianzheng_watched_files",
            "Files of the watched folder that were sealed, or could not be.",
            ("outcome",),
            registry=self.registry,
        )
        self.watched_waiting: Final = Gauge(
            "lianzheng_watched_waiting",
            "Files there that wait: unfinished, undescribed, or to be tried later.",
            registry=self.registry,
        )
        self.timestamps: Final = Counter(
            "lianzheng_timestamps",
            "Timestamp tokens that were taken or renewed, and runs that an authority stopped.",
            ("outcome",),
            registry=self.registry,
        )
        self.authorities_failing: Final = Gauge(
            "lianzheng_timestamp_authorities_failing", "For hours.", registry=self.registry
        )
        self.peer_looks: Final = Counter(
            "lianzheng_peer_looks", "Looks at other members.", ("outcome",), registry=self.registry
        )
        self.cosignatures: Final = Counter(
            "lianzheng_cosignatures", "Cosignatures that came.", registry=self.registry
        )
        self.alarms: Final = Gauge(
            "lianzheng_alarms", "Alarms of the last round.", registry=self.registry
        )

    def text(self) -> bytes:
        """Return everything in the text format."""
        return generate_latest(self.registry)
