"""The worker looks at the watched folder, counts what it did, and leaves it to who watches already."""

import time

from harness.auditor import audit
from harness.ledger import Ledger
from harness.watched import WatchedFolder

from node.metrics import Metrics
from node.tracing import Tracing
from node.watching.opening import watching_alone
from node.worker import Worker

SETTLE = 0.05


def _worker(ledger: Ledger, metrics: Metrics) -> tuple[Worker, WatchedFolder]:
    folder = WatchedFolder(ledger)
    node = ledger.node
    fast = {"watch_settle_seconds": SETTLE, "watch_seconds": 0.001}
    node.__dict__["settings"] = node.settings.model_copy(update=fast)
    return Worker(node, metrics, Tracing()), folder


def _rounds(worker: Worker, ledger: Ledger) -> None:
    for _ in range(2):
        worker.round()
        ledger.clock.move(1)
        time.sleep(2 * SETTLE)
    worker.round()


def test_rounds_of_the_worker_seal_and_count_without_naming_a_file(sqlite_ledger: Ledger) -> None:
    metrics = Metrics()
    worker, folder = _worker(sqlite_ledger, metrics)
    folder.drop("secret-name.wav", kind="call_recording")
    folder.drop("bad.wav", b"x" * 5000, kind="no-such")
    folder.drop("undescribed.wav", b"y" * 5000)
    _rounds(worker, sqlite_ledger)
    text = metrics.text().decode()
    assert 'lianzheng_watched_files_total{outcome="sealed"} 1.0' in text
    assert 'lianzheng_watched_files_total{outcome="problem"} 1.0' in text
    assert "lianzheng_watched_waiting 2.0" in text
    assert ".wav" not in text
    audit(sqlite_ledger)


def test_beside_a_running_watch_command_the_worker_leaves_the_folder_alone(
    sqlite_ledger: Ledger,
) -> None:
    metrics = Metrics()
    worker, folder = _worker(sqlite_ledger, metrics)
    folder.drop("a.wav", kind="call_recording")
    with watching_alone(sqlite_ledger.node):
        _rounds(worker, sqlite_ledger)
        assert folder.left() == {"a.wav", "a.wav.json"}
    _rounds(worker, sqlite_ledger)
    assert folder.left() == set()
