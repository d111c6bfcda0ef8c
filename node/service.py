"""A node that serves: the parts that only a running service has, started and stopped together."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from ledger.services.fencing import arrive
from node.blacklist.answering import BlacklistAnswering
from node.bulk_sealing import BulkSealer
from node.committing import Committer
from node.identity.releases import Releases
from node.limiter import Limiter
from node.metrics import Metrics
from node.outgoing import empty_outgoing
from node.peer.answering import Answering
from node.peer.making import make_answering
from node.recent import Recent
from node.release_kinds import register
from node.standing import Standing, standing
from node.tracing import Tracing, tracing
from node.uploads.service import Uploads
from node.wiring import Node
from node.worker import Worker

STANDING_SECONDS: Final = 1.0
"""How old a probe's answer may be: many probes are one query a second."""


@dataclass(frozen=True)
class Service:
    """What routes and pages work with.

    Attributes:
        node: the member's node.
        committer: seals single items of many callers.
        bulk: seals batches.
        answering: answers other members.
        blacklist: answers their evaluation requests.
        uploads: takes contents piece by piece.
        releases: knows what each kind of release does.
        started_at: aware, UTC.
        metrics: of this process.
        tracing: makes spans of what it does.
        worker: sequences and anchors in this process; ``None`` when another one does.
        standing: how the node stands, for probes.
        limiter: counts requests.
    """

    node: Node
    committer: Committer
    bulk: BulkSealer
    answering: Answering
    blacklist: BlacklistAnswering
    uploads: Uploads
    releases: Releases
    started_at: datetime
    metrics: Metrics
    tracing: Tracing
    worker: Worker | None
    standing: Recent[Standing]
    limiter: Limiter = field(default_factory=Limiter)


@contextmanager
def serving(node: Node, *, with_worker: bool) -> Iterator[Service]:
    """Run the threads and processes of a service until the end of the block."""
    metrics = Metrics()
    empty_outgoing(node.settings.home)
    arrive(node.database.write, node.clock, node.fingerprint)
    with ExitStack() as running:
        traced = running.enter_context(tracing(node.settings.otlp_endpoint))
        worker = running.enter_context(Worker(node, metrics, traced)) if with_worker else None
        committer = running.enter_context(Committer(node.intake, node.trail))
        yield Service(
            node=node,
            committer=committer,
            answering=make_answering(node),
            blacklist=BlacklistAnswering(node),
            uploads=_uploads(node, committer),
            bulk=running.enter_context(BulkSealer(node)),
            releases=register(node),
            started_at=node.clock.now(),
            metrics=metrics,
            tracing=traced,
            worker=worker,
            standing=Recent(lambda: _standing(node), STANDING_SECONDS),
        )


def _standing(node: Node) -> Standing:
    with node.database.read() as connection:
        return standing(connection)


def _uploads(node: Node, committer: Committer) -> Uploads:
    return Uploads(
        begin=node.database.write,
        read=node.database.read,
        clock=node.clock,
        vault=node.vault,
        record_keys=node.record_keys,
        lookups=node.lookups,
        trail=node.trail,
        seal=committer.seal,
        limit=node.settings.max_upload_bytes,
    )
