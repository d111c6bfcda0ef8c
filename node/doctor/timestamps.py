"""Checks of timestamps: roots are readable, authorities answer, no checkpoint or renewal was left behind."""

from collections.abc import Iterator
from datetime import timedelta

from ledger.evidence.instants import format_instant
from ledger.store import timestamps as store
from ledger.tsa.roots import read_roots
from node.doctor.diagnosis import Diagnosis
from node.stamping import alarming, timestamp_standing
from node.wiring import Node

_CHECK = "doctor-timestamps"


def timestamps(node: Node) -> Iterator[Diagnosis]:
    """Authorities do their work; a node without any has nothing to look at."""
    settings = node.settings
    if not settings.timestamp_authorities:
        return
    for each in settings.timestamp_authorities:
        read_roots(settings.home / each.roots)
    with node.database.read() as connection:
        failing = alarming(connection, settings, node.clock)
        found = timestamp_standing(connection, settings, node.clock)
        late = node.clock.now() + timedelta(days=settings.timestamp_renew_days / 2)
        # The worker has had half of the time in which it renews.
        due = store.count_unrenewed(connection, before=format_instant(late)) - found.expired
    for state in failing:
        params = {"authority": state.name, "since": state.failing_since, "why": state.code}
        yield Diagnosis(_CHECK, "failed", "doctor-authority-failing", params)
    if found.bare:
        yield Diagnosis(_CHECK, "warning", "doctor-checkpoints-bare", {"count": found.bare})
    if due:
        yield Diagnosis(_CHECK, "failed", "doctor-tokens-due", {"count": due})
    if found.expired:
        yield Diagnosis(_CHECK, "warning", "doctor-tokens-expired", {"count": found.expired})
